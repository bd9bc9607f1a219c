"""A channel's own sentences, in the reader's script and region."""

from __future__ import annotations

from gateway.render import Voice
from gateway.wording import UnknownWording, Wording

COMMON = "channels"  # the section that every channel shares
_FIRST_STAND_IN = 0xE000  # private use: no script conversion touches it


class Phrases:
    """`wording/<section>.yml` for one reader, and what all channels say alike from `wording/channels.yml`."""

    def __init__(self, wording: Wording, voice: Voice, section: str = COMMON) -> None:
        self._wording = wording
        self._voice = voice
        self._section = section

    def text(self, key: str, **values: str) -> str:
        """The section's sentence, or the common one; values are in the reader's script already and stay as they are.

        Raises UnknownWording.
        """
        stand_ins = {name: chr(_FIRST_STAND_IN + number) for number, name in enumerate(values)}
        sentence = self._voice.say(self._find(key, stand_ins))
        for name, stand_in in stand_ins.items():
            sentence = sentence.replace(stand_in, values[name])
        return sentence

    def words(self, key: str) -> frozenset[str]:
        """A list of words, as written, in no particular script."""
        return frozenset(self._find(key, {}).split())

    def refusal(self, key: str, **values: object) -> str:
        """A sentence of `wording/errors.yml`."""
        return self._voice.say(self._wording.text(f"errors.{key}", **values))

    def _find(self, key: str, values: dict[str, str]) -> str:
        try:
            return self._wording.text(f"{self._section}.{key}", **values)
        except UnknownWording:
            if self._section == COMMON:
                raise
        return self._wording.text(f"{COMMON}.{key}", **values)
