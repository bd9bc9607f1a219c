"""The page that shows the widget at work, for a vendor's own product; that of the sample is a file of the widget's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATE = "own_demo.html"


@dataclass(frozen=True)
class Shown:
    """What the page says of the product; `questions` are some that it has an answer to."""

    name: str
    company: str = ""
    current: str = ""  # the version released last
    modules: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


def demo_page(shown: Shown) -> str:
    """The HTML, everything in it escaped."""
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "widget"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return pages.get_template(_TEMPLATE).render(shown=shown)


def demo_router(shown: Shown) -> APIRouter:
    """In place of the sample's page; style, script and mark are shared."""
    router = APIRouter()
    page = demo_page(shown)

    @router.get("/widget/demo/", include_in_schema=False)
    @router.get("/widget/demo/index.html", include_in_schema=False)
    async def demo() -> HTMLResponse:
        return HTMLResponse(page)

    return router
