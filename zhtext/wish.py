"""A plain wish for a human, or for one's ticket, as far as a pattern can tell.

The engine understands far more phrasings; this is what still works while the engine is down, so it
prefers missing a wish to inventing one (人工费怎么录入 is none).
"""

from __future__ import annotations

import re
from typing import Tuple

from zhtext.normalize import normalize

_HUMAN = re.compile(
    r"^(我?(想|要|需要)?(拜托|帮我|给我|麻烦|请|快|赶紧|直接|立刻|马上|能不能|可以)*(帮我|给我)?(转|找|接|换|叫|联系)(个|一下|到|一个)?(人工|真人|活人|客服|人|专员|技术|工程师)(客服|服务|坐席|接待|处理|来)?"
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


def cancels_human(text: str) -> bool:
    """Whether the whole text plainly takes back the wish for a person."""
    return bool(
        re.match(r"^(取消|不用|不要|不需要|别)(转)?(人工|真人)(客服|服务)?了?[吧啊]*[。.!！]*$", normalize(text))
    )


_CLAUSE = re.compile(r"[,，。.;；!！?？、\s]+")


def split_wish(text: str) -> Tuple[bool, str]:
    """Whether some clause plainly asks for a person, and what the other clauses say: 转人工，审批卡住了."""
    clauses = [clause for clause in _CLAUSE.split(normalize(text)) if clause]
    wishes = [clause for clause in clauses if wants_human(clause)]
    return bool(wishes), "，".join(clause for clause in clauses if clause not in wishes)
