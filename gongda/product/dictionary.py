"""A product -> the tables of `zhtext/dictionary/` that stand for it, as texts by file name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from opencc import OpenCC

from gongda.product.model import Product
from zhtext import tables
from zhtext.script import detect
from zhtext.slots.lexicon import GAP

Row = tuple[str, str]

_NOUN = "2000 n"  # how jieba's dictionary marks a word that is never to be cut
_RANKS = "~!"  # what modules.tsv writes before and after a module's name


def texts(product: Product) -> Mapping[str, str]:
    """Every table is there, also one with nothing in it: what went from the sheet has to go from the table."""
    reader = _Reader(product)
    rows: Mapping[str, Iterable[Row]] = {
        "names.tsv": [(product.name, " ".join(reader.words(product.names)))],
        "modules.tsv": _modules(product, reader),
        "versions.tsv": _versions(product, reader),
        "any.tsv": reader.rows,
        "tw.tsv": _from_regions(product, reader),
        "to_tw.tsv": [(reader.read(term.term), term.taiwan[0]) for term in product.terms if term.taiwan],
        "to_hk.tsv": [(reader.read(term.term), term.hong_kong[0]) for term in product.terms if term.hong_kong],
    }
    lines = {name: ["\t".join(row) for row in found] for name, found in rows.items()}
    lines["terms.txt"] = [f"{word} {_NOUN}" for word in _dictionary(product, reader)]
    return {name: "".join(f"{line}\n" for line in found) for name, found in lines.items()}


class _Reader:
    """Words as a text has them once the program has read it: Simplified, with the product's terms for their synonyms.

    Only the shipped tables count beside the product: what an earlier sheet said is about to be forgotten.
    """

    def __init__(self, product: Product) -> None:
        self._replacing = dict(_shipped("any.tsv"))
        self.rows = [*self._synonyms(product)]
        self._replacing |= dict(self.rows)
        longest = sorted(self._replacing, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest)))

    def read(self, word: str) -> str:
        return self._pattern.sub(lambda match: self._replacing[match.group()], _simplified(word))

    def words(self, found: Iterable[str]) -> list[str]:
        """Those that a table can hold, each once; a blank would part one in two."""
        read = (GAP.join(map(self.read, word.split(GAP))) for word in found)
        return list(dict.fromkeys(word for word in read if word and not re.search(r"\s", word)))

    def _synonyms(self, product: Product) -> Iterator[Row]:
        """A term in which a synonym stands (巡查任务单, 任务单) is a row too: read as it is, not once more."""
        terms = {_simplified(term.term): [*map(_simplified, term.synonyms)] for term in product.terms}
        synonyms = {synonym: term for term, said in terms.items() for synonym in said if synonym not in terms}
        for term in terms:
            if any(synonym in term for synonym in synonyms):
                yield term, term
        for synonym, term in synonyms.items():
            for written in dict.fromkeys((synonym, synonym.upper(), synonym.lower())):
                yield written, term


def _modules(product: Product, reader: _Reader) -> Iterator[Row]:
    """Our own words for the modules that have the same name as one of ours, then the vendor's, which win."""
    names = {module.name for module in product.modules}
    shared = [(name, words) for name, words in _shipped("modules.tsv") if name.strip(_RANKS) in names]
    yield from shared
    for module in product.modules:
        # What we know of a module already may be a word that only hints at it, and stays so.
        known = {word for name, words in shared if name.strip(_RANKS) == module.name for word in words.split()}
        said = [word for word in reader.words((module.name, *module.words)) if word not in known]
        if said:
            yield module.name, " ".join(said)


def _versions(product: Product, reader: _Reader) -> Iterator[Row]:
    """Numbers with dots are recognised without a table, by what stands around them."""
    for release in product.releases:
        said = release.words if "." in release.version else (release.version, *release.words)
        if said:
            yield release.version, " ".join(reader.words(said))


def _from_regions(product: Product, reader: _Reader) -> Iterator[Row]:
    """As a text stands after OpenCC's tw2sp, when this table is applied to it."""
    for term in product.terms:
        for word in dict.fromkeys((*term.taiwan, *term.hong_kong)):
            said = _converter("tw2sp").convert(word) if detect(word).name == "hant" else _simplified(word)
            if said != reader.read(term.term):
                yield said, reader.read(term.term)


def _dictionary(product: Product, reader: _Reader) -> list[str]:
    modules = (word for module in product.modules for word in (module.name, *module.words) if GAP not in word)
    return reader.words((*product.names, *modules, *(term.term for term in product.terms)))


def _simplified(word: str) -> str:
    composed = unicodedata.normalize("NFKC", word).strip()
    return str(_converter("tw2sp" if detect(composed).name == "hant" else "t2s").convert(composed))


def _shipped(name: str) -> list[Row]:
    return [(first, second) for first, second in (line.split("\t") for line in tables.shipped(name))]


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)
