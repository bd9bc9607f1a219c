"""Texts into a matrix of vectors, a few thousand at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.building.progress import Progress
from retrieval.indexing.dense import EXACT_UP_TO
from retrieval.indexing.encoder import Encoder

_AT_ONCE = 4_096


def vectors_of(texts: Sequence[str], encoder: Encoder, progress: Progress, stage: str) -> NDArray[Any]:
    """One row each; in half precision where there are so many that the index keeps no more anyway."""
    kind = np.float32 if len(texts) <= EXACT_UP_TO else np.float16
    vectors = np.empty((len(texts), encoder.dimensions), dtype=kind)
    for start in range(0, len(texts), _AT_ONCE):
        progress(stage, start, len(texts))
        vectors[start : start + _AT_ONCE] = encoder.encode_documents(texts[start : start + _AT_ONCE])
    progress(stage, len(texts), len(texts))
    return vectors
