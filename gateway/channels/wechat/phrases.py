"""The channel's own sentences, in the follower's script and region."""

from __future__ import annotations

from gateway.channels import phrases
from gateway.channels.wechat.wire.xml import InboundXml, TextXml, VoiceXml
from gateway.render import Voice
from gateway.wording import Wording
from zhtext.script import detect


class Phrases(phrases.Phrases):
    """`wording/wechat.yml` for one follower; what all channels say alike is in `wording/channels.yml`."""

    def __init__(self, wording: Wording, script: str = "hans", region: str | None = None) -> None:
        super().__init__(wording, Voice(script, region), "wechat")

    @classmethod
    def to(cls, wording: Wording, inbound: InboundXml) -> Phrases:
        """For whoever has just sent this, while nothing else can be known of them."""
        match inbound:
            case TextXml():
                script = detect(inbound.content)
            case VoiceXml():
                script = detect(inbound.recognition)
            case _:
                return cls(wording)
        return cls(wording, "hant" if script.name == "hant" else "hans", script.region)
