"""The words in which a message says what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zhtext.slots.clauses import Clause, clauses
from zhtext.slots.found import Found
from zhtext.slots.trouble import asks, denies, goes_wrong

# What a clause may begin with and say nothing by it.
_LEAD = re.compile(
    r"^(?:(?:你们?|您|大家|各位)?好(?:呀|啊|的)?|您好|在吗|在不在|在么|哈喽|嗨|hello|hi|喂|请问(?:一下|下)?|想问(?:一下|下)?|问(?:一下|下)|我想问(?:一下|下)?|咨询(?:一下|下)?|请教(?:一下|下)?|打扰(?:一下|了)?|老师|师傅|亲|客服|工程师|麻烦(?:您|你)?(?:帮(?:我|忙)?)?(?:看看|看一?下|查一?下)?|帮(?:我|忙)(?:看看|看一?下|查一?下)|那个|就是说|是这样的|我想反馈(?:一下|个问题)?|反馈(?:一下|个问题)|报告|现象(?:是|:)|问题(?:是|:)|急+|:|\s|[\U0001f000-\U0001faff])+(?=\S)",
    re.IGNORECASE,
)
# What it may end with: the plea that follows the trouble.
_TAIL = re.compile(
    r"(?:\s|请问|请|是|这个|这种情况|这|该|要|应该|得|麻烦)*(?:怎么(?:办|处理|解决|弄|整|解|搞|修|恢复)|如何(?:处理|解决)|咋(?:办|整|弄|解决|处理)|帮(?:我|忙)?(?:看看|看一?下|处理一?下|解决一?下|查一?下)|(?:什么|啥)(?:原因|情况)|怎么回事|咋回事|急+|在线等|谢谢|多谢|求助|求解|救命|[\U0001f000-\U0001faff])(?:啊|呀|呢|吧|哦|嘛|的|了|吗|\s)*$"
)
_GREETING = re.compile(
    r"^(?:你好|您好|在吗|谢谢|多谢|急+|麻烦|帮忙|请|辛苦|感谢|拜托|尽快|快点|赶紧|在线等|转人工|人工)"
)
# A clause that cannot stand without the one before it.
_LEANING = re.compile(
    r"^(?:就|却|结果|但|可是|然后|还是|一直|又|都|也|没|提示|显示|报|弹|说|全|直接|突然|最后|总|老|页面|界面|系统|软件|不|后|卡|闪|转|半天|才|居然|竟然|反而|只有|已经)"
)
_ACTION = re.compile(
    r"(?<![一二两三四五六七八九十\d])点(?!前|左右)|选|填|打开|打卡|导|上传|下载|提交|保存|登|输|扫|拍|连接|切换|改|添加|删|新建|拖|拉|查|进入|做|签|审|批|同步|更新|安装|装了|升级|计算|编|画|传|发送|打印|录|刷新|加载|合并|汇总|生成|明明"
)
# A clause of circumstances, or one that says what still works.
_ASIDE = re.compile(r"(?:用的|版本|系统是|电话|手机号|面积|截止|开始$|没问题|正常|好好的|没事|可以的?$|投标|着急)")
# 全公司都不行, 我这台不行 tell for whom, the clause beside them what.
_VAGUE = re.compile(
    r"^.{0,14}(?:都|也|就|还是|全|一样|同样|照样)?(?:这样|一样|不行|不能用|用不了|有问题|出问题)(?:了|的|啊)*$"
)
# ERROR_403 by itself is a code to look up.
_CODE_ALONE = re.compile(r"^[\x00-\x7f]+$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SHORT = 7  # characters; 就闪退, 没反应 and 报错了 need the clause that leads to them
_MAX_CLAUSES = 6


def phenomenon(text: str) -> Iterator[Found]:
    """At most one value: the clauses from the first that says what goes wrong to the last that goes on with it."""
    parts = clauses(text)
    wrong = [goes_wrong(part.text) and not _CODE_ALONE.match(part.text) for part in parts]
    wrong = wrong if any(wrong) else [denies(part.text) for part in parts]
    telling = [wrong[i] and not _VAGUE.match(part.text) for i, part in enumerate(parts)]
    chosen = telling if any(telling) else wrong
    if any(chosen):
        first = chosen.index(True)
        last = _last(parts, wrong, first)
        start, end = _trimmed(text, parts[_lead_in(parts, first)].start, parts[last].end)
        if start < end:
            yield Found("phenomenon", text[start:end], start, end)


def _last(parts: Sequence[Clause], wrong: Sequence[bool], first: int) -> int:
    """The last clause of the run; one that tells a step in between does not end it."""
    last = first
    for at in range(first + 1, min(len(parts), first + _MAX_CLAUSES)):
        if wrong[at] and not _VAGUE.match(parts[at].text):
            last = at
        elif not _goes_on(parts[at]) or at > last + 1:
            break
    return last


def _lead_in(parts: Sequence[Clause], first: int) -> int:
    """The clause before, where the trouble alone would not tell what was done: 点了保存,就闪退."""
    if first == 0 or parts[first - 1].stop:
        return first
    before, trouble = parts[first - 1], parts[first].text
    leans = len(trouble) < _SHORT or _LEANING.match(trouble)
    if not leans or not _narrates(before):
        return first
    again = first > 1 and len(before.text) < _SHORT and not parts[first - 2].stop and _narrates(parts[first - 2])
    return first - 2 if again else first - 1


def _narrates(part: Clause) -> bool:
    return _goes_on(part) and _ACTION.search(part.text) is not None


def _goes_on(part: Clause) -> bool:
    """Whether a clause may stand inside the story: no question, greeting or aside."""
    said = part.text
    return not (asks(said) or _GREETING.match(said) or _ASIDE.search(said) or len(_CHINESE.findall(said)) < 3)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without greeting in front and plea behind, unless nothing would be left."""
    lead = _LEAD.match(text[start:end])
    if lead and _tells(text[start + lead.end() : end]):
        start += lead.end()
    tail = _TAIL.search(text[start:end][-40:])
    cut = end - (len(text[start:end][-40:]) - tail.start()) if tail else end
    if cut < end and _tells(text[start:cut]):
        end = cut
    said = text[start:end]
    return start, start + len(said.rstrip(" ,:;"))


def _tells(text: str) -> bool:
    return goes_wrong(text) or denies(text)
