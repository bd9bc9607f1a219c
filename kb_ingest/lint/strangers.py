"""Contacts in entries that are not the vendor's."""

from __future__ import annotations

from collections.abc import Iterator

from kb_ingest.lint.corpus import Corpus
from kb_ingest.lint.finding import ERROR, Finding, name, quoted
from retrieval.knowledge.entry import Entry
from zhtext.contacts import AllowList, strangers

CHECK = "stranger_contact"


def check(corpus: Corpus, allow: AllowList) -> Iterator[Finding]:
    """Telephone numbers, links, accounts and addresses that support.toml does not allow, wherever they stand."""
    for entry in corpus.entries:
        found = tuple(dict.fromkeys(contact.text for text in _texts(entry) for contact in strangers(text, allow)))
        if found:
            yield Finding(
                CHECK, ERROR, (entry.id,),
                f"{name(entry)} 里有不在白名单上的联系方式：{quoted(found)}。"
                "删掉；确是自己的，写进 support.toml 的 [contacts] allow",
            )  # fmt: skip


def _texts(entry: Entry) -> tuple[str, ...]:
    return (entry.title, entry.source, *entry.questions, *entry.shown, *(variant.label for variant in entry.variants))
