"""What a page pays for the widget: the first load, and each part that comes later."""

import gzip
import re
from pathlib import Path

import pytest

WIDGET = Path(__file__).parents[2] / "gateway" / "widget"
FIRST_LOAD = 20 * 1024  # bytes, gzipped: what every page of the host site pays
LATER = 8 * 1024  # bytes, gzipped: each language file
OPENED = 30 * 1024  # bytes, gzipped: all of it, once somebody opens the panel
_STATIC = re.compile(r"^import[^;]*?[\"']\./([\w.]+)[\"'];", re.MULTILINE | re.DOTALL)


def size(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def loaded_with(name: str) -> set[Path]:
    """A module and everything it imports statically."""
    found: set[Path] = set()
    waiting = [WIDGET / "parts" / name]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [WIDGET / "parts" / other for other in _STATIC.findall(path.read_text(encoding="utf-8"))]
    return found


def test_a_page_pays_little_before_anybody_opens_the_panel() -> None:
    parts = {WIDGET / "widget.js", WIDGET / "parts" / "launcher.css", *loaded_with("element.js")}

    assert len(parts) > 5
    assert WIDGET / "parts" / "panel.js" not in parts
    assert sum(map(size, parts)) <= FIRST_LOAD


def test_all_of_it_is_small_too() -> None:
    assert sum(map(size, [WIDGET / "widget.js", *(WIDGET / "parts").iterdir()])) <= OPENED


@pytest.mark.parametrize("path", sorted((WIDGET / "lang").glob("*.json")), ids=lambda path: path.stem)
def test_a_language_file_is_small(path: Path) -> None:
    assert size(path) <= LATER


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_parsed_as_html() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in [*WIDGET.rglob("*.js"), *WIDGET.rglob("*.css")])

    for forbidden in ("http://", "https://", ".innerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert forbidden not in code.replace("http://www.w3.org/2000/svg", ""), forbidden
