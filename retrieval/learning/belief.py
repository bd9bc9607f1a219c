"""How far a candidate may be believed: boosted trees over what is known about it, shipped with the program.

Five models, each grown without one fifth of the questions, are averaged. A question that was among those they were
grown on is judged by the model that has not seen it (`fold_of`), so that it can still serve to set a threshold. Trees
are complete and of depth 3: seven cuts, eight leaves (Friedman, "Greedy function approximation", 2001).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

MODELS = 5
DEPTH = 3
_DIGITS = 5


@dataclass(frozen=True)
class Belief:
    """Arrays of models x trees x nodes; a value above the cut goes right. `start` is the logit before any tree."""

    columns: NDArray[np.int64]
    cuts: Doubles
    leaves: Doubles
    start: Doubles  # of each model

    def logits(self, known: Doubles, fold: int | None = None) -> Doubles:
        """One logit for each row of `known`: the mean of the models, or the one that has not seen this fold."""
        models = slice(None) if fold is None or len(self.start) == 1 else slice(fold, fold + 1)
        columns, cuts, leaves = self.columns[models], self.cuts[models], self.leaves[models]
        model, tree = np.ogrid[: columns.shape[0], : columns.shape[1]]
        found = np.empty(len(known))
        for row, values in enumerate(known):
            node = np.zeros(columns.shape[:2], dtype=np.int64)
            for _ in range(DEPTH):
                node = 2 * node + 1 + (values[columns[model, tree, node]] > cuts[model, tree, node])
            grown = leaves[model, tree, node - leaves.shape[2] + 1].sum(axis=1)
            found[row] = (self.start[models] + grown).mean()
        return found

    def to_json(self) -> dict[str, Any]:
        """Cuts to the last digit: many lie on a value that questions have."""
        return {"columns": self.columns.tolist(), "cuts": self.cuts.tolist(),
                "leaves": np.round(self.leaves, _DIGITS).tolist(),
                "start": np.round(self.start, _DIGITS).tolist()}  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Belief:
        return cls(np.array(data["columns"], dtype=np.int64),
                   *(np.array(data[name], dtype=np.float64) for name in ("cuts", "leaves", "start")))  # fmt: skip


def fold_of(text: str) -> int:
    """To which fifth of the questions a normalised text belongs."""
    return zlib.crc32(text.encode()) % MODELS
