"""Conversations: one for each person and channel, handed between bot and humans.

bot ──> waiting ──> human        waiting and human go back to bot
 └────────┴───────────┴──> closed ──> bot (a new message reopens it)

The same for every channel. Back with the bot a new episode begins without misses, dislikes, form and choices: what
led to the last hand-off never leads to the next one. What a human has dealt with is not asked about any more either.
"""

from desk.conversations.handing import close, release, take, transfer
from desk.conversations.keeping import channels, count, find, get, listing, open_for, update
from desk.conversations.model import Change, Choice, Conversation, State, conversation
from desk.conversations.rows import MOVES, apply, row_of

__all__ = [
    "MOVES",
    "Change",
    "Choice",
    "Conversation",
    "State",
    "apply",
    "channels",
    "close",
    "conversation",
    "count",
    "find",
    "get",
    "listing",
    "open_for",
    "release",
    "row_of",
    "take",
    "transfer",
    "update",
]
