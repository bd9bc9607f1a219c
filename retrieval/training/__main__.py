"""`python -m retrieval.training --text DIR [--kb kb] [--out DIR]`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from retrieval.indexing.encoder import DEFAULT_MODEL, StaticEncoder
from retrieval.training import knowledge, report, ship, situations, text, vocabulary
from retrieval.training.loop import Recipe, train
from retrieval.training.sources import sources_of
from retrieval.training.table import Table, bags


def main(arguments: list[str] | None = None) -> int:
    """Read, count, train, report, write. Exit 2 when the text is missing."""
    options = _parser().parse_args(arguments)
    recipe = replace(Recipe(), steps=options.steps)
    try:
        data = text.read(options.text, options.share)
    except text.TextMissing as error:
        print(error, file=sys.stderr)
        return 2
    entries = knowledge.read(options.kb)
    told = situations.read(share=options.situations)
    _say(f"{len(data.sections)} sections, {len(told)} situations, {len(entries)} entries")
    figures = run(data, told, entries, recipe, options.out, _say, on_similar=not options.without_similar)
    _say(str(figures))
    return 0


def run(data: text.Text, told: Sequence[situations.Situation], entries: Sequence[knowledge.Known], recipe: Recipe,
        out: Path, say: Callable[[str], None], *, on_similar: bool) -> dict[str, Any]:  # fmt: skip
    """Train on what is not held out and write the model; returns the figures that `training.json` holds."""
    torch.manual_seed(recipe.seed)
    counts = _count(data, told, entries)
    tokens = vocabulary.choose(counts, recipe.tokens)
    tokenizer = vocabulary.tokenizer(tokens)
    say(f"{len(tokens)} tokens")
    sources = sources_of(data, told, entries, tokenizer, recipe, on_similar=on_similar)
    bodies = bags(tokenizer, [section.body for section in data.sections[::10]])
    frequency = np.bincount(bodies.ids, minlength=len(tokens) + 1)
    table = Table([vocabulary.UNKNOWN, *tokens], frequency, recipe.dimensions, recipe.seed)
    seen = knowledge.trained_on(entries, on_similar=on_similar)
    seconds = train(table, sources, recipe, say)
    with torch.no_grad():
        ship.write(out, tokenizer, table.whole().numpy(), {}, seen)
    encode = StaticEncoder(out).encode_documents
    figures = {
        "recipe": asdict(recipe), "train_seconds": round(seconds),
        "entries": len(entries), "trained_on_similar": on_similar, "situations": len(situations.shown(told)),
        "pairs": {source.name: len(source.queries) for source in sources},
        "heading_to_body": report.headings(data.sections, encode),
        "traditional_heading_to_simplified_body": report.across_scripts(data.sections, encode),
        "questions_of_unseen_entries": report.held_out(entries, encode),
        "wordings_of_unseen_situations": report.unseen_situations(told, encode),
    }  # fmt: skip
    with torch.no_grad():
        ship.write(out, tokenizer, table.whole().numpy(), figures, seen)
    return figures


def _count(data: text.Text, told: Sequence[situations.Situation], entries: Sequence[knowledge.Known]) -> Counter[str]:
    """Words of a fifth of the bodies, of half the headings, of the situations, and of the entries' questions."""
    shown = [section for section in data.sections if not section.held_out]
    counts = vocabulary.count(section.body for section in shown[::5])
    counts.update(vocabulary.count(section.query for section in shown[::2]))
    counts.update(vocabulary.count(question for pair in data.same[::4] for question in pair))
    counts.update(vocabulary.count((q for entry in entries if not entry.held_out
                                    for q in (entry.title, entry.question, *entry.similar)), weight=20))  # fmt: skip
    counts.update(vocabulary.count((said for one in situations.shown(told) for said in one.texts), weight=20))
    return counts


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m retrieval.training", description="Train the shipped sentence encoder."
    )
    parser.add_argument("--text", type=Path, required=True, help="folder with the openly licensed text")
    parser.add_argument("--kb", type=Path, default=None, help="folder with the entries as YAML")
    parser.add_argument("--out", type=Path, default=DEFAULT_MODEL, help="folder of the model")
    parser.add_argument("--steps", type=int, default=Recipe.steps, help="batches in all")
    parser.add_argument("--share", type=float, default=1.0, help="share of the sections to train on")
    parser.add_argument("--situations", type=float, default=1.0, help="share of the situations to train on")
    parser.add_argument("--without-similar", action="store_true", help="leave the similar questions of the entries out")
    return parser


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
