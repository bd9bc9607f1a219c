"""A linear model over tf-idf features: what the intents and the out-of-scope gate both stand on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Mapping

import numpy as np


@dataclass(frozen=True)
class Linear:
    """Decision values of a linear model over tf-idf features; `weights` is features x outputs."""

    vocabulary: Mapping[str, int]
    idf: Any
    weights: Any
    bias: Any

    def values(self, counts: Mapping[str, int]) -> Any:
        """One value for each output; the text vector has length 1, tf is 1 + log n."""
        rows = [(self.vocabulary[name], n) for name, n in counts.items() if name in self.vocabulary]
        if not rows:
            return self.bias
        places = np.fromiter((row for row, _ in rows), dtype=np.int64, count=len(rows))
        tf = np.fromiter((1.0 + math.log(n) for _, n in rows), dtype=np.float32, count=len(rows))
        scaled = tf * self.idf[places]
        return (scaled / np.linalg.norm(scaled)) @ self.weights[places] + self.bias
