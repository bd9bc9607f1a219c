"""Postal addresses: a place, a street and a number; what a form asks for (项目地址, 收货地址) is no way to reach somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhtext.contacts.contact import Found

_NUMBER = re.compile(
    r"(?:路|街|大道|道|巷|弄|胡同)\s?(?:[一二三四五六七八九东西南北中]{1,2}段\s?)?[0-9]{1,5}(?:[-—][0-9]{1,4})?\s?[号號](?![线線楼樓机機塔门門井桩樁文梁柱轴軸])"
)
_BEFORE = re.compile(r"[\u4e00-\u9fff0-9]{2,40}$")
_PLACE = re.compile(r"[省市区區县縣镇鎮乡鄉](?=[\u4e00-\u9fff])")
_REST = re.compile(
    r"(?:[A-Za-z0-9\u4e00-\u9fff\-—]{1,12}?(?:楼|樓|层|層|室|座|幢|栋|棟|单元|大厦|大樓|广场|中心|园|院)){0,8}"
)
_FORM_FIELD = re.compile(
    r"(?:项目|项目部|工程|工地|施工|建设|收货|送货|示例|例如|比如|填写|填|登记|发票)(?:地址|地点|现场)?[:：为是“\"\s]*[\u4e00-\u9fff0-9]*$"
)
_REACH = 60  # characters looked at before the street


def addresses(text: str) -> Iterator[Found]:
    """Addresses of a folded text."""
    for street in _NUMBER.finditer(text):
        from_ = max(0, street.start() - _REACH)
        ahead = text[from_ : street.start()]
        place = _BEFORE.search(ahead)
        if place is None or not _PLACE.search(place.group()) or _FORM_FIELD.search(ahead):
            continue
        rest = _REST.match(text, street.end())
        start, end = from_ + place.start(), rest.end() if rest else street.end()
        yield "address", start, end, re.sub(r"\s", "", text[start:end])
