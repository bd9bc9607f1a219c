"""Emergencies, in the first turn and before any form: first aid from the runbook, and a P1 ticket at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions import drafts
from actions.heard import Heard
from actions.knowledge import Knowledge
from contract.decisions import Decision, Runbook
from zhtext.severity import leak

# The runbook's topic by what the person feels; whatever else is down for everybody is a crash.
_TOPICS = {"data_loss": "data_loss_recovery", "network": "network_offline"}
_DOWN = "crash"


def first_aid(knowledge: Knowledge, category: str, text: str) -> Runbook | None:
    """The runbook for an emergency; none for a leak, where only people may decide what to do."""
    if leak(text):
        return None
    return knowledge.runbook(_TOPICS.get(category, _DOWN))


def emergency(heard: Heard, slots: Mapping[str, Any], knowledge: Knowledge) -> tuple[Decision, ...]:
    """What to say and do in the very turn in which it was told."""
    aid = first_aid(knowledge, heard.situation.category, heard.text)
    taken = drafts.handoff(heard, slots, "emergency")
    return (aid, taken) if aid else (taken,)
