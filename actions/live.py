"""The knowledge base served from the current index build."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from contract.decisions import AT, ENTRY, Choices, Decision, Decline, Option, Runbook
from retrieval.asking.answers import decision_of, decision_picked
from retrieval.asking.explain import explained
from retrieval.asking.live import Live
from retrieval.errors import RetrievalError
from retrieval.knowledge.shown import decision_for


class LiveKnowledge:
    """`Knowledge` around `retrieval.asking.live.Live`; one build answers one question."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def decide(self, question: str, version: str | None = None) -> Decision:
        retriever = self._live.retriever
        return _offered(decision_of(retriever.ask(question, version=version), retriever))

    def entry(self, entry_id: str, version: str | None = None) -> Decision:
        retriever = self._live.retriever
        name, _, versions = entry_id.partition(AT)
        entry = retriever.entry(name)
        if entry is None:
            return Decline(reason="no_evidence", build_id=retriever.build_id)
        found = decision_picked(
            entry, versions, known=version, build_id=retriever.build_id, trace_id=f"picked:{entry_id}"
        )
        return _offered(found)

    def runbook(self, topic: str) -> Runbook | None:
        retriever = self._live.retriever
        entry = next((e for e in retriever.entries if e.type == "runbook" and e.topic == topic), None)
        if entry is None:
            return None
        shown = decision_for(entry, probability=1.0, build_id=retriever.build_id, trace_id=f"runbook:{entry.id}")
        return shown if isinstance(shown, Runbook) else None

    def search(self, question: str) -> dict[str, Any]:
        return explained(self._live.retriever, question)

    def state(self) -> dict[str, Any]:
        try:
            return {"ready": True, "build_id": self._live.retriever.build_id, "problem": self._live.problem}
        except RetrievalError as error:
            return {"ready": False, "build_id": None, "problem": str(error)}

    def reload(self) -> dict[str, Any]:
        self._live.reload()
        return self.state()

    def warm_up(self) -> None:
        if self.reload()["ready"]:
            self._live.ask("warm-up")  # jieba's dictionary alone takes 0.7 s


def _offered(decision: Decision) -> Decision:
    """Entries to pick, marked as such, so that a picked label is never taken for a question."""
    if isinstance(decision, Choices):
        return replace(decision, options=_marked(decision.options))
    if isinstance(decision, Decline):
        return replace(decision, neighbours=_marked(decision.neighbours))
    return decision


def _marked(options: tuple[Option, ...]) -> tuple[Option, ...]:
    return tuple(Option(ENTRY + option.id, option.label) for option in options)
