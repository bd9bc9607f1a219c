from __future__ import annotations

from pathlib import Path

import pytest

from gateway.attachments.limits import MIB, AttachmentLimits
from gongda.errors import BadSetting
from gongda.policy import load_policy


def load(folder: Path, text: str) -> AttachmentLimits:
    path = folder / "support.toml"
    path.write_text(text, encoding="utf-8")
    return load_policy(path).service.attachments


def test_the_operator_says_what_is_taken_and_how_long_it_is_kept(tmp_path: Path) -> None:
    limits = load(
        tmp_path,
        '[attachments]\nkinds = ["picture"]\nmax_mb = 3\nper_message = 2\nper_day = 7\nmb_per_day = 30\nkeep_days = 0\n'
        'ocr_command = ["tesseract", "{path}", "stdout"]\n',
    )

    assert limits == AttachmentLimits(
        largest=3 * MIB,
        per_message=2,
        per_day=7,
        bytes_per_day=30 * MIB,
        kinds=("picture",),
        keep_days=0,
        ocr_command=("tesseract", "{path}", "stdout"),
    )


def test_no_kinds_is_no_files(tmp_path: Path) -> None:
    assert load(tmp_path, "[attachments]\nkinds = []\n").kinds == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('kinds = ["picture", "exe"]', "exe"),
        ("max_mb = 0", "单个文件最大多少 MB"),
        ("max_mb = 51", "50"),
        ("mb_per_day = 5", "不能小于 max_mb"),
        ("keep_days = -1", "保存几天"),
        ('ocr_command = "tesseract"', 'ocr_command 应是列表，例如 ["tesseract"]'),
        ("maximum = 3", "不认识的项 maximum"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(BadSetting) as error:
        load(tmp_path, f"[attachments]\n{line}\n")

    assert said in str(error.value)
    assert "第 2 行" in str(error.value) or "第 1 行" in str(error.value)
