"""support.toml: the vendor's contacts and hours written into it, everything else of it kept as it stands."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import tomlkit

from gongda.policy import load_policy
from gongda.product.model import Product

_SHORT = 80  # characters; a longer list stands with one value on each line


def rewritten(path: Path, former: Product, product: Product) -> str:
    """The text of the file with what `product` says in place of what `former` had said; the operator's own stays.

    Raises BadSetting when the file is wrong as it is, or would be.
    """
    load_policy(path)
    document = tomlkit.parse(path.read_text(encoding="utf-8") if path.exists() else "")
    present = [*_section(document, "contacts").get("allow", ())]
    allow = _allowed(present, former, product)
    if sorted(allow) != sorted(present):
        _section(document, "contacts")["allow"] = _list(allow)
    for day, spans in product.hours.items():
        hours = _section(document, "hours")
        if day not in hours or [*hours[day]] != [*spans]:
            hours[day] = _list(spans)
    text = tomlkit.dumps(document)
    _check(path.name, text)
    return text


def write(path: Path, text: str) -> None:
    """In one step, with the rights that the file has."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    if path.exists():
        partial.chmod(path.stat().st_mode & 0o777)
    os.replace(partial, path)


def _allowed(present: Iterable[str], former: Product, product: Product) -> list[str]:
    """The operator's where they were, then the sheet's; what only the former sheet had is gone."""
    ours = {contact.allowed for contact in former.contacts}
    kept = [value for value in present if value not in ours]
    return list(dict.fromkeys((*kept, *(contact.allowed for contact in product.contacts))))


def _section(document: tomlkit.TOMLDocument, name: str) -> dict[str, Any]:
    """The table of that name, begun where there is none."""
    if name not in document:
        document[name] = tomlkit.table()
    return cast(dict[str, Any], document[name])


def _list(values: Sequence[str]) -> Any:
    made = tomlkit.array()
    made.extend(values)
    return made.multiline(sum(map(len, values)) > _SHORT)


def _check(name: str, text: str) -> None:
    """What the service would refuse to start with is not written."""
    with TemporaryDirectory() as folder:
        trial = Path(folder) / name
        trial.write_text(text, encoding="utf-8")
        load_policy(trial)
