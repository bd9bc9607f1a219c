"""The training loop: in-batch negatives on several kinds of pairs, mixed batch by batch."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from retrieval.training.table import Bags, Table

# In-batch softmax at temperature 1/20 (Henderson et al. 2017; the usual figure for cosine).
SCALE = 20.0
_PAWS_MARGIN = 0.85


@dataclass(frozen=True)
class Source:
    """Pairs of one kind. `groups` mark texts that must not be each other's negatives."""

    name: str
    queries: Bags
    passages: Bags
    groups: NDArray[np.int64]
    batches: int
    apart: bool = False  # pairs that mean different things although they look alike


@dataclass(frozen=True)
class Recipe:
    """Figures of the training; the same ones stand in the model card."""

    batch: int = 1024
    rate: float = 0.01
    dimensions: int = 256
    tokens: int = 27_500
    seed: int = 20_261_122
    steps: int = 1_400


def train(table: Table, sources: Sequence[Source], recipe: Recipe, say: Callable[[str], None]) -> float:
    """Train in place; returns seconds. The rate warms up over 5 % of the steps and falls along a cosine."""
    started = time.perf_counter()
    chooser = np.random.default_rng(recipe.seed)
    plan = chooser.permutation(np.repeat(np.arange(len(sources)), [source.batches for source in sources]))
    optimizer = torch.optim.Adam(table.parameters(), lr=recipe.rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, len(plan)))
    running: dict[str, float] = {}
    for step, number in enumerate(plan):
        source = sources[number]
        rows = chooser.choice(len(source.queries), min(recipe.batch, len(source.queries)), replace=False)
        loss = _loss(table, source, rows)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        running[source.name] = 0.95 * running.get(source.name, loss.item()) + 0.05 * loss.item()
        if step % 100 == 0 or step + 1 == len(plan):
            losses = " ".join(f"{name}={value:.3f}" for name, value in sorted(running.items()))
            say(f"step {step + 1}/{len(plan)} {time.perf_counter() - started:.0f} s {losses}")
    return time.perf_counter() - started


def _loss(table: Table, source: Source, rows: NDArray[np.int64]) -> Tensor:
    queries, passages = table(*source.queries.take(rows)), table(*source.passages.take(rows))
    if source.apart:
        return nn.functional.softplus(SCALE * ((queries * passages).sum(1) - _PAWS_MARGIN)).mean() / SCALE
    scores = SCALE * queries @ passages.T
    groups = torch.from_numpy(source.groups[rows])
    twins = (groups[:, None] == groups[None, :]) & ~torch.eye(len(rows), dtype=torch.bool)
    scores = scores.masked_fill(twins, -math.inf)
    target = torch.arange(len(rows))
    return (nn.functional.cross_entropy(scores, target) + nn.functional.cross_entropy(scores.T, target)) / 2


def _rate(step: int, steps: int) -> float:
    warm = max(1, steps // 20)
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))
