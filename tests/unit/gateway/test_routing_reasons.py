from __future__ import annotations

from typing import get_args

import pytest

from desk.routing import Code, Reason
from gateway.care.reasons import sentence
from gateway.wording import Wording

WORDING = Wording.load()
FIGURES = {
    "skill": "BIM", "skilled": True, "tier": "L1", "wanted": "L1", "load": 2, "max_load": 8, "idle_minutes": 35,
    "name": "张敏",
}  # fmt: skip


@pytest.mark.parametrize("code", get_args(Code))
def test_every_reason_has_a_sentence(code: Code) -> None:
    told = sentence(Reason(code, FIGURES), WORDING)
    assert told != code
    assert "$" not in told


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "技能“BIM”对口，值班中，手上 2/8 张，上次接单在 35 分钟前"),
        ({"idle_minutes": None}, "技能“BIM”对口，值班中，手上 2/8 张，还没接过工单"),
        ({"idle_minutes": 185}, "技能“BIM”对口，值班中，手上 2/8 张，上次接单在 3 小时前"),
        ({"tier": "L2"}, "技能“BIM”对口，值班中，手上 2/8 张，上次接单在 35 分钟前；L1 没有空闲的人，由 L2 接"),
        (
            {"why": "absent", "before": "李强"},
            "李强不在，还没开始处理，改派。技能“BIM”对口，值班中，手上 2/8 张，上次接单在 35 分钟前",
        ),
        (
            {"why": "tier", "before": "李强", "tier": "L2", "wanted": "L2"},
            "工单已升到 L2，由李强转出。技能“BIM”对口，值班中，手上 2/8 张，上次接单在 35 分钟前",
        ),
    ],
)
def test_a_reason_as_it_is_stored_reads_like_this(values: dict[str, object], told: str) -> None:
    assert sentence({"code": "skill", "values": {**FIGURES, **values}}, WORDING) == told


def test_what_a_person_wrote_stands_as_it_is() -> None:
    assert sentence("客户指定", WORDING) == "客户指定"
    assert sentence("", WORDING) == sentence(None, WORDING) == ""


def test_a_reason_of_another_version_stands_for_itself() -> None:
    assert sentence({"code": "of tomorrow", "values": {}}, WORDING) == "of tomorrow"
    assert sentence({"code": "skill"}, WORDING) == "skill"
