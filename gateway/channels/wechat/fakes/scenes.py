"""QR codes with a parameter (生成带参数的二维码).

https://developers.weixin.qq.com/doc/offiaccount/Account_Management/Generating_a_Parametric_QR_Code.html: temporary ones
up to 30 days (60 s when nothing is said), numbers of 32 bits but not 0; permanent ones with numbers from 1 to 100,000;
texts of 1 to 64 characters. Who does not follow yet arrives by `subscribe` with `qrscene_` before the scene, others by
`SCAN`.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import segno

from desk.clock import Clock
from gateway.channels.wechat.fakes.codes import BAD_ACTION, BAD_SCENE, Refused

LONGEST_LIFE = 2_592_000  # seconds, 30 days
_DEFAULT_LIFE = 60  # seconds
_PERMANENT = 100_000
_LONGEST_TEXT = 64


@dataclass(frozen=True)
class Scene:
    """One code. `until` is None for a permanent one."""

    ticket: str
    value: str
    until: datetime | None


@dataclass
class FakeScenes:
    """By ticket."""

    clock: Clock
    _made: dict[str, Scene] = field(default_factory=dict)

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What `qrcode/create` answers. Raises Refused."""
        action = str(body.get("action_name", ""))
        if action not in ("QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"):
            raise Refused(BAD_ACTION)
        permanent = "LIMIT" in action
        value = _value(body, text=action.endswith("STR_SCENE"), highest=_PERMANENT if permanent else 2**32 - 1)
        life = body.get("expire_seconds", _DEFAULT_LIFE)
        if not permanent and not (isinstance(life, int) and 1 <= life <= LONGEST_LIFE):
            raise Refused(BAD_SCENE)
        ticket = f"gQFake{len(self._made) + 1:06d}"
        until = None if permanent else self.clock() + timedelta(seconds=life)
        self._made[ticket] = Scene(ticket, value, until)
        made = {"ticket": ticket, "url": f"http://weixin.qq.com/q/{ticket}"}
        return made if permanent else {**made, "expire_seconds": life}

    def scanned(self, ticket: str) -> str | None:
        """The scene of a code that somebody scans; None when it is no more."""
        scene = self._made.get(ticket)
        if scene is None or (scene.until is not None and self.clock() >= scene.until):
            return None
        return scene.value

    def all(self) -> tuple[Scene, ...]:
        """In the order in which they were made."""
        return tuple(self._made.values())

    def picture(self, ticket: str) -> bytes | None:
        """What `showqrcode` shows, as PNG."""
        if ticket not in self._made:
            return None
        drawn = io.BytesIO()
        segno.make(f"http://weixin.qq.com/q/{ticket}", error="m").save(drawn, kind="png", scale=8, border=4)
        return drawn.getvalue()


def _value(body: Mapping[str, Any], *, text: bool, highest: int) -> str:
    info = body.get("action_info")
    scene = info.get("scene") if isinstance(info, Mapping) else None
    given = scene.get("scene_str" if text else "scene_id") if isinstance(scene, Mapping) else None
    if text and isinstance(given, str) and 1 <= len(given) <= _LONGEST_TEXT:
        return given
    if not text and isinstance(given, int) and 1 <= given <= highest:
        return str(given)
    raise Refused(BAD_SCENE)
