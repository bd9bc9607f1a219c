"""Which of the options last offered a message picks: a button, "1", "第二个" or the label itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from contract.decisions import AT
from desk.conversations import Choice
from retrieval.knowledge.versions import covers
from zhtext.normalize import normalize
from zhtext.slots import slot_values

_ORDINALS = {char: number for number, char in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_NUMBER = re.compile(
    r"^(?:我?选|我?要|回复|就|点)?\s*第?\s*([1-9]|[一二两三四五六七八九])\s*(?:个|项|号|条|种|行)?\s*[.。、,!吧呀啊啦嘅的了)]*$"
)
_NONE = re.compile(
    r"^(?:以上|上面)?(?:都|全)?(?:不是|皆非|不对|没有)(?:我要的|我问的|这些)?[.。!吧啊呀的]*$|^没有我要的[.。!]*$"
)
_LAST = re.compile(r"^(?:我?选|我?要|就)?(?:最后|最下面|末尾)(?:那|的)?(?:一)?(?:个|项|条)?[.。!吧)]*$")
_YES = re.compile(
    r"^(?:好|好的|好吧|好啊|行|行吧|可以|要|要的|是|是的|嗯|嗯嗯|对|ok|okay|yes|麻烦了?|那就?转吧|转吧|转)[吧啊呀的了。.!~ ]*$",
    re.IGNORECASE,
)
_RIGHT = re.compile(
    r"^(?:就?是|就?是(?:这个|的)|对|对的|没错|嗯|嗯嗯|系|好|好的|行|可以|ok|okay|yes)[吧啊呀的了呢。.!~ ]*$",
    re.IGNORECASE,
)
_AROUND = re.compile(r"^(?:我?(?:选|要|问的?)?(?:就?是)?)|(?:的?(?:那|这)(?:一)?个|那(?:条|项)|的|吧|[。.!！])+$")
_VERSION = re.compile(
    r"^(?:我们?|俺们?)?(?:用的?|装的?)?(?:是|系)?\s*v?(\d+(?:\.\d+)*)\s*(?:版本?|版的|的)?[.。!吧啊呀]*$", re.IGNORECASE
)
_SAID = "say:"  # options that stand for words, not for entries
_TELLING = 2  # characters


def pick(text: str, offered: Sequence[Choice], clicked: Choice | None = None) -> Choice | None:
    """The option picked, or None when the message is something else. A click counts only if it was offered."""
    if clicked is not None:
        return next((choice for choice in offered if choice.id == clicked.id), None)
    plain = normalize(text)
    by_label = next((choice for choice in offered if normalize(choice.label) == plain), None)
    return (
        by_label
        or _by_number(plain, offered)
        or _by_version(plain, offered)
        or _by_yes(plain, offered)
        or _by_words(plain, offered)
        or _none(plain, offered)
    )


def _by_number(text: str, offered: Sequence[Choice]) -> Choice | None:
    if _LAST.match(text):
        entries = [choice for choice in offered if not choice.id.startswith(_SAID)]
        return (entries or list(offered))[-1] if offered else None
    match = _NUMBER.match(text)
    if match is None:
        return None
    number = int(match.group(1)) if match.group(1).isdigit() else _ORDINALS[match.group(1)]
    return offered[number - 1] if 1 <= number <= len(offered) else None


def _by_version(text: str, offered: Sequence[Choice]) -> Choice | None:
    """我们是 6.1 的: the answer whose versions hold the one named."""
    ranges = [(choice, choice.id.partition(AT)[2]) for choice in offered if AT in choice.id]
    if not ranges:
        return None
    bare = _VERSION.match(text)
    said = bare[1] if bare else slot_values(text).get("version", "")
    return next((choice for choice, versions in ranges if covers(versions, said)), None)


def _by_yes(text: str, offered: Sequence[Choice]) -> Choice | None:
    """好的 takes the only thing on offer, 是的 the one entry above the way out."""
    if len(offered) == 1:
        return offered[0] if _YES.match(text) else None
    alone = len(offered) == 2 and not offered[0].id.startswith(_SAID) and offered[1].id.startswith(_SAID)
    return offered[0] if alone and _RIGHT.match(text) else None


def _by_words(text: str, offered: Sequence[Choice]) -> Choice | None:
    """导出的那个: words that stand in one label only."""
    said = _AROUND.sub("", text)
    if len(said) < _TELLING:
        return None
    found = [choice for choice in offered if said in normalize(choice.label)]
    return found[0] if len(found) == 1 else None


def _none(text: str, offered: Sequence[Choice]) -> Choice | None:
    """以上都不是: the way out that stands below entries, where one does."""
    entries = [choice for choice in offered if not choice.id.startswith(_SAID)]
    return offered[-1] if entries and offered[-1] not in entries and _NONE.match(text) else None
