"""What the documents name is there: settings, make words, links, folders."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gongda import secrets
from gongda.settings import ROOT, Settings

READMES = (ROOT / "README.md", ROOT / "README.en.md")
PAGES = (*READMES, *sorted((ROOT / "docs").rglob("*.md")))
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`[^`\n]*`")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_NOT_OURS = frozenset({"build", "dist", "models", "node_modules"})  # made by tools, never committed


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _anchor(heading: str) -> str:
    """As GitHub makes it: lower case, no punctuation, blanks to hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _anchors(page: Path) -> set[str]:
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    return {_anchor(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_in_the_operators_table(name: str) -> None:
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    assert f"| `GONGDA_{name.upper()}` |" in operations


@pytest.mark.parametrize("name", secrets.NAMES)
def test_every_secret_is_in_the_operators_table(name: str) -> None:
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    assert f"| `GONGDA_{name.upper()}` |" in operations


def test_the_operators_page_names_no_setting_that_is_gone() -> None:
    known = {f"GONGDA_{name.upper()}" for name in (*Settings.model_fields, *secrets.NAMES, "torch_index")}

    named = {name for page in PAGES for name in re.findall(r"GONGDA_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8"))}

    assert named <= known


@pytest.mark.parametrize("readme", READMES, ids=_name)
def test_every_make_word_of_the_readme_is_in_the_makefile(readme: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    words = re.findall(r"(?:`|^)make ([a-z0-9-]+)", readme.read_text(encoding="utf-8"), re.MULTILINE)

    assert {"run", "test"} <= set(words) <= targets


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    prose = _CODE.sub("", page.read_text(encoding="utf-8"))
    targets = [target for target in _LINK.findall(prose) if "://" not in target]

    broken = [target for target in targets if not _resolves(page, target)]

    assert broken == []


def _resolves(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    found = (page.parent / path).resolve() if path else page
    return found.exists() and (not anchor or anchor in _anchors(found))


@pytest.mark.parametrize("readme", READMES, ids=_name)
def test_every_top_level_folder_is_on_the_map(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and "." not in path.name} - _NOT_OURS

    assert [name for name in sorted(folders - {"__pycache__"}) if f"`{name}/`" not in text] == []


def test_the_readme_begins_with_the_way_to_the_english_one() -> None:
    first = READMES[0].read_text(encoding="utf-8").splitlines()[0]

    assert "English" in first
    assert "(README.en.md)" in first


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")

    assert [path.name for path in sorted(folder.glob("0*.md")) if f"({path.name})" not in index] == []
