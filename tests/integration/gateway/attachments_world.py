"""Visitors who send files, and the files they send."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
from PIL import Image

from desk import attachments
from desk.attachments import Attachment
from desk.clock import FixedClock
from desk.database import Database
from tests.integration.gateway.test_gateway_web import Widget
from tests.integration.gateway.turn_world import NOW, SETTINGS, World

SECRET = "the vendor's secret"


def picture(colour: str = "red", size: tuple[int, int] = (64, 32), kind: str = "PNG") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, kind)
    return written.getvalue()


def file_world(db: Database, folder: Path, **more: Any) -> World:
    settings = replace(SETTINGS, files=folder / "files", identity_secret=SECRET, **more)
    return World(db, FixedClock(NOW), settings=settings)


def send(
    widget: Widget, data: bytes, client_id: str = "picture-0001", name: str = "截图.png", **more: str
) -> httpx2.Response:
    """A file from the widget; what the bot has to say about it is there when this returns."""
    response = widget.http.post(
        "/web/attachments",
        data={"client_id": client_id, **more},
        files={"file": (name, data, "image/png")},
        headers={"x-gongda-session": widget.token},
    )
    widget.idle()
    return response


def kept(world: World) -> tuple[Attachment, ...]:
    with world.db.read() as session:
        return attachments.of_conversation(session, 1)


def on_disk(world: World) -> list[Path]:
    folder = world.settings.files
    return [path for path in folder.rglob("*") if path.is_file()] if folder else []
