"""A licence number in what somebody writes: whose it is, for the agent to confirm."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.accounts.licences import LONGEST, number_key
from desk.accounts.model import Account
from desk.accounts.reading import get, of_ticket
from desk.tables import ContactRow, LicenceRow, MessageRow
from desk.tickets import Ticket

SHORTEST = 6  # characters; anything shorter could be a version, a year or an error code
_TOGETHER = 6  # pieces between blanks that may be one number
_MESSAGES = 50  # of the person, the last ones
_MOST = 500  # candidates of one look
_PIECE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./+#:\-]*")
_APART = re.compile(r"[^A-Za-z0-9./+#:\-\s]+")


def recognise(session: Session, contact_id: int, texts: Iterable[str]) -> Account | None:
    """The company whose licence or dongle number stands in `texts` (messages, values of slots).

    A suggestion only: a number can be read off a screen, it proves nothing. None when nobody's number is there, numbers
    of several companies are, or the person belongs to that company already. Writes nothing.
    """
    numbers = list(dict.fromkeys(number for text in texts for number in candidates(text)))[:_MOST]
    if not numbers:
        return None
    query = select(LicenceRow.account_id).where(LicenceRow.number.in_(numbers)).distinct()
    owners = list(session.scalars(query))
    person = session.get(ContactRow, contact_id)
    if len(owners) != 1 or (person is not None and person.account_id == owners[0]):
        return None
    return get(session, owners[0])


def suggested(session: Session, one: Ticket) -> Account | None:
    """What `recognise` makes of a ticket: its summary, its slots and what its person wrote last.

    None for a ticket that has a company already.
    """
    if of_ticket(session, one) is not None:
        return None
    texts = [one.summary, *one.slots.values()]
    if one.conversation_id is not None:
        said = select(MessageRow.text).where(
            MessageRow.conversation_id == one.conversation_id, MessageRow.author == "user"
        )
        texts += session.scalars(said.order_by(MessageRow.seq.desc()).limit(_MESSAGES))
    return recognise(session, one.contact_id, texts)


def candidates(text: str) -> Iterator[str]:
    """What could be a number, as numbers are kept: pieces of a sentence, alone and with those beside them."""
    for part in _APART.split(unicodedata.normalize("NFKC", text)):
        pieces = _PIECE.findall(part)
        for first in range(len(pieces)):
            joined = ""
            for piece in pieces[first : first + _TOGETHER]:
                joined += number_key(piece).rstrip(".:/")
                if SHORTEST <= len(joined) <= LONGEST:
                    yield joined
