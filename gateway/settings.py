"""What the gateway needs to know; filled by the composition root."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.channels.wechat.settings import WeChatSettings


@dataclass(frozen=True)
class GatewaySettings:
    """Times in seconds, sizes in bytes unless a name says otherwise."""

    engine_url: str
    actions_url: str
    actions_token: str = field(repr=False)
    secret: str = field(repr=False)  # signs web sessions
    engine_deadline: float = 3.0  # WeChat drops the connection at 5 s: 3 for the engine, 1 for the direct answer
    answer_deadline: float = 1.0
    max_body: int = 64 * 1024
    max_text: int = 2_000  # characters, the limit of zhtext.normalize
    secure_cookies: bool = False  # True behind HTTPS
    allowed_origins: tuple[str, ...] = ()  # of pages that carry the widget; the gateway's own is always allowed
    messages_per_minute: int = 30  # of one web session
    sessions_per_minute: int = 20  # new ones, from one address
    wechat: WeChatSettings | None = None
    four_eyes: bool = True  # the author of an entry may not approve it
    review_days: int = 90  # until an entry is looked at again
    index: Path | None = None  # folder of the index builds, for telling what a publication would change
    uploads: Path | None = None  # folder for documents that the worker imports; None: no uploads
    files: Path | None = None  # folder for what customers send; None: no files are taken
    identity_secret: str = field(default="", repr=False)  # the host page's server signs its users' ids; "": nobody does
    public_url: str = ""  # where customers reach the gateway, without a slash at its end; needed for links in WeChat
