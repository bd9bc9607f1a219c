"""What a page pays for the widget: the first load, and each part that comes later."""

import re
from pathlib import Path

import pytest

from gateway.widget.serving import pack

WIDGET = Path(__file__).parents[2] / "gateway" / "widget"
PARTS = WIDGET / "parts"
KIB = 1024  # all sizes are bytes as served: gzipped, without comments
FIRST_LOAD = 20 * KIB  # what every page of the host site pays, with one language
TO_WRITE = 30 * KIB  # all of it until a visitor's first message is on its way
LATER = 8 * KIB  # each language file, and each part that comes when it is wanted
_STATIC = re.compile(r"^(?:import|export)[^;]*?[\"']\./([\w.]+)[\"'];", re.MULTILINE | re.DOTALL)
_LAZY = re.compile(r"(\w+): \[\(\) => import\(\"\./([\w.]+)\"\)(?:, \"([\w.]+)\")?\]")


def size(*paths: Path) -> int:
    return sum(len(pack(path).zipped) for path in paths)


def reported(what: str, *paths: Path) -> int:
    """The size; `pytest -rP` shows it."""
    print(f"{what}: {size(*paths) / KIB:.1f} KiB in {len(paths)} files")
    return size(*paths)


def loaded_with(name: str) -> set[Path]:
    """A module and everything it imports statically."""
    found: set[Path] = set()
    waiting = [PARTS / name]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [PARTS / other for other in _STATIC.findall(path.read_text(encoding="utf-8"))]
    return found


def wanted_later() -> dict[str, set[Path]]:
    """Each part of `lazy.js` with all it brings."""
    listed = _LAZY.findall((PARTS / "lazy.js").read_text(encoding="utf-8"))
    return {name: loaded_with(script) | ({PARTS / sheet} if sheet else set()) for name, script, sheet in listed}


FIRST = {WIDGET / "widget.js", PARTS / "launcher.css", *loaded_with("element.js")}
LANGUAGES = sorted((WIDGET / "lang").glob("*.json"))
LARGEST_LANGUAGE = max(LANGUAGES, key=size)
WRITING: set[Path] = FIRST | wanted_later()["room"] | wanted_later()["conversation"]
SHOWING = WRITING | wanted_later()["messages"] | wanted_later()["cards"]  # fetched with the first message


def test_a_page_pays_little_before_anybody_opens_the_panel() -> None:
    assert len(FIRST) > 5
    assert not {PARTS / "panel.js", PARTS / "conversation.js"} & FIRST
    assert reported("first load", *FIRST, LARGEST_LANGUAGE) <= FIRST_LOAD


def test_a_visitor_can_write_soon_after_opening_it() -> None:
    assert reported("until one can write", *WRITING, LARGEST_LANGUAGE) <= TO_WRITE


@pytest.mark.parametrize("name", sorted(set(wanted_later()) - {"room", "conversation"}))
def test_a_part_that_comes_later_is_small(name: str) -> None:
    there = WRITING if name in ("messages", "cards") else SHOWING

    assert reported(name, *wanted_later()[name] - there) <= LATER


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_a_language_file_is_small(path: Path) -> None:
    assert reported(path.name, path) <= LATER


def test_every_file_belongs_to_the_first_load_or_to_a_part() -> None:
    reached = FIRST.union(*wanted_later().values())

    assert {path for path in PARTS.iterdir() if path.is_file()} == reached - {WIDGET / "widget.js"}


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_parsed_as_html() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in [*WIDGET.rglob("*.js"), *WIDGET.rglob("*.css")])

    for forbidden in ("http://", "https://", ".innerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert forbidden not in code.replace("http://www.w3.org/2000/svg", ""), forbidden
