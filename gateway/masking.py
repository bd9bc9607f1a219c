"""What agents see of what people type: phones and licence numbers they need, passwords nobody needs."""

from __future__ import annotations

from zhtext.secrets import mask_secrets

HIDDEN = frozenset({"password", "token", "connection", "id_card", "bank_card"})


def for_agents(text: str) -> str:
    """`text` with passwords, keys and tokens, connection strings, identity and bank card numbers replaced by labels;
    phones, addresses, lock and licence numbers stay. Doing it again changes nothing."""
    return mask_secrets(text, HIDDEN).text
