"""What the dialogue engine learns of the product: without it, words it has never seen are foreign to it, or stand for
the nearest thing it knows.

The vendor's questions, and a few ways to speak of each module (`examples.yml`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from pathlib import Path
from string import Template

import yaml

from gongda.product.model import Product
from retrieval.knowledge.entry import Entry
from zhtext.slots.lexicon import GAP

INTENT = "product_question"  # in bot/domain/intents.yml: like every topic, it goes to the retriever
_MARKUP = str.maketrans({"[": "【", "]": "】", "\n": " "})  # brackets would mark entities


def text(product: Product, entries: Iterable[Entry]) -> str:
    """A file in Rasa's format."""
    asked = (question for entry in entries for question in entry.questions)
    sentences = dict.fromkeys(sentence.translate(_MARKUP).strip() for sentence in (*asked, *_spoken(product)))
    lines = "".join(f"      - {sentence}\n" for sentence in sentences)
    return f'version: "3.1"\n\nnlu:\n  - intent: {INTENT}\n    examples: |\n{lines}'


def _spoken(product: Product) -> Iterator[str]:
    """A few sentences for each word, in turn, so that every sentence is heard about as often."""
    data = yaml.safe_load(Path(__file__).with_name("examples.yml").read_text(encoding="utf-8"))
    versions = cycle([release.version for release in product.releases])
    usable = [each for each in data["sentences"] if product.releases or "$version" not in each]
    sentences = cycle(usable)
    for module in product.modules:
        for word in (module.name, *module.words):
            if GAP not in word:
                yield from (_said(each, word, versions) for each in islice(sentences, data["each"]))


def _said(sentence: str, word: str, versions: Iterator[str]) -> str:
    values = {"version": next(versions)} if "$version" in sentence else {}
    return Template(sentence).substitute(word=word, **values)
