from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

import gateway
from gateway.demo import LANGUAGES, Shown, address, demo_page, demo_router, front_router, preferred
from gateway.wording import Wording

DEMO = Path(gateway.__file__).parent / "widget" / "demo"
BARE = Shown("路安养护云")
FULL = Shown("路安养护云", "路安软件", "3.1", ("巡查", "养护"), ("标准版", "集团版"), ("昨天的巡查漏填了，怎么补录",))


class Skeleton(HTMLParser):
    """The elements of a page in order, without what is said in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, str, str]] = []
        self.said = ""
        self.inline: list[str] = []
        self._in = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self._in = tag
        self.tags.append((tag, known.get("id") or "", known.get("class") or ""))
        self.inline += [name for name in known if name == "style" or name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if self._in in ("script", "style") and data.strip():
            self.inline.append(data)
        self.said += data


def sample(locale: str) -> str:
    return (DEMO / ("" if locale == "zh-CN" else locale) / "index.html").read_text(encoding="utf-8")


def language(page: str) -> str:
    found = re.search(r'<html lang="([^"]+)">', page)
    assert found
    return found[1]


def test_a_bare_name_makes_a_page() -> None:
    page = demo_page(BARE)

    assert "<title>路安养护云</title>" in page
    assert "功能模块" not in page
    assert "当前版本" not in page


@pytest.mark.parametrize("locale", LANGUAGES)
def test_what_the_vendor_wrote_is_text_and_never_markup(locale: str) -> None:
    evil = '"><script>alert(1)</script>$name'
    page = demo_page(Shown(evil, evil, evil, (evil,), (evil,), (evil,)), locale)

    assert page.count("<script") == demo_page(BARE, locale).count("<script")
    assert "alert(1)" in page


@pytest.mark.parametrize(
    ("locale", "says"), [("zh-CN", "当前版本：3.1"), ("zh-TW", "目前版本：3.1"), ("en", "release: 3.1")]
)
def test_a_vendors_own_page_speaks_three_languages(locale: str, says: str) -> None:
    page = demo_page(FULL, locale)

    assert language(page) == locale
    assert says in page
    assert f'data-locale="{locale}"' in page
    assert "昨天的巡查漏填了，怎么补录" in page
    assert page.count("aria-current") == 1


def test_the_vendors_words_are_read_out_as_chinese_on_the_page_in_english() -> None:
    assert '<span lang="zh-CN">路安养护云</span>' in demo_page(FULL, "en")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_samples_page_says_which_language_it_is_in_and_leads_to_the_others(locale: str) -> None:
    page = sample(locale)

    assert language(page) == locale
    assert f'data-locale="{locale}"' in page
    assert f'<a href="{address(locale)}" lang="{locale}" aria-current="page">' in page
    assert all(f'<a href="{address(other)}" lang="{other}"' in page for other in LANGUAGES)


@pytest.mark.parametrize("locale", ["zh-TW", "en"])
def test_the_samples_pages_have_the_same_parts(locale: str) -> None:
    parts = [part for part in Skeleton(sample("zh-CN")).tags if part[0] in ("section", "article", "figure", "table")]

    assert [
        part for part in Skeleton(sample(locale)).tags if part[0] in ("section", "article", "figure", "table")
    ] == parts


@pytest.mark.parametrize("page", [*map(sample, LANGUAGES), *(demo_page(FULL, one) for one in LANGUAGES)])
def test_no_page_needs_more_than_the_strict_policy_allows(page: str) -> None:
    assert Skeleton(page).inline == []
    assert re.findall(r'(?:src|href)="(?!/|#)[^"]*"', page.split("<pre")[0]) == []


def test_traditional_is_written_for_taiwan_and_not_converted() -> None:
    said = Skeleton(sample("zh-TW")).said

    assert all(word in said for word in ("軟體", "匯入", "印表機", "線上客服", "伺服器", "估驗"))
    assert not re.search("软|匯入数据|打印|軟件|服務器|在線|視頻|信息", said)


def test_english_has_chinese_only_in_the_names_of_languages() -> None:
    assert re.findall(r"[\u4e00-\u9fff]+", Skeleton(sample("en")).said) == ["简体", "繁體"]


@pytest.mark.parametrize(
    ("kept", "accepted", "gets"),
    [
        ("", "", "zh-CN"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("", "zh-TW,zh;q=0.9,en-US;q=0.8", "zh-TW"),
        ("", "zh-HK", "zh-TW"),
        ("", "zh-Hant-HK;q=0.7", "zh-TW"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "ja,zh-TW;q=0.5,en;q=0.4", "zh-TW"),
        ("", "de", "en"),
        ("", "*", "zh-CN"),
        ("en", "zh-TW", "en"),
        ("zh-HK", "en", "zh-TW"),
        ("../../evil", "en", "en"),
    ],
)
def test_the_front_door_leads_to_what_was_read_last_or_to_the_browsers_language(
    kept: str, accepted: str, gets: str
) -> None:
    assert preferred(kept, accepted) == gets


async def test_each_address_has_one_language() -> None:
    app = FastAPI()
    app.include_router(front_router())
    app.include_router(demo_router(FULL))
    read_last = {"gongda_demo_locale": "zh-TW"}
    browser = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://gateway", cookies=read_last)
    async with browser:
        for locale in LANGUAGES:
            short = await browser.get(f"/demo/{locale}/", headers={"accept-language": "de"})
            page = await browser.get(short.headers["location"], headers={"accept-language": "de"})
            assert language(page.text) == locale
        for path in ("/", "/demo", "/demo/"):
            front = await browser.get(path, headers={"accept-language": "en"})
            assert front.headers["location"] == "/widget/demo/zh-TW/"
        nowhere = await browser.get("/demo/evil.example")
        assert nowhere.headers["location"] == "/widget/demo/"


def test_the_products_names_stand_in_every_sentence_that_asks_for_them() -> None:
    own = Wording.load(product="路安$养护云", assistant="小路")

    assert "不在路安$养护云产品的服务范围" in own.text("turn.decline.out_of_scope")
    assert own.text("web.name") == "小路"
    assert "不在本产品的服务范围" in Wording.load().text("turn.decline.out_of_scope")
