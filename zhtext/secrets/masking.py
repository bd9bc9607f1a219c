"""Secrets replaced by their names: 打 13812345678 找我 -> 打［电话］找我."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Collection, List, Optional, Tuple

from zhtext.contacts import find_contacts
from zhtext.contacts.folding import fold
from zhtext.secrets.credentials import credentials
from zhtext.secrets.found import Found
from zhtext.secrets.numbers import numbers
from zhtext.spans import Taken

# Full-width brackets: nobody types them, so what is masked is not searched again.
LABELS = {
    "phone": "［电话］",
    "id_card": "［身份证号］",
    "bank_card": "［银行卡号］",
    "password": "［密码］",
    "token": "［密钥］",
    "connection": "［连接凭据］",
    "email": "［邮箱］",
    "qq": "［QQ号］",
    "wechat": "［微信号］",
    "address": "［地址］",
    "lock": "［锁号］",
    "licence": "［许可号］",
}
_AS = {"hotline": "phone"}
_PASSES = 4  # what stands left of a mask may be told apart only when it is there


@dataclass(frozen=True)
class Masked:
    """The text without its secrets, and their kinds (keys of LABELS) in order of appearance, each once."""

    text: str
    kinds: Tuple[str, ...] = ()


def mask_secrets(text: str, only: Optional[Collection[str]] = None) -> Masked:
    """`text` with every secret replaced by its label; masking again changes nothing. Links stay, they are public.

    `only` names the kinds that are replaced; the others stay as they were written.
    """
    kinds: List[str] = []
    for _ in range(_PASSES):
        found = _secrets(text, only)
        if not found:
            break
        kinds += [secret.kind for secret in found]
        text = _replaced(text, found)
    return Masked(text, tuple(dict.fromkeys(kinds)))


def _secrets(text: str, only: Optional[Collection[str]]) -> List[Found]:
    """In order of place; what is found first keeps its place."""
    folded = fold(text)
    found: List[Found] = []
    taken = Taken(len(text))
    counted = list(numbers(folded.text))
    # 授权码 announces a licence or a password: a licence that may be read is not taken for a password.
    stay = [secret for secret in counted if only is not None and secret.kind not in only]
    for secret in (*stay, *credentials(folded.text), *counted):
        place = folded.span(secret.start, secret.end)
        if taken.take(*place):
            found.append(Found(secret.kind, *place))
    for contact in find_contacts(text):
        kind = _AS.get(contact.kind, contact.kind)
        if kind in LABELS and taken.take(contact.start, contact.end):
            found.append(Found(kind, contact.start, contact.end))
    wanted = [secret for secret in found if only is None or secret.kind in only]
    return sorted(wanted, key=lambda secret: secret.start)


def _replaced(text: str, found: List[Found]) -> str:
    parts: List[str] = []
    last = 0
    for secret in found:
        parts += [text[last : secret.start], LABELS[secret.kind]]
        last = secret.end
    return "".join([*parts, text[last:]])
