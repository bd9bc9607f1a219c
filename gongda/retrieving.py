"""The retriever as the settings want it."""

from __future__ import annotations

from gongda.settings import Settings
from retrieval.asking.live import Live
from retrieval.indexing.encoder import Encoder, open_encoder


def encoder(settings: Settings) -> Encoder:
    """The encoder that is set, or the shipped one. Raises EncoderMissing."""
    return open_encoder(settings.encoder) if settings.encoder else open_encoder()


def live(settings: Settings) -> Live:
    """The current index build with the encoder it is asked with."""
    return Live(settings.index, encoder(settings))
