"""What a message already says, so that nobody is asked for it again.

`slot_values` gives everything that a text of any script says. `find_slots` gives places in a normalised text:
of ticket number, phone, system and version, which single words name, unless told otherwise. `verbatim` gives a
value back in the writer's own characters.
"""

from zhtext.slots.finding import CIRCUMSTANCES, ENTITIES, SLOTS, find_slots, slot_values
from zhtext.slots.found import Found
from zhtext.slots.original import verbatim

__all__ = ["CIRCUMSTANCES", "ENTITIES", "SLOTS", "Found", "find_slots", "slot_values", "verbatim"]
