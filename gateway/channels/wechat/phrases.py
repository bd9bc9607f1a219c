"""The channel's own sentences, in the follower's script and region."""

from __future__ import annotations

from gateway.channels import phrases
from gateway.render import Voice
from gateway.wording import Wording


class Phrases(phrases.Phrases):
    """`wording/wechat.yml` for one follower; what all channels say alike is in `wording/channels.yml`."""

    def __init__(self, wording: Wording, script: str = "hans", region: str | None = None) -> None:
        super().__init__(wording, Voice(script, region), "wechat")
