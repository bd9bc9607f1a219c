from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.plain import plain
from gateway.channels.splitting import cut, size, split
from gateway.channels.wechat.delivering.rows import QUEUED_LIMIT, numbered

WORDS = st.text(alphabet="导入报错项目abcXYZ01 ，。【】", min_size=1, max_size=12).map(str.strip).filter(bool)
CODES = st.sampled_from(["ERROR_403", "D:\\备份\\2026", "SELECT_1", "a*b", "C:\\Program Files\\x.dll"])
LINKS = st.sampled_from(["https://help.example.com/a?b=1;c=2", "https://a.example/导出"])
INLINE = st.one_of(
    WORDS,
    CODES.map(lambda code: f"`{code}`"),
    WORDS.map(lambda word: f"**{word}**"),
    st.tuples(WORDS, CODES).map(lambda pair: f"**{pair[0]}`{pair[1]}`**"),
    st.tuples(WORDS, LINKS).map(lambda pair: f"[{pair[0]}]({pair[1]})"),
    st.tuples(WORDS, LINKS).map(lambda pair: f"[**{pair[0]}**]({pair[1]})"),
    WORDS.map(lambda word: f"**{word}"),
)
LINE = st.lists(INLINE, min_size=1, max_size=4).map("，".join)
BLOCK = st.one_of(
    LINE,
    LINE.map(lambda line: f"## {line}"),
    LINE.map(lambda line: f"- {line}"),
    LINE.map(lambda line: f"1. {line}"),
    LINE.map(lambda line: f"> {line}"),
    st.lists(WORDS, min_size=1, max_size=3).map(lambda lines: "```sql\n" + "\n".join(lines) + "\n```"),
)
MARKDOWN = st.lists(BLOCK, min_size=1, max_size=5).map("\n".join)
_OTHERS = re.compile(r"\W+")


def _words(text: str) -> str:
    """Letters and digits of any script, in order."""
    return _OTHERS.sub("", text)


@given(MARKDOWN)
def test_no_mark_is_left_and_no_word_is_lost(markdown: str) -> None:
    shown = plain(markdown)
    assert "**" not in shown
    assert "`" not in shown
    assert not any(line.lstrip().startswith(("#", ">")) for line in shown.splitlines())
    without_fences = markdown.replace("```sql", "")
    assert _words(shown) == _words(without_fences)


@given(st.text(st.characters(exclude_characters='`~|"', exclude_categories=("Cs", "Co")), max_size=300))
def test_no_letter_is_lost_whatever_the_marks_around_it(text: str) -> None:
    assert _words(plain(text)).replace("_", "") == _words(text).replace("_", "")  # a row of ___ is a rule


WHOLE = [
    "ERROR_403",
    "https://help.example.com/docs/export?module=cost&step=2;x=1",
    "D:\\工程 备份\\2026-11\\主库.bak",
    "/opt/gongda/日志/worker.log",
    "👨‍👩‍👧‍👦",
    "👍🏽",
]


@given(st.lists(st.sampled_from([*WHOLE, "请先备份数据库", "。", "，", "再点"]), min_size=40, max_size=160))
def test_codes_paths_addresses_and_emoji_are_never_torn(pieces: list[str]) -> None:
    text = " ".join(pieces)
    parts = split(text, 200)
    assert "".join(parts) == text
    assert all(size(part) <= 200 for part in parts)
    for whole in WHOLE:
        assert sum(part.count(whole) for part in parts) == text.count(whole)


def test_an_address_longer_than_any_part_is_cut_all_the_same() -> None:
    address = "https://help.example.com/" + "a" * 500
    parts = split(f"见 {address} 。", 200)
    assert "".join(parts) == f"见 {address} 。"
    assert all(size(part) <= 200 for part in parts)


def test_a_sentence_end_is_preferred_to_everything_else() -> None:
    head, _ = cut("先备份数据库。再打开【备份恢复】，点【恢复】，选择文件" * 3, 120)
    assert head.endswith("先备份数据库。")


def test_parts_say_which_they_are_and_one_alone_does_not() -> None:
    assert numbered("一句话。") == ("一句话。",)
    assert numbered("一句话。", begun=True) == ("（2/2）一句话。",)
    parts = numbered("先备份数据库，再继续下一步。" * 150)
    assert [part[:5] for part in parts] == ["（1/4）", "（2/4）", "（3/4）", "（4/4）"]
    assert all(size(part) <= QUEUED_LIMIT for part in parts)
