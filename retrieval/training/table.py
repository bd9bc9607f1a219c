"""The model while it is trained: each token's vector is its own plus those of its characters.

A word seen ten times borrows from its characters, seen ten thousand times. For shipping both parts
are added up into one table, which is all that serving needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Bags:
    """Token ids of many texts, end to end."""

    ids: Ints
    offsets: NDArray[np.int64]  # one more than there are texts

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def take(self, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Ids and offsets of some texts, as EmbeddingBag wants them."""
        pieces = [self.ids[self.offsets[row] : self.offsets[row + 1]] for row in rows]
        starts = np.cumsum([0, *map(len, pieces[:-1])])
        return torch.from_numpy(np.concatenate(pieces).astype(np.int64)), torch.from_numpy(starts)


def bags(tokenizer: Tokenizer, texts: Sequence[str]) -> Bags:
    """Tokenise; unknown tokens are left out, as their vector is zero."""
    pieces = []
    for start in range(0, len(texts), 10_000):
        encoded = tokenizer.encode_batch(list(texts[start : start + 10_000]), add_special_tokens=False)
        pieces += [np.array([i for i in one.ids if i], dtype=np.int32) for one in encoded]
    return Bags(np.concatenate(pieces), np.cumsum([0, *map(len, pieces)]))


class Table(nn.Module):
    """Sums of token vectors, scaled to length 1."""

    def __init__(self, tokens: Sequence[str], frequency: NDArray[np.int64], dimensions: int, seed: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        characters = sorted({character for token in tokens[1:] for character in token})
        position = {character: number for number, character in enumerate(characters)}
        self._spelling = _spelling(
            [[position[c] for c in token] if number else [] for number, token in enumerate(tokens)]
        )
        scale = torch.from_numpy(_idf(frequency)).float()[:, None] / dimensions**0.5
        self.words = nn.Parameter(torch.randn(len(tokens), dimensions, generator=generator) * scale)
        self.characters = nn.Parameter(
            torch.randn(len(characters), dimensions, generator=generator) * 0.5 / dimensions**0.5
        )

    def forward(self, ids: Tensor, offsets: Tensor) -> Tensor:
        table = self.whole()
        return nn.functional.normalize(nn.functional.embedding_bag(ids, table, offsets, mode="sum"), dim=1)

    def whole(self) -> Tensor:
        """The table that is shipped; the unknown token is zero."""
        spelled: Tensor = torch.sparse.mm(self._spelling, self.characters)
        mask = torch.ones(len(self.words), 1)
        mask[0] = 0.0
        return (self.words + spelled) * mask


def _spelling(spelled: Sequence[Sequence[int]]) -> Tensor:
    """Sparse matrix tokens x characters, each row the mean of its characters."""
    rows = [row for row, characters in enumerate(spelled) for _ in characters]
    columns = [column for characters in spelled for column in characters]
    values = [1.0 / len(characters) for characters in spelled for _ in characters]
    width = 1 + max(columns)
    return torch.sparse_coo_tensor(
        torch.tensor([rows, columns]), torch.tensor(values), (len(spelled), width)
    ).coalesce()


def _idf(frequency: NDArray[np.int64]) -> NDArray[np.float64]:
    """Smooth inverse frequency (Arora, Liang, Ma 2017): a / (a + p), so that common words start small."""
    share = frequency / max(1, frequency.sum())
    return np.asarray(1e-3 / (1e-3 + share))
