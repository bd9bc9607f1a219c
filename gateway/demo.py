"""The site that shows the widget at work, in three languages.

That of the sample product are files of the widget's: /widget/demo/, /widget/demo/zh-TW/, /widget/demo/en/. For a
vendor's own product the same addresses give a page with the vendor's names. Each address has one language, whoever
asks; only `/` and `/demo/` choose, by what the visitor read last (the page keeps a cookie), then by the browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

import yaml
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

LANGUAGES: Mapping[str, str] = {"zh-CN": "简体", "zh-TW": "繁體", "en": "EN"}  # as each is called by its readers
PLAIN = "zh-CN"  # of the vendor's own words, and of the address that names no language
COOKIE = "gongda_demo_locale"

_WIDGET = Path(__file__).parent / "widget"
_TEMPLATE = "own_demo.html"
_TRADITIONAL = ("zh-tw", "zh-hk", "zh-mo", "zh-hant")


@dataclass(frozen=True)
class Shown:
    """What the page says of the product; `questions` are some that it has an answer to."""

    name: str
    company: str = ""
    current: str = ""  # the version released last
    modules: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


def demo_page(shown: Shown, locale: str = PLAIN) -> str:
    """The HTML, everything in it escaped; the vendor's words are marked as what they are on a page in English."""
    pages = Environment(
        loader=FileSystemLoader(_WIDGET), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    values = {"name": shown.name, "version": shown.current}
    words = {key: Template(text).safe_substitute(values) for key, text in _words()[locale].items()}
    return pages.get_template(_TEMPLATE).render(
        shown=shown, locale=locale, words=words, languages=LANGUAGES, plain=PLAIN
    )


def demo_router(shown: Shown) -> APIRouter:
    """In place of the sample's pages; style, script and mark are shared."""
    router = APIRouter()
    pages = {locale: demo_page(shown, locale) for locale in LANGUAGES}

    @router.get("/widget/demo/", include_in_schema=False)
    @router.get("/widget/demo/index.html", include_in_schema=False)
    async def demo() -> HTMLResponse:
        return HTMLResponse(pages[PLAIN])

    for locale in LANGUAGES:
        if locale != PLAIN:
            _serve(router, locale, pages[locale])
    return router


def front_router() -> APIRouter:
    """The ways to the demo site, whichever it is."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    @router.get("/demo")
    @router.get("/demo/")
    async def front(request: Request) -> RedirectResponse:
        locale = preferred(request.cookies.get(COOKIE, ""), request.headers.get("accept-language", ""))
        # Not to be kept: it depends on who asks and may change tomorrow.
        return RedirectResponse(
            address(locale), headers={"cache-control": "no-store", "vary": "cookie, accept-language"}
        )

    @router.get("/demo/{locale}")
    @router.get("/demo/{locale}/")
    async def one(locale: str) -> RedirectResponse:
        return RedirectResponse(address(locale if locale in LANGUAGES else PLAIN))

    return router


def address(locale: str) -> str:
    """Of the page in a language."""
    return "/widget/demo/" if locale == PLAIN else f"/widget/demo/{locale}/"


def preferred(kept: str, accept_language: str) -> str:
    """What the visitor read last; else the first language of the browser's that we have; else Chinese, the
    product's own, when the browser names none, and English when it names others only."""
    if kept in LANGUAGES or kept == "zh-HK":
        return "zh-TW" if kept == "zh-HK" else kept
    asked = [part.split(";")[0].strip().lower() for part in accept_language.split(",")]
    for tag in asked:
        if tag.startswith("zh"):
            return "zh-TW" if tag.startswith(_TRADITIONAL) else PLAIN
        if tag.split("-")[0] == "en":
            return "en"
    return "en" if any(tag.isascii() and tag[:1].isalpha() for tag in asked) else PLAIN


def _serve(router: APIRouter, locale: str, page: str) -> None:
    @router.get(f"/widget/demo/{locale}/", include_in_schema=False)
    @router.get(f"/widget/demo/{locale}/index.html", include_in_schema=False)
    async def demo() -> HTMLResponse:
        return HTMLResponse(page)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load((_WIDGET / "own_demo.yml").read_text(encoding="utf-8"))
    return found
