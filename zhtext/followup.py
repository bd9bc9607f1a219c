"""Ellipsis: 那手机端呢? after 网页端怎么导出报表 asks 手机端怎么导出报表.

Only a short message that names one thing and asks nothing by itself is a follow-up; everything else is left alone.
"""

from __future__ import annotations

import re
from re import Pattern
from typing import Optional, Tuple

from zhtext.codes import find_codes
from zhtext.wish import split_wish

MAX_CHARS = 18  # a longer message says itself what it asks
_SHORTEST = 2  # characters that can name a thing: PC

_OPENING = r"(?:那么|那|然后|还有|如果是?|要是|换成|换了?|改成|假如|若是?|用|在)"
# It says by itself that something is left out …
_ELLIPTIC = r"(?:的话)?(?:呢|哩|咧|也一样吗|一样吗|也是吗|也可以吗|也行吗|也能吗|也要吗)|的话"
# … or may as well be a request of its own (快点行吗), unless an opening tells.
_ASKING = r"怎么办|怎么弄|怎么样|行吗|行不行|可以吗|可不可以|有吗|支持吗"
_END = r"[?？!！。\s]*$"
_LEFT_OUT = re.compile(
    rf"^(?:{_OPENING}[,，\s]*)?(.{{1,12}}?)(?:{_ELLIPTIC}){_END}|^{_OPENING}[,，\s]*(.{{1,12}}?)(?:{_ASKING}){_END}"
)
_NAMED_ALONE = re.compile(rf"^(?:{_OPENING}[,，\s]*)?(.{{1,12}}?)(?:{_ASKING})?{_END}")
# What stands there names no thing to ask about: a wish, a thank-you, a word for what was said.
_NO_THING = re.compile(
    r"(?:转|找|叫|换|要|请)?个?(?:人工|真人|活人|客服|工程师|技术)(?:客服|服务)?|投诉|谢谢.*|[这那][样些里儿]?|别的|其[他它]|就?[好行]|可以|没事|算了"
)
# It asks by itself: 那怎么导出呢, 密码忘了怎么办.
_ASKS = re.compile(r"怎么|如何|为什么|什么|哪|多少|几|谁|是不是|能不能|可不可以|是否|吗")
_HAPPENED = re.compile(r"忘|丢|错|不[了到上出进见能动开]|没|失败|坏|崩|慢|卡|断|锁|报错|报了")
_PARTICLES = re.compile(r"^(?:我们|我|这个|那个|这|的)+|(?:的|上|里|这边|那边)+$")

# Words that stand for one another: what a follow-up swaps.
_KINDS: Tuple[str, ...] = (
    r"手机端|手机版|手机上|手机|app|小程序|平板|网页端|网页版|网页上|网页|浏览器|桌面端|桌面版|电脑端|电脑版|电脑上|电脑|客户端|服务端|pc端|pc",
    r"导入|导出|上传|下载|打印|删除|修改|新增|新建|恢复|备份|撤回|合并|拆分|归档|提交|审批|驳回",
    r"windows ?\d*|win ?\d+|macos|mac|苹果|安卓|鸿蒙|ios|统信|麒麟|linux|ubuntu|uos",
    r"excel|word|pdf|project|mpp|cad|dwg|ifc|rvt|csv|图片|照片|附件|视频|压缩包",
    r"谷歌浏览器|chrome|edge|firefox|火狐|ie|360浏览器|safari",
    r"项目经理|生产经理|造价员|计划员|资料员|质检员|安全员|材料员|劳务员|监理|管理员|分包|总包|甲方|业主|访客",
    r"标准版|企业版|集团版|[vV]?\d+\.\d+(?:\.\d+)?版?",
    r"进度计划|材料计划|资金计划|劳动力计划|年计划|月计划|周计划|日计划|总计划",
    r"合同|预算|目标成本|变更签证|签证|付款申请|付款|结算|报表|日志|施工日志|整改单|检查单|考勤|图纸|模型|入库单|出库单|盘点单|材料",
    r"年报|季报|月报|周报|日报",
    r"每天|每周|每月|每年|按天|按周|按月|按年",
)
_KIND_PATTERNS = tuple(re.compile(kind, re.IGNORECASE) for kind in _KINDS)


def topic(text: str) -> Optional[str]:
    """What a normalised follow-up names; None when the text is no follow-up."""
    if len(text) > MAX_CHARS or find_codes(text) or split_wish(text)[0]:
        return None
    left_out = _LEFT_OUT.match(text)
    match = left_out or _NAMED_ALONE.match(text)
    if match is None:
        return None
    named = _PARTICLES.sub("", next(filter(None, match.groups()), "").strip(" ,，"))
    if len(named) < _SHORTEST or _NO_THING.fullmatch(named) or _ASKS.search(named) or _HAPPENED.search(named):
        return None
    # A thing alone is only a word (导出); with something around it (用手机) it leaves something out.
    alone = named == text.rstrip("?？!！。 ")
    return named if left_out or (_kind(named) and not alone) else None


def _kind(named: str) -> Optional[Pattern[str]]:
    """The words that `named` stands in for."""
    return next((kind for kind in _KIND_PATTERNS if kind.fullmatch(named)), None)


def completed(text: str, last: str) -> Optional[str]:
    """The question that a follow-up means after the normalised question `last`; None when it is no follow-up."""
    named = topic(text)
    if named is None or not last or named in last:
        return None
    kind = _kind(named)
    before = kind.search(last) if kind else None
    if before is not None:
        return last[: before.start()] + named + last[before.end() :]
    return f"{named}{last}"
