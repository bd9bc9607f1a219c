"""A plain wish for a human, or for one's ticket, as far as a pattern can tell.

The engine understands far more phrasings; this is what still works while the engine is down, so it
prefers missing a wish to inventing one (人工费怎么录入 is none).
"""

from __future__ import annotations

import re
from typing import Callable, List, Tuple

from zhtext.normalize import normalize

_HUMAN = re.compile(
    r"^(还有|另外|然后|那就?|所以|算了|还是|不行就?|请|麻烦)*(我?(想|要|需要)?(拜托|帮我|给我|麻烦|请|快|赶紧|直接|立刻|马上|能不能|可以)*(帮我|给我)?(转|找|接|换|叫|联系)(个|一下|到|一个)?(人工|真人|活人|客服|人|专员|技术|工程师)(客服|服务|坐席|接待|(来)?(处理|看|解决|跟进|对接|弄)(一下|下|看看)?|来)?"
    r"|(我?(想|要))?(人工|真人)(客服|服务|坐席)?|(我?(想|要))?联系(人工|客服|真人|技术支持)|客服电话联系我)(吗|行吗|可以吗|好吗)?[吧啊呀呢了谢啦喇嘛]*[。.!！?？]*$"
)
_STATUS = re.compile(
    r"^(查|查询|查一下|看看|看下|看一下)?(我的|我)?(工单|报修单?)(进度|状态|到哪了|怎么样了|处理得怎么样了)?[。.!！?？]*$|^查工单"
)
_NOT = re.compile(r"不用|不要|别|不需要|取消")


def wants_human(text: str) -> bool:
    """Whether the whole text plainly asks for a person."""
    plain = normalize(text)
    return bool(_HUMAN.match(plain)) and not _NOT.search(plain)


def asks_for_ticket(text: str) -> bool:
    """Whether the whole text plainly asks how one's ticket is doing."""
    return bool(_STATUS.match(normalize(text)))


_NO = re.compile(r"不|别|甭|取消|算了|免了|撤|无需|没必要|机器人|智能助手|你(来|继续|接着)|继续|接着")


def says_no(text: str) -> bool:
    """Whether anything in the text takes something back or goes on with the bot."""
    return bool(_NO.search(normalize(text)))


# Where one clause ends: not at 、 (人工、材料、机械怎么统计), not in a number, not between 服务器是 and Windows.
_BORDER = re.compile(r"[,，。;；!！?？]+\s*|(?<!\d)\.(?!\d)\s*|\s+")
_CANCEL = re.compile(
    r"^(我|先|那|就|还是)*(取消|不用|不要|不需要|别|不等|不找|不转|无需|撤回)(转|等|找|叫)?(人工|真人)(客服|服务)?了?[吧啊呀]*[。.!！]*$"
)
_HALF_WIDTH = re.compile(r"(?<=[\u4e00-\u9fff]),(?=[\u4e00-\u9fff])")  # normalising made it so; people read it
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def cancels_human(text: str) -> bool:
    """Whether some clause plainly takes back the wish for a person."""
    return split_cancel(text)[0]


def split_cancel(text: str) -> Tuple[bool, str]:
    """Whether some clause takes the wish back, and what the rest says: 取消人工，另外 ERROR_403 怎么处理."""
    return _without(text, lambda clause: bool(_CANCEL.match(clause)))


def split_wish(text: str) -> Tuple[bool, str]:
    """Whether some clause plainly asks for a person, and what the rest says: 转人工，审批卡住了."""
    return _without(text, wants_human)


def _without(text: str, found: Callable[[str], bool]) -> Tuple[bool, str]:
    """Whether `found` holds for a clause, and the text without such clauses, its own marks between the others."""
    kept: List[str] = []
    clauses = _clauses(normalize(text))
    for clause, mark in clauses:
        if not found(clause):
            kept.append(clause + mark)
    rest = "".join(kept).strip(" ,，。;；!！.、")
    return len(kept) < len(clauses), _HALF_WIDTH.sub("，", rest)


def _clauses(text: str) -> List[Tuple[str, str]]:
    """Clauses with the marks that end them. A blank parts two clauses only between Chinese characters."""
    parts: List[Tuple[str, str]] = []
    start = 0
    for border in _BORDER.finditer(text):
        blank = border.group().isspace()
        around = text[border.start() - 1 : border.start()] + text[border.end() : border.end() + 1]
        if border.start() == start or (blank and len(_CHINESE.findall(around)) < 2):
            continue
        parts.append((text[start : border.start()], border.group()))
        start = border.end()
    return [*parts, (text[start:], "")] if start < len(text) else parts
