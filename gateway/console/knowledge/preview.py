"""An entry as customers get to see it: the decision that shows it, whose blocks the browser renders like the widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.console.knowledge.written import Written, of_content
from retrieval.knowledge.entry import Entry, Variant
from retrieval.knowledge.shown import decision_for


@dataclass(frozen=True)
class Shown:
    """One card."""

    title: str
    blocks: tuple[str, ...]
    workaround: str
    source: str
    review: str


def shown(content: Mapping[str, Any], *, review: str = "") -> tuple[Shown, ...]:
    """The answer, then those for some versions. `review` is the date that the desk knows better than the content."""
    return of_written(of_content(content), review=review)


def of_written(written: Written, *, review: str = "") -> tuple[Shown, ...]:
    """While it is being typed: nothing is checked."""
    said = {name: written.fields[name].strip() for name in ("title", "question", "source", "workaround")}
    entry = Entry(
        id="preview", type=written.fields["type"], title=said["title"], question=said["question"],
        answer=written.fields["answer"], source=said["source"], workaround=said["workaround"] or None,
        review=review or written.fields["review"],
    )  # fmt: skip
    return tuple(_card(entry, variant) for variant in (None, *written.variants))


def _card(entry: Entry, variant: Variant | None) -> Shown:
    decision = decision_for(entry, variant, probability=1.0, build_id="", trace_id="")
    return Shown(
        title=decision.title,
        blocks=decision.blocks,
        workaround=getattr(decision, "workaround", None) or "",
        source=decision.source,
        review=getattr(decision, "review", ""),
    )
