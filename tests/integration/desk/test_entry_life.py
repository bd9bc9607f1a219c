"""The life of one entry, in any order that several people may come up with."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from desk import entries
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import EditConflict, IllegalMove, NotAllowed, NotFound
from tests.integration.desk.knowledge import content, fingerprint

PEOPLE = st.sampled_from(["agent:1", "agent:2", "agent:3"])
TEXTS = st.sampled_from(["点保存。", "点【保存】。", "按 Ctrl+S。"])
BACK = st.integers(0, 2)  # which version: the newest, the one before …
SETTINGS = settings(
    max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
_NUMBERS = count()


@dataclass
class Version:
    """What the test expects of one version."""

    author: str
    text: str
    state: str = "draft"


class Life(RuleBasedStateMachine):
    """Every step is tried, allowed or not; a refused one must change nothing."""

    def __init__(self, db: Database, clock: FixedClock) -> None:
        super().__init__()
        self.db = db
        self.now = clock()
        self.entry_id = f"faq-{next(_NUMBERS)}"
        self.versions: list[Version] = []
        self.live: str | None = None  # the text somebody approved last
        self.retired = False

    @rule(author=PEOPLE, text=TEXTS, read=st.booleans())
    def save(self, author: str, text: str, read: bool) -> None:
        newest = self.versions[-1] if self.versions else None
        base = (fingerprint(content(newest.text)) if newest else "") if read else None
        said = content(text)
        opened_by_other = newest is not None and newest.state in ("draft", "submitted") and newest.author != author
        refused = newest is not None and newest.text != text and not read and opened_by_other
        try:
            with self.db.write() as session:
                entries.save_draft(
                    session, self.entry_id, said, fingerprint(said), author=author, base=base, now=self.now
                )
        except EditConflict:
            assert refused
            return
        assert not refused
        if newest is not None and newest.text == text:
            return
        if newest is not None and newest.state == "draft" and newest.author == author:
            newest.text = text
        else:
            self.versions.append(Version(author, text))

    @rule(back=BACK, by=PEOPLE)
    def submit(self, back: int, by: str) -> None:
        number = len(self.versions) - back
        allowed = self.is_in(number, "draft") and not self.retired
        if self.done(allowed, lambda session: entries.submit(session, self.entry_id, number, by=by, now=self.now)):
            self.supersede(number, "draft", "submitted")
            self.versions[number - 1].state = "submitted"

    @rule(back=BACK, by=PEOPLE)
    def approve(self, back: int, by: str) -> None:
        number = len(self.versions) - back
        allowed = self.is_in(number, "submitted") and not self.retired and self.versions[number - 1].author != by
        if self.done(allowed, lambda session: entries.approve(session, self.entry_id, number, by=by, now=self.now)):
            self.supersede(number, "draft", "submitted", "approved")
            self.versions[number - 1].state = "approved"
            self.live = self.versions[number - 1].text

    @rule(back=BACK, by=PEOPLE)
    def reject(self, back: int, by: str) -> None:
        number = len(self.versions) - back
        allowed = self.is_in(number, "submitted")
        if self.done(
            allowed, lambda session: entries.reject(session, self.entry_id, number, by=by, comment="不对", now=self.now)
        ):
            self.versions[number - 1].state = "rejected"

    @rule(author=PEOPLE, reviewer=PEOPLE, text=TEXTS)
    def save_and_approve(self, author: str, reviewer: str, text: str) -> None:
        self.save(author, text, read=True)
        self.submit(0, author)
        self.approve(0, reviewer)

    @rule(by=PEOPLE, retired=st.booleans())
    def shelve(self, by: str, retired: bool) -> None:
        def act(session: Any) -> object:
            if retired:
                return entries.retire(session, self.entry_id, by=by, reason="下线", now=self.now)
            return entries.restore(session, self.entry_id, by=by, now=self.now)

        if self.done(bool(self.versions), act):
            self.retired = retired

    @invariant()
    def the_desk_says_the_same(self) -> None:
        if not self.versions:
            return
        with self.db.read() as session:
            stored = entries.versions(session, self.entry_id)
            record = entries.get(session, self.entry_id)
            live = entries.live_version(session, self.entry_id)
            in_force = [each for each in entries.in_force(session) if each.entry_id == self.entry_id]
        assert [version.number for version in stored] == list(range(1, len(self.versions) + 1))
        assert [(v.author, v.content["answer"], v.state) for v in stored] == [
            (v.author, v.text, v.state) for v in self.versions
        ]
        approved = [version for version in stored if version.state == "approved"]
        assert len(approved) <= 1
        assert sum(version.state == "submitted" for version in stored) <= 1
        assert all(version.reviewer not in (None, version.author) for version in approved)
        assert record.live == (approved[0].number if approved else None)
        expected = None if self.retired else self.live
        assert (live.content["answer"] if live else None) == expected
        assert [each.content["answer"] for each in in_force] == ([expected] if expected else [])

    def is_in(self, number: int, state: str) -> bool:
        return 1 <= number <= len(self.versions) and self.versions[number - 1].state == state

    def supersede(self, number: int, *states: str) -> None:
        for version in self.versions[: number - 1]:
            if version.state in states:
                version.state = "superseded"

    def done(self, allowed: bool, act: Any) -> bool:
        try:
            with self.db.write() as session:
                act(session)
        except (IllegalMove, NotAllowed, NotFound):
            assert not allowed
            return False
        assert allowed
        return True


def test_an_entry_keeps_its_word_whatever_people_do(db: Database, clock: FixedClock) -> None:
    run_state_machine_as_test(lambda: Life(db, clock), settings=SETTINGS)
