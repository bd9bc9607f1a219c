"""What is known of a product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

ASSISTANT = "智能助手"


@dataclass(frozen=True)
class Module:
    """A part of the product as its menu names it, and what customers call it."""

    name: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Release:
    """A version customers use; the dates are ISO dates, or nothing."""

    version: str
    words: tuple[str, ...] = ()
    released: str = ""
    ends: str = ""
    news: str = ""


@dataclass(frozen=True)
class Term:
    """A word of the product, what customers say instead, and what Taiwan and Hong Kong call it."""

    term: str
    synonyms: tuple[str, ...] = ()
    taiwan: tuple[str, ...] = ()
    hong_kong: tuple[str, ...] = ()


@dataclass(frozen=True)
class ContactLine:
    """One of the vendor's own contacts; `allowed` is how support.toml writes it."""

    kind: str
    value: str
    use: str
    allowed: str


@dataclass(frozen=True)
class Product:
    """`hours` maps days of support.toml to intervals such as 09:00-12:00; a day it does not name stays as it is.
    `questions` are some that it has an answer to."""

    name: str
    short_names: tuple[str, ...] = ()
    company: str = ""
    assistant: str = ASSISTANT
    editions: tuple[str, ...] = ()
    modules: tuple[Module, ...] = ()
    releases: tuple[Release, ...] = ()
    terms: tuple[Term, ...] = ()
    contacts: tuple[ContactLine, ...] = ()
    hours: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    questions: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything the product is called."""
        return (self.name, *self.short_names)

    @property
    def current(self) -> Release | None:
        """The version released last; None where no dates are given."""
        dated = [release for release in self.releases if release.released]
        return max(dated, key=lambda release: release.released, default=None)

    def to_json(self) -> dict[str, Any]:
        """What product.yml holds."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Product:
        """Raises KeyError, TypeError or ValueError for what `to_json` would not have written."""
        return cls(
            name=str(data["name"]),
            short_names=_texts(data, "short_names"),
            company=str(data.get("company", "")),
            assistant=str(data.get("assistant") or ASSISTANT),
            editions=_texts(data, "editions"),
            modules=tuple(Module(**_frozen(item)) for item in data.get("modules", ())),
            releases=tuple(Release(**_frozen(item)) for item in data.get("releases", ())),
            terms=tuple(Term(**_frozen(item)) for item in data.get("terms", ())),
            contacts=tuple(ContactLine(**_frozen(item)) for item in data.get("contacts", ())),
            hours={day: tuple(spans) for day, spans in data.get("hours", {}).items()},
            questions=_texts(data, "questions"),
        )


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(map(str, data.get(key, ())))


def _frozen(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in item.items()}


def _plain(value: Any) -> Any:
    """Tuples as lists, for YAML."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
