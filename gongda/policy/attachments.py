"""[attachments]: what files customers may send, how long they are kept, and who reads pictures."""

from __future__ import annotations

from typing import Any

from gateway.attachments.limits import KINDS, MIB, AttachmentLimits
from gongda.policy.reader import Reader

NAME = "attachments"
KEYS = ("kinds", "max_mb", "per_message", "per_day", "mb_per_day", "keep_days", "ocr_command")
_LARGEST, _MOST_A_DAY = 50, 2_000  # MB, in one request and a day: each request is held in memory while it is checked
_LONGEST = 3_650  # days


def read(reader: Reader, data: dict[str, Any]) -> AttachmentLimits:
    """What the file leaves out is as shipped."""
    shipped = AttachmentLimits()
    largest = reader.whole(NAME, data, "max_mb", shipped.megabytes, 1, _LARGEST, "单个文件最大多少 MB")
    a_day = reader.whole(NAME, data, "mb_per_day", shipped.bytes_per_day // MIB, 1, _MOST_A_DAY, "每个会话每天多少 MB")
    if a_day < largest:
        reader.wrong(NAME, "mb_per_day", f"mb_per_day（{a_day}）不能小于 max_mb（{largest}）")
        a_day = largest
    return AttachmentLimits(
        largest=largest * MIB,
        per_message=reader.whole(NAME, data, "per_message", shipped.per_message, 1, 20, "一次最多几个文件"),
        per_day=reader.whole(NAME, data, "per_day", shipped.per_day, 1, 1_000, "每个会话每天最多几个文件"),
        bytes_per_day=a_day * MIB,
        kinds=reader.words(NAME, data, "kinds", shipped.kinds, KINDS),
        keep_days=reader.whole(NAME, data, "keep_days", shipped.keep_days, 0, _LONGEST, "保存几天，0 为一直保存"),
        ocr_command=reader.words(NAME, data, "ocr_command", shipped.ocr_command),
    )
