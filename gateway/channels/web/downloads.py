"""Files of a conversation, for the visitor whose conversation it is."""

from __future__ import annotations

import re

from starlette.responses import Response

from desk import attachments, conversations
from desk.errors import NotFound
from gateway.attachments.links import FileLinks
from gateway.attachments.serving import served
from gateway.errors import Missing
from gateway.services import Services

CHANNEL = "web"
_KEY = re.compile(r"[0-9a-f]{32}")  # of all keys; NUL, to name one other, would be an error to PostgreSQL


def download(services: Services, key: str, signature: str, who: str | None) -> Response:
    """The file behind a signed address. A browser's picture brings no session with it; a session that comes along
    must be the conversation's. Raises Missing for everything that is not one's own, Forbidden for an old address.
    """
    if not _KEY.fullmatch(key):
        raise Missing
    with services.db.read() as session:
        try:
            one = attachments.get(session, key)
        except NotFound:
            raise Missing from None
        if one.conversation_id is None:
            raise Missing
        FileLinks(services.settings.secret, services.clock).check(key, one.conversation_id, signature)
        conversation = conversations.get(session, one.conversation_id)
    if conversation.channel != CHANNEL or (who is not None and who != conversation.external_id):
        raise Missing
    return served(services.files, one, elsewhere=True)
