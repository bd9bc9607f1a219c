"""axe-core over a page as it stands, its shadow roots included.

The script comes through the browser's debugger and not through the page, so the page's content security policy
stays in force while it is looked at.
"""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"


def violations(page: Page) -> list[str]:
    """Each rule that is broken, with the elements that break it; every rule of axe, best practices too."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    page.evaluate("Promise.all(document.getAnimations({subtree: true}).map((one) => one.finished.catch(() => {})))")
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [f"{one['id']} ({one['impact']}): {_where(one['nodes'])}" for one in found]


def _where(nodes: list[dict[str, Any]]) -> str:
    return "; ".join(f"{node['html'][:160]} [{_why(node)}]" for node in nodes[:5])


def _why(node: dict[str, Any]) -> str:
    """What axe measured, in the first of its reasons."""
    return next((str(check["message"])[:160] for check in [*node["any"], *node["all"], *node["none"]]), "")
