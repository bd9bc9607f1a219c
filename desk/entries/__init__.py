"""Knowledge entries: what the bot may say, in versions that a second person approves.

draft ──> submitted ──> approved ──> superseded (by the next one approved)
  │           └──> rejected
  └──> superseded (a later version that contains it was submitted)

At most one version of an entry is approved and at most one waits for approval. Entries are never
deleted: a retired one is not in force until it is restored.
"""

from desk.entries.editing import (
    approve,
    postpone_review,
    reject,
    restore,
    retire,
    save_draft,
    set_owner,
    submit,
)
from desk.entries.model import EntryRecord, EntryVersion, Filter, InForce, Origin, VersionState, subject_of
from desk.entries.reading import (
    any_settled,
    count,
    following,
    get,
    in_force,
    in_force_at,
    listing,
    live_version,
    version,
    versions,
    waiting,
)
from desk.entries.seeding import Seed, Seeded, seed

__all__ = [
    "EntryRecord",
    "EntryVersion",
    "Filter",
    "InForce",
    "Origin",
    "Seed",
    "Seeded",
    "VersionState",
    "any_settled",
    "approve",
    "count",
    "following",
    "get",
    "in_force",
    "in_force_at",
    "listing",
    "live_version",
    "postpone_review",
    "reject",
    "restore",
    "retire",
    "save_draft",
    "seed",
    "set_owner",
    "subject_of",
    "submit",
    "version",
    "versions",
    "waiting",
]
