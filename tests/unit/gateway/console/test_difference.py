from __future__ import annotations

from datetime import datetime, timezone

from hypothesis import given
from hypothesis import strategies as st

from desk.calendar import WorkingHours
from gateway.console.knowledge.difference import Change, changes
from gateway.console.labels import Labels
from gateway.wording import Wording

LABELS = Labels(Wording.load(), WorkingHours().tz, datetime(2026, 11, 23, tzinfo=timezone.utc))
LONG = "\n".join(f"第 {number} 行" for number in range(20))


def rows(change: Change) -> list[tuple[str, str]]:
    return [(line.sign, "".join(piece.text for piece in line.pieces)) for line in change.lines]


def marked(change: Change) -> list[str]:
    return [piece.text for line in change.lines for piece in line.pieces if piece.marked]


def test_only_fields_that_differ_are_listed_in_the_order_of_the_form() -> None:
    found = changes(
        {"title": "甲", "answer": "一", "type": "faq"}, {"title": "乙", "answer": "二", "type": "faq"}, LABELS
    )
    assert [change.field for change in found] == ["title", "answer"]


def test_equal_contents_differ_in_nothing_and_white_space_around_them_does_not_count() -> None:
    assert changes({"answer": "一\n"}, {"answer": "一"}, LABELS) == ()


def test_within_a_changed_line_the_words_are_marked() -> None:
    (change,) = changes({"answer": "进【工具】点 6.1 版导入。"}, {"answer": "进【工具】点 6.2 版导入。"}, LABELS)
    assert marked(change) == ["6.1", "6.2"]
    assert rows(change) == [("gone", "进【工具】点 6.1 版导入。"), ("new", "进【工具】点 6.2 版导入。")]


def test_lines_with_nothing_in_common_are_not_picked_apart() -> None:
    (change,) = changes({"answer": "先备份数据库"}, {"answer": "reboot the server"}, LABELS)
    assert marked(change) == []


def test_unchanged_lines_far_from_a_change_are_counted_instead_of_shown() -> None:
    (change,) = changes({"answer": LONG}, {"answer": LONG.replace("第 9 行", "改过的一行")}, LABELS)
    assert rows(change) == [
        ("skip", "…… 7 行没有变化 ……"), ("same", "第 7 行"), ("same", "第 8 行"), ("gone", "第 9 行"), ("new", "改过的一行"),
        ("same", "第 10 行"), ("same", "第 11 行"), ("skip", "…… 8 行没有变化 ……"),
    ]  # fmt: skip


def test_against_nothing_everything_is_new() -> None:
    found = changes(None, {"title": "甲", "similar": ["一", "二"]}, LABELS)
    assert [rows(change) for change in found] == [[("new", "甲")], [("new", "一"), ("new", "二")]]


def test_values_with_names_are_shown_by_their_names() -> None:
    (change,) = changes({"topic": "backup"}, {"topic": "crash"}, LABELS)
    assert rows(change) == [("gone", "备份"), ("new", "崩溃闪退")]


def test_answers_for_versions_are_compared_too() -> None:
    before = {"variants": [{"versions": "6.1", "label": "6.1 版", "answer": "旧办法"}]}
    after = {"variants": [{"versions": "6.1", "label": "6.1 版", "answer": "新办法"}]}
    (change,) = changes(before, after, LABELS)
    assert (change.field, marked(change)) == ("variants", ["旧", "新"])


@given(st.text(max_size=80), st.text(max_size=80))
def test_both_texts_can_be_read_off_the_difference(before: str, after: str) -> None:
    found = changes({"answer": before}, {"answer": after}, LABELS)
    if before.strip() == after.strip():
        assert found == ()
        return
    (change,) = found
    if not any(sign == "skip" for sign, _ in rows(change)):
        old = [text for sign, text in rows(change) if sign in ("same", "gone")]
        new = [text for sign, text in rows(change) if sign in ("same", "new")]
        assert "\n".join(old) == before.strip()
        assert "\n".join(new) == after.strip()
