"""How the targets call people by name."""

from __future__ import annotations

import re

# 企业微信 and 钉钉 user ids, 飞书 open ids; never an `all`.
_ID = re.compile(r"[A-Za-z0-9._@-]{1,64}")
_EVERYBODY = frozenset(("all", "@all", "isatall"))


def mention_for(mention: str | None, target: str) -> str | None:
    """The id by which `target` knows a person.

    `mention` is one id, `zhangsan`, or one for each target, `wecom:zhangsan feishu:ou_7d8a`. Everybody at once is
    nobody's name.
    """
    found: str | None = None
    for word in (mention or "").replace(",", " ").replace("，", " ").split():
        name, colon, value = word.partition(":")
        value = value if colon else word
        if not _ID.fullmatch(value) or value.lower() in _EVERYBODY:
            continue
        if colon and name == target:
            return value
        if not colon and found is None:
            found = value
    return found


def called(mention: str | None, phone: str | None, email: str | None, target: str) -> bool:
    """Whether `target` can call a person with these data. A 飞书 robot knows nobody's telephone number."""
    if target == "email":
        return bool(email)
    return bool(mention_for(mention, target) or (phone and target in ("wecom", "dingtalk")))
