"""How much of a test is already in the training data: wording seen before says little about wording to come."""

from __future__ import annotations

from collections.abc import Sequence

from zhtext.patterns import Alike, plain


def seen_before(tests: Sequence[str], training: Sequence[str]) -> list[bool]:
    """For each test: is it, but for script, case and punctuation, in the training data or nearly so?"""
    known = Alike([plain(text) for text in training])
    return [bool(known.to(plain(text))) for text in tests]
