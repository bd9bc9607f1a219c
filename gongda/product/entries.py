"""Entries that follow from the sheets about the product alone: contacts, working time, versions and their news."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import yaml

from gongda.product.model import Product, Release
from gongda.product.sheets import sheets
from kb_ingest.rendering import of_cell
from retrieval.knowledge.entry import Entry

_FIXED = ("id", "type", "topic")


def of_product(product: Product) -> Iterator[Entry]:
    """None for a sheet that says nothing."""
    if product.contacts:
        yield _entry("contacts", product, "contacts", lines=_contact_lines(product))
    if product.hours:
        yield _entry("hours", product, "product", lines=_hour_lines(product))
    if product.releases:
        yield _entry("versions", product, "versions", lines=_version_lines(product))
    for release in product.releases:
        if release.news.strip():
            yield _news(product, release)


def emergencies() -> Mapping[str, str]:
    """What editors call an emergency -> the topic under which its runbook is found."""
    named: Mapping[str, str] = _wording()["emergencies"]
    return named


def _contact_lines(product: Product) -> str:
    said = _wording()["contacts"]
    return "\n".join(
        _filled(said["line"], kind=line.kind, value=line.value, use=_optional(said["use"], use=line.use))
        for line in product.contacts
    )


def _hour_lines(product: Product) -> str:
    """Monday stands for the days from Monday to Friday: the form knows no others."""
    said = _wording()["hours"]
    return "\n".join(
        _filled(said["line"], day=name, spans="、".join(product.hours[day]) or said["free"])
        for day, name in said["days"].items()
        if day in product.hours
    )


def _version_lines(product: Product) -> str:
    said = _wording()["versions"]
    return "\n".join(
        _filled(
            said["line"],
            version=release.version,
            released=_optional(said["released"], day=release.released),
            ends=_optional(said["ends"], day=release.ends),
        )
        for release in product.releases
    )


def _news(product: Product, release: Release) -> Entry:
    said = _wording()["news"]
    return _entry(
        "news", product, "versions", id=f"rel-own-{release.version}", version=release.version,
        news=of_cell(release.news.strip()), released=_optional(said["released"], day=release.released),
    )  # fmt: skip


def _entry(name: str, product: Product, sheet: str, **values: str) -> Entry:
    said = _wording()[name]
    values = {"name": product.name, "sheet": sheets()[sheet].name, **values}
    filled = {key: _filled(said[key], **values).strip() for key in ("title", "question", "answer")}
    data = {key: values.get(key) or said[key] for key in _FIXED}
    similar = [_filled(text, **values) for text in said["similar"]]
    source = _filled(_wording()["source"], **values)
    return Entry.from_json({**data, **filled, "similar": similar, "versions": "*", "source": source})


def _optional(template: str, **value: str) -> str:
    """Nothing where there is nothing to say."""
    return _filled(template, **value) if all(value.values()) else ""


def _filled(template: str, **values: str) -> str:
    return Template(template).substitute(values)


@cache
def _wording() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("entries.yml").read_text(encoding="utf-8"))
    return loaded
