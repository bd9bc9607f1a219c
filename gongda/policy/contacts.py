"""[contacts]: the only ones that an answer may name."""

from __future__ import annotations

from typing import Any

from gongda.policy.reader import Reader
from zhtext.contacts import AllowList, is_contact

NAME, KEYS = "contacts", ("allow",)


def read(reader: Reader, data: dict[str, Any]) -> AllowList:
    """The vendor's own contacts."""
    values = data.get("allow", [])
    if not isinstance(values, list):
        reader.wrong(NAME, "allow", 'allow 应是列表，例如 ["400-800-1234", "jiangheng.example"]')
        return AllowList()
    for value in values:
        if not isinstance(value, str):
            reader.wrong(NAME, "allow", f'allow 里的 {value!r} 要加引号，写成 "{value}"', value)
        elif not is_contact(value):
            expected = "应是电话、域名或网址、邮箱（或 @域名）、QQ、微信号或地址，且不能只写 com.cn 这样的后缀"
            reader.wrong(NAME, "allow", f"allow 里的 {value!r} 看不出是哪种联系方式：{expected}", value)
    return AllowList(frozenset(value for value in values if isinstance(value, str)))
