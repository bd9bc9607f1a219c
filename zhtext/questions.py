"""Two questions in one message: 导入报 ERROR_403 怎么处理？另外密码在哪改？"""

from __future__ import annotations

import re
from typing import List, Tuple

from zhtext.codes import find_codes

MAX_QUESTIONS = 3
_SHORTEST = 4  # characters that can be a question of their own

_ALSO = r"另外|还有(?:就是)?(?:一个|个)?(?:问题)?|顺便(?:再)?(?:问(?:一下|下)?|请教)?|再(?:问|请教)(?:一下|下|个)?|还想(?:问|请教)(?:一下|下)?|对了|其次|第[二三](?:个)?(?:问题)?(?:是)?|(?<![\d.])[2-3](?:[、)]|\.(?!\d))|以及"
_CUT = re.compile(rf"(?<=[?？。;；!！\n])\s*|(?<![,，、\s])[,，、\s]*(?=(?:{_ALSO}))")
_LEAD = re.compile(
    rf"^(?:{_ALSO}|[1-3](?:[、)]|\.(?!\d))|第一(?:个)?(?:问题)?(?:是)?|首先|一是|二是|三是)[,，、:：\s]*"
)
_ASKS = re.compile(
    r"怎么|怎样|如何|哪[里儿个种些]|在哪|什么|多少|几[个天次点号分]|为何|吗|么[?？]|能不能|可不可以|能否|是否|有没有|是不是|咋|啥|可以.{1,12}[?？]|呢[?？]"
)
_TROUBLE = re.compile(
    r"报错|错误|失败|打不开|不了|不[上进出]|进不去|没有?信号|不见|没反应|很慢|太慢|好慢|卡|崩|闪退|白屏|丢|乱码|不对|不显示|不同步|(?<![A-Za-z])[A-Za-z]{2,}[-_ ]?\d{2,}"
)
# It only opens the conversation: 在吗？怎么导出报表
_OPENER = re.compile(
    r"^(?:请问|你好|您好|在吗|在么|在不在|有人(?:在)?吗|客服在吗|老师|亲|喂|哈喽|hi|hello|打扰(?:一下|了)?|请教(?:一下)?|问(?:一下|下)|[,，、~～\s])+[。.!！?？~]*$",
    re.IGNORECASE,
)
# It only goes on about what was asked just before: 导入失败。怎么办？
_DEPENDENT = re.compile(
    r"^(?:(?:这|那)?(?:该|要|应该)?(?:怎么(?:办|处理|解决|弄|回事|搞)|咋(?:办|整|弄)|什么(?:原因|情况|问题|意思)|为什么|为何|如何(?:处理|解决)|是不是.{0,12}|"
    r"有(?:办法|没有办法).{0,6}|能(?:帮|处理|解决|修).{0,8}|可以(?:帮|处理|解决).{0,8}|谢谢.{0,4}|请.{0,8}))[?？。!！\s]*$"
)


def asks(text: str) -> bool:
    """Whether a normalised text asks something by itself, or names a code to be explained."""
    return bool(_ASKS.search(text) or find_codes(text))


def split_questions(text: str) -> Tuple[str, ...]:
    """The questions of a normalised message, in order; the whole message when it asks one thing.

    What only leads up to a question stays with it, and what only goes on about it as well.
    """
    pieces = [piece.strip(" ,，、") for piece in _CUT.split(text) if piece and piece.strip(" ,，、")]
    pieces = [piece for piece in pieces if not _OPENER.match(piece)]
    joined: List[str] = []
    also: List[bool] = []
    for piece in pieces:
        bare = _LEAD.sub("", piece).strip()
        if joined and (_DEPENDENT.match(bare) or len(bare) < _SHORTEST):
            joined[-1] += piece
        else:
            joined.append(bare)
            also.append(bare != piece)
    questions = _with_context(joined, also)
    return tuple(questions[:MAX_QUESTIONS]) if len(questions) > 1 else (text,)


def _with_context(pieces: List[str], also: List[bool]) -> List[str]:
    """Pieces that ask something; statements go with the question after them, trailing ones with the last."""
    questions: List[str] = []
    context = ""
    for piece, marked in zip(pieces, also, strict=True):
        # A statement of trouble is a question of its own only where the writer says that it is another matter.
        if (
            _ASKS.search(piece)
            or (marked and _TROUBLE.search(piece))
            or (not questions and _opens(piece, pieces, also))
        ):
            questions.append(context + piece)
            context = ""
        else:
            context += piece if piece[-1:] in "?？。;；!！,，" else piece + "，"
    if context and questions:
        questions[-1] += "，" + context.rstrip("，")
    return questions


def _opens(piece: str, pieces: List[str], also: List[bool]) -> bool:
    """The trouble before an 另外: the first of two matters although it is no question."""
    place = pieces.index(piece)
    return bool(_TROUBLE.search(piece)) and place + 1 < len(pieces) and also[place + 1]
