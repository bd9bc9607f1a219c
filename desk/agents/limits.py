"""What may be said of an agent. Every refusal is a BadValue with the limit in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypedDict, get_args

from desk.agents.model import Role, Tier
from desk.errors import BadValue

LARGEST_LOAD = 99
MOST_SKILLS = 20
LONGEST_SKILL = 20  # characters
LONGEST_NAME = 40
LONGEST_MENTION = 64
LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3 without the angle brackets
LOCALES = ("zh-CN", "zh-TW")

_EMAIL = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]+\.[^\s@<>,;]{2,}")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,23}")
_KF_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,32}@[A-Za-z0-9_-]{1,32}")
_NOT_IN_SKILLS = re.compile(r"[,，、;；\n\r\t]")


class Profile(TypedDict, total=False):
    """What can be changed about an agent's work; an absent key leaves the old value, None empties it."""

    tier: str
    fast_response: bool
    max_load: int
    email: str | None
    phone: str | None
    mention: str | None
    wechat_kf: str | None
    locale: str


def checked_profile(changes: Profile) -> Profile:
    """The changes without surrounding white space; an empty contact is None. Raises BadValue."""
    fit = changes.copy()
    for name in ("email", "phone", "mention", "wechat_kf"):
        if name in changes:
            fit[name] = (changes[name] or "").strip() or None
    if "tier" in fit and fit["tier"] not in get_args(Tier):
        raise BadValue(f"a tier is L1, L2 or L3, not {fit['tier']!r}", "tier")
    if "locale" in fit and fit["locale"] not in LOCALES:
        raise BadValue(f"a locale is {' or '.join(LOCALES)}, not {fit['locale']!r}", "locale")
    if "max_load" in fit and not 1 <= fit["max_load"] <= LARGEST_LOAD:
        told = f"an agent has 1 to {LARGEST_LOAD} tickets at once at most, not {fit['max_load']}"
        raise BadValue(told, "max_load", limit=LARGEST_LOAD)
    _check_contacts(fit.get("email"), fit.get("phone"), fit.get("mention"))
    account = fit.get("wechat_kf")
    if account and not _KF_ACCOUNT.fullmatch(account):
        raise BadValue(
            f"an account in WeChat's own desk is written kf2001@gh_account, not {account[:60]!r}", "wechat_kf"
        )
    return fit


def _check_contacts(email: str | None, phone: str | None, mention: str | None) -> None:
    if email and not (len(email) <= LONGEST_EMAIL and _EMAIL.fullmatch(email)):
        raise BadValue(f"{email[:60]!r} is no e-mail address of at most {LONGEST_EMAIL} characters", "email")
    if phone and not _PHONE.fullmatch(phone):
        raise BadValue(f"a phone number has 5 to 24 digits, blanks or hyphens, {phone[:40]!r} has not", "phone")
    if mention and (len(mention) > LONGEST_MENTION or any(char.isspace() for char in mention)):
        told = f"a mention has at most {LONGEST_MENTION} characters and no blanks, this one has {len(mention)}"
        raise BadValue(told, "mention", limit=LONGEST_MENTION)


def checked_name(name: str) -> str:
    """Raises BadValue for an empty or long one."""
    plain = name.strip()
    if not 1 <= len(plain) <= LONGEST_NAME:
        told = f"a name has 1 to {LONGEST_NAME} characters, this one has {len(plain)}"
        raise BadValue(told, "name", limit=LONGEST_NAME)
    return plain


def checked_role(role: str) -> str:
    """Raises BadValue."""
    if role not in get_args(Role):
        raise BadValue(f"a role is {', '.join(get_args(Role))}, not {role!r}", "role")
    return role


def checked_skills(skills: Iterable[str]) -> tuple[str, ...]:
    """Each once, in the given order. Raises BadValue for too many, a long one, or one with a comma in it."""
    fit = tuple(dict.fromkeys(skill.strip() for skill in skills if skill.strip()))
    if len(fit) > MOST_SKILLS:
        raise BadValue(f"an agent has at most {MOST_SKILLS} skills, not {len(fit)}", "skills", limit=MOST_SKILLS)
    for skill in fit:
        if len(skill) > LONGEST_SKILL:
            told = f"a skill has at most {LONGEST_SKILL} characters, {skill[:30]!r} has {len(skill)}"
            raise BadValue(told, "skill", limit=LONGEST_SKILL)
        if _NOT_IN_SKILLS.search(skill):
            raise BadValue(f"a skill has no comma in it: {skill!r}", "skill", limit=LONGEST_SKILL)
    return fit
