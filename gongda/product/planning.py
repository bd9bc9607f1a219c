"""What making an installation the vendor's own will change; nothing is changed by looking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gongda.product import overlay, policy_file
from gongda.product.entries import emergencies, of_product
from gongda.product.model import Product
from gongda.product.reading import Draft
from gongda.settings import Settings
from kb_ingest.changes import Changes, changes
from kb_ingest.folder import read_folder
from retrieval.knowledge.entry import Entry

_QUESTIONS = 4  # that the demo page offers
UNFINISHED = ".unfinished"  # lies in the product's folder while one product takes the place of another


@dataclass(frozen=True)
class Plan:
    """`files` and `policy` are what has to be written, the latter None when support.toml stays as it is.

    `another` tells that the installation is about another product so far, the sample's or a former one of the
    vendor's; `sample` holds the ids of the sample's entries.
    """

    product: Product
    entries: tuple[Entry, ...]
    differing: Changes
    files: Mapping[str, str]
    policy: str | None
    another: bool
    sample: frozenset[str]
    notes: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether everything is as the sheet says already."""
        return not self.files and self.policy is None and not self.another


def plan(settings: Settings, draft: Draft) -> Plan:
    """Raises BadSetting for a support.toml that is wrong, IngestError."""
    former, before = overlay.former(settings)
    entries = (*draft.entries, *_generated(draft))
    product = replace(draft.product, questions=tuple(entry.question for entry in draft.entries[:_QUESTIONS]))
    wanted = overlay.files(product, draft.entries, entries)
    path = support_file(settings)
    policy = policy_file.rewritten(path, former, product)
    return Plan(
        product=product,
        entries=entries,
        differing=changes(before, entries),
        files=overlay.differing(settings.own, wanted),
        policy=None if path.exists() and path.read_text(encoding="utf-8") == policy else policy,
        another=not settings.has_own or former.name != product.name or (settings.own / UNFINISHED).exists(),
        sample=frozenset(entry.id for entry in read_folder(settings.sample)),
        notes=(*draft.notes, *_lacking(entries)),
    )


def _generated(draft: Draft) -> tuple[Entry, ...]:
    """Without those whose question the vendor answers in words of their own."""
    asked = {question for entry in draft.entries for question in entry.questions}
    return tuple(entry for entry in of_product(draft.product) if entry.question not in asked)


def _lacking(entries: tuple[Entry, ...]) -> list[str]:
    topics = {entry.topic for entry in entries if entry.type == "runbook"}
    lacking = "、".join(name for name, topic in emergencies().items() if topic not in topics)
    return [f"没有“{lacking}”的应急预案：遇到时直接转人工，不会先给处置步骤"] if lacking else []


def support_file(settings: Settings) -> Path:
    """The operator's policy."""
    return settings.root / settings.support
