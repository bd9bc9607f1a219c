from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongda.replay import BadScript, Script, Turn, read_scripts
from gongda.replay.script import bursts, timetable

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
GOOD = '{"id": "a", "channel": "web", "turns": [{"user": "你好"}]}'


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def times(*turns: str | Turn) -> list[float]:
    script = Script.saying("web", *turns)
    return [(when - NOW).total_seconds() for when, _ in timetable(script, NOW)]


def groups(*turns: str | Turn) -> list[list[str]]:
    return [[turn.user for _, turn in burst] for burst in bursts(Script.saying("web", *turns), NOW)]


def written(folder: Path, *lines: str) -> Path:
    path = folder / "scripts.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_scripts_come_in_the_order_of_the_file_without_empty_lines(tmp_path: Path) -> None:
    second = '{"id": "b", "channel": "wechat", "turns": [{"user": "在吗", "at": "2026-11-23T10:00:00+08:00"}]}'

    scripts = read_scripts(written(tmp_path, GOOD, "", second, ""))

    assert scripts == (Script("a", "web", (Turn("你好"),)), Script("b", "wechat", (Turn("在吗", NOW),)))


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert read_scripts(written(tmp_path, "\ufeff" + GOOD))[0].id == "a"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", "JSON 对象"),
        ('{"channel": "web", "turns": [{"user": "你好"}]}', "缺少 id"),
        ('{"id": "", "channel": "web", "turns": [{"user": "你好"}]}', "缺少 id"),
        ('{"id": "a", "turns": [{"user": "你好"}]}', "缺少 channel"),
        ('{"id": "a", "channel": "fax", "turns": [{"user": "你好"}]}', "'fax'"),
        ('{"id": "a", "channel": ["web"], "turns": [{"user": "你好"}]}', "channel"),
        ('{"id": "a", "channel": "web"}', "turns"),
        ('{"id": "a", "channel": "web", "turns": []}', "turns"),
        ('{"id": "a", "channel": "web", "turns": [{"user": "你好"}, {"text": "x"}]}', "第 2 项缺少 user"),
        ('{"id": "a", "channel": "web", "turns": ["你好"]}', "第 1 项缺少 user"),
        ('{"id": "a", "channel": "web", "turns": [{"user": "你好", "at": "明天"}]}', "'明天'"),
        ('{"id": "a", "channel": "web", "turns": [{"user": "你好", "at": 5}]}', "ISO 8601"),
        ('{"id": "a", "channel": "web", "turns": [{"user": "你好", "at": "2026-11-23T10:00:00"}]}', "时区"),
        ('{"id": "a", "channel": "web", "turns": [{"user": "你好", "at": "0001-01-01T00:00:00+08:00"}]}', "at"),
    ],
)
def test_a_bad_line_is_named_in_one_sentence(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(BadScript) as caught:
        read_scripts(written(tmp_path, GOOD, "", line))

    assert "第 3 行" in str(caught.value)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("later", ["2026-11-23T09:59:59+08:00", "2026-11-23T01:00:00Z"])
def test_time_that_runs_backwards_is_refused(tmp_path: Path, later: str) -> None:
    first = '{"user": "你好", "at": "2026-11-23T10:00:00+08:00"}'
    line = f'{{"id": "a", "channel": "web", "turns": [{first}, {{"user": "在吗", "at": "{later}"}}]}}'

    with pytest.raises(BadScript, match=r"第 1 行.*第 2 项.*不能倒退"):
        read_scripts(written(tmp_path, line))


def test_a_file_without_scripts_or_without_unicode_or_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadScript, match="没有剧本"):
        read_scripts(written(tmp_path, "", ""))
    (tmp_path / "gbk.jsonl").write_bytes(GOOD.encode() + b"\n" + GOOD.encode("gb18030"))
    with pytest.raises(BadScript, match="第 2 行不是 UTF-8"):
        read_scripts(tmp_path / "gbk.jsonl")
    with pytest.raises(BadScript, match="absent"):
        read_scripts(tmp_path / "absent.jsonl")


def test_without_times_a_script_begins_now_and_moves_on_a_little_each_turn() -> None:
    assert times("一", "二", "三") == [0, 20, 40]


def test_a_time_sets_the_clock_and_the_next_turn_follows_it() -> None:
    assert times(Turn("一", at(3600)), "二", Turn("三", at(9000))) == [3600, 3620, 9000]


def test_turns_before_the_first_time_lead_up_to_it() -> None:
    assert times("一", "二", Turn("三", at(-3600))) == [-3640, -3620, -3600]


def test_turns_close_together_are_one_burst() -> None:
    said = groups(Turn("在吗", at(0)), Turn("导入报错", at(1.4)), Turn("ERROR_403", at(2.8)), Turn("谢谢", at(4.3)))
    assert said == [["在吗", "导入报错", "ERROR_403"], ["谢谢"]]


def test_turns_without_times_are_never_a_burst() -> None:
    assert groups("在吗", "在吗") == [["在吗"], ["在吗"]]


@given(st.lists(st.one_of(st.none(), st.floats(0, 60)), min_size=1, max_size=12))
def test_every_turn_is_played_once_and_time_never_runs_backwards(gaps: list[float | None]) -> None:
    turns, clock = [], at(0)
    for number, gap in enumerate(gaps):
        clock += timedelta(seconds=20 if gap is None else gap)
        turns.append(Turn(str(number), None if gap is None else clock))
    played = [moment for burst in bursts(Script.saying("web", *turns), NOW) for moment in burst]

    assert [turn for _, turn in played] == turns
    assert [when for when, _ in played] == sorted(when for when, _ in played)
