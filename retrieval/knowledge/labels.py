"""What people have said about questions: evidence that a build is fitted on and that never stands in its index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Labels:
    """Questions as they were asked.

    `asked` maps each to the id of the entry that answers it, `rejected` to the id of an entry that was shown and did
    not help; `uncovered` are questions that no entry answers.
    """

    asked: Mapping[str, str] = field(default_factory=dict)
    uncovered: Sequence[str] = ()
    rejected: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.asked) + len(self.uncovered) + len(self.rejected)
