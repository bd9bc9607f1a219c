from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from gateway.console.locale import PLAIN, TRADITIONAL, localised, preferred, theirs, words
from gateway.console.pages import TEMPLATES


def tw(html: str) -> str:
    return localised(html, TRADITIONAL)


def test_our_own_words_are_converted_with_the_words_of_the_region() -> None:
    assert tw("<p>默认登录 &amp; 导入</p>") == "<p>預設登入 &amp; 匯入</p>"


def test_what_is_shown_of_attributes_is_converted_and_nothing_else_of_them() -> None:
    assert tw('<a href="/登录" title="登录&#34;" data-x="登录" aria-label="导入">x</a>') == (
        '<a href="/登录" title="登入&quot;" data-x="登录" aria-label="匯入">x</a>'
    )
    assert tw('<input value="登录" placeholder="搜索">') == '<input value="登录" placeholder="搜尋">'


def test_other_peoples_words_stay_however_deep() -> None:
    page = '<div translate="no" title="登录"><p>登录<br><b>导入</b></p></div><p>登录</p>'
    assert tw(page) == '<div translate="no" title="登录"><p>登录<br><b>导入</b></p></div><p>登入</p>'


def test_what_is_marked_stays_in_attributes_titles_and_sentences() -> None:
    name = theirs("登录 & 导入").replace("&", "&amp;")
    page = f'<title>{name} · 登录</title><button aria-label="登录 {name} 登录">登录{name}登录</button><p>登录</p>'
    shown = "登录 &amp; 导入"
    assert tw(page) == (
        f'<title>{shown} · 登入</title><button aria-label="登入 {shown} 登入">登入{shown}登入</button><p>登入</p>'
    )
    assert localised(page, PLAIN) == page.replace(theirs("|")[0], "").replace(theirs("|")[-1], "")


def test_a_mark_in_somebodys_text_reaches_no_further_than_its_element() -> None:
    assert tw(f"<p>{theirs('登录')[:-1]}</p><p>登录</p>") == "<p>登录</p><p>登入</p>"


def test_drafts_code_and_keys_stay() -> None:
    page = "<textarea>登录</textarea><code>导入.登录</code><kbd>回车</kbd>"
    assert tw(page) == page


def test_the_page_says_which_language_it_is_in() -> None:
    assert tw('<html lang="zh-CN">') == '<html lang="zh-TW">'


def test_simplified_pages_are_left_alone() -> None:
    assert localised("<p>登录</p><!-- x -->", PLAIN) == "<p>登录</p><!-- x -->"
    assert (words("登录", PLAIN), words("登录", TRADITIONAL)) == ("登录", "登入")


def test_before_log_in_the_browser_decides() -> None:
    assert [preferred(one) for one in ("zh-TW,zh;q=0.9", "zh-Hant-HK", "zh-CN,zh-TW", "")] == [
        TRADITIONAL, TRADITIONAL, PLAIN, PLAIN,
    ]  # fmt: skip


class _Skeleton(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(f"/{tag}")


@given(st.text(alphabet="登录导入<>&\"'=/ a#;x1", max_size=40))
def test_no_text_becomes_a_tag_or_an_attribute(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")
    page = f'<p title="{escaped}">{escaped}<b translate="no">{escaped}</b></p>'
    before, after = _Skeleton(), _Skeleton()
    before.feed(page)
    after.feed(tw(page))
    assert before.seen == after.seen
    assert f'<b translate="no">{escaped}</b>' in tw(page)


def test_every_element_of_our_templates_is_closed() -> None:
    """Else what follows a customer's words would be taken for theirs."""
    optional = re.compile(r"<(p|li|dt|dd|td|th|tr)\b")
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        for tag in set(optional.findall(text)):
            opened = len(re.findall(rf"<{tag}[\s>{{]", text))
            assert opened == text.count(f"</{tag}>"), (path.name, tag)
