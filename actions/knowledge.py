"""The knowledge base as the actions see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from contract.decisions import Answer, Choices, Decision, Decline, Option, Runbook


class Knowledge(Protocol):
    """Ask for a decision, an entry somebody picked, or the whole hit list."""

    def decide(self, question: str, version: str | None = None) -> Decision:
        """Answer, choices or decline for a question; `version` is the asker's, if known."""
        ...

    def entry(self, entry_id: str, version: str | None = None) -> Decision:
        """The entry somebody picked from choices; a decline when it is gone."""
        ...

    def runbook(self, topic: str) -> Runbook | None:
        """The approved runbook of a topic, if there is one."""
        ...

    def search(self, question: str) -> dict[str, Any]:
        """The hit test: every candidate with every score."""
        ...

    def state(self) -> dict[str, Any]:
        """Which build serves, and what is wrong with it, if anything."""
        ...

    def reload(self) -> dict[str, Any]:
        """Look at CURRENT again."""
        ...

    def warm_up(self) -> None:
        """Load everything that the first question would otherwise wait for; a missing index is no error."""
        ...


class FakeKnowledge:
    """Answers from a table: question -> decision; everything else is declined. Runbooks by topic."""

    def __init__(
        self, decisions: Mapping[str, Decision] | None = None, runbooks: Mapping[str, Runbook] | None = None
    ) -> None:
        self._decisions = dict(decisions or {})
        self._runbooks = dict(runbooks or {})
        self.asked: list[str] = []

    def decide(self, question: str, version: str | None = None) -> Decision:
        self.asked.append(question)
        return self._decisions.get(question, Decline(reason="no_evidence"))

    def entry(self, entry_id: str, version: str | None = None) -> Decision:
        found = [d for d in self._decisions.values() if isinstance(d, Answer) and d.entry_id == entry_id]
        return found[0] if found else Decline(reason="no_evidence")

    def runbook(self, topic: str) -> Runbook | None:
        return self._runbooks.get(topic)

    def search(self, question: str) -> dict[str, Any]:
        return {"normalized": question, "candidates": []}

    def state(self) -> dict[str, Any]:
        return {"build_id": "fake", "ready": True}

    def reload(self) -> dict[str, Any]:
        return self.state()

    def warm_up(self) -> None:
        self.reload()


def an_answer(entry_id: str = "faq-a", title: str = "标题") -> Answer:
    """A small answer for tests."""
    return Answer(entry_id, "1", title, ("第一步",), "手册", "2026-12-31", 0.9, "build", "trace")


def some_choices(*labels: str) -> Choices:
    """Choices with the labels given, for tests."""
    return Choices(tuple(Option(f"entry:{i}", label) for i, label in enumerate(labels)))


def a_runbook(topic: str = "crash", title: str = "应急") -> Runbook:
    """A small runbook for tests."""
    return Runbook(f"run-{topic}", title, ("先做：拷出日志。", "不要做：不要重装。"), "应急手册", "build", "trace")
