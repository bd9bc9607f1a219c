"""The channel's own sentences, in the follower's script and region."""

from __future__ import annotations

from gateway.render import Voice
from gateway.wording import Wording

_FIRST_STAND_IN = 0xE000  # private use: no script conversion touches it


class Phrases:
    """`wording/wechat.yml` for one follower."""

    def __init__(self, wording: Wording, script: str = "hans", region: str | None = None) -> None:
        self._wording = wording
        self._voice = Voice(script, region)

    def text(self, key: str, **values: str) -> str:
        """The sentence `wechat.<key>`; values are in the follower's script already and stay as they are."""
        stand_ins = {name: chr(_FIRST_STAND_IN + number) for number, name in enumerate(values)}
        sentence = self._voice.say(self._wording.text(f"wechat.{key}", **stand_ins))
        for name, stand_in in stand_ins.items():
            sentence = sentence.replace(stand_in, values[name])
        return sentence

    def words(self, key: str) -> frozenset[str]:
        """A list of words, as written, in no particular script."""
        return frozenset(self._wording.text(f"wechat.{key}").split())

    def refusal(self, key: str, **values: object) -> str:
        """A sentence of `wording/errors.yml`."""
        return self._voice.say(self._wording.text(f"errors.{key}", **values))
