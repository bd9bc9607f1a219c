"""When a message is complete by itself, and when to wait for the rest of a burst.

People write 在吗 / 导入报错 / ERROR_403 as three messages. A fragment waits a pause for the next
one; a complete question is never held back. Several questions that have come by then, such as after half a minute
without network, are answered one after the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """How long to wait for the rest of a burst, in seconds."""

    pause: float = 1.5  # after the last fragment; people type a short message in about that time
    longest: float = 6.0  # after the first one, so that an endless talker gets an answer


_OPENERS = re.compile(
    r"^(在吗|在么|在不在|在嗎|有人吗|有人嗎|有人在吗|你好|您好|妳好|喂|哈喽|hello|hi|请问|請問|请教|請教|问一下|問一下|"
    r"请问一下|那个|那個|老师|老師|客服|亲|早上好|下午好|晚上好|早|嗨|急|有个问题|有個問題|咨询一下)[\s,，。.!！?？~～、]*$",
    re.IGNORECASE,
)
_COMMANDS = re.compile(
    r"^(转人工|轉人工|人工|真人|人工客服|真人客服|查工单|查工單|工单进度|催单|催單|取消|取消人工|跳过|跳過|是的?|不是|好的?|对|不|没有|"
    r"谢谢|謝謝|再见|再見|算了|第.个|\d{1,2}|[a-dA-D])[。.!！]*$"
)
_ASKS = re.compile(r"[?？]\s*$|怎么|怎麼|如何|为什么|為什麼|為什么|点解|點解|吗|嗎|呢|哪|几|幾|什么|什麼|咋|啥|吧$")
_SAID = re.compile(r"[。!！]\s*$")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_\-]*[_\-]?\d{3,}|[A-Za-z]{2,}_[A-Za-z_]{2,}|0[xX][0-9A-Fa-f]{4,}")
_ENOUGH = 10  # characters that say enough even without a question word


def complete(text: str) -> bool:
    """Whether a message can be answered without waiting for another one."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if _OPENERS.match(plain):
        return False
    if _COMMANDS.match(plain) or _ASKS.search(plain) or _SAID.search(plain):
        return True
    return len(plain) >= _ENOUGH or bool(_CODE.search(plain))


def ends(text: str) -> bool:
    """Whether a message is a question or a command: what is written after it is about something else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return not _OPENERS.match(plain) and bool(_ASKS.search(plain) or _COMMANDS.match(plain))


def joined(texts: Sequence[str]) -> str:
    """The messages of a burst as one question; bare openers before a question say nothing."""
    said = [text.strip() for text in texts if text.strip()]
    telling = [text for text in said if not _OPENERS.match(text)]
    return "，".join(telling or said)
