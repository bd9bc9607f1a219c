"""How bad is it, and what kind of trouble? The first that fits, on the definitions of the service.

P1: everybody or several sites down, saved data lost, a security event. P2: a needed function cannot
be used at all. P3: something misbehaves and work goes on. P4: nothing is broken. Haste and
exclamation marks alone never raise it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from re import Pattern
from typing import Dict

from zhtext.normalize import normalize


@dataclass(frozen=True)
class Severity:
    """Priority `P1`-`P4` and one of the categories of the desk."""

    priority: str
    category: str


_EVERYBODY = re.compile(
    r"(全公司|整个公司|全司|所有人|所有用户|全部人|大家|全员|整个项目部|几个项目部|多个项目|各个?项目部?都|谁都|都登|都打不开|都进不去|都用不了|都连不上|全都|全部都?)"
)
_DOWN = re.compile(
    r"(打不开|进不去|登不[上了录]|登录不|用不了|无法使用|不能用|崩溃|宕机|瘫痪|连不上|访问不了|挂了|闪退|白屏)"
)
_DATA_LOST = re.compile(
    r"(数据|资料|文件|预算|合同|日志|记录|项目|附件|图纸|清单).{0,8}(丢了|丢失|没了|不见了|被覆盖|覆盖了|损坏|被删|误删|清空)|(误删|恢复错)了?.{0,6}(数据|资料|项目|库)"
)
_NOT_SAVED = re.compile(r"(没|未|忘了?|忘记)(点|按)?保存")
_SECURITY = re.compile(r"(泄露|泄漏|被盗|勒索|中毒|木马|入侵|越权看到|看到了?别的?(公司|人)的)")
_ENCRYPTED = re.compile(
    r"(数据|文件|资料|电脑|服务器|系统|库)(全|都|全部|全都)?被(黑客|病毒|勒索|人)*(病毒)?(加密|勒索|锁)了?(?!\S*(怎么|如何|的话))"
)
_OVER = re.compile(
    r"(今天|现在|后来|已经?|刚刚?|自己|又|就)[^,，。]{0,4}(好了|恢复了?|正常了)(?!不)|(听说|隔壁|同行|别家|人家公司|新闻(上|里)?说|网上(有人)?说)"
)
_LEAK = re.compile(r"(泄露|泄漏|外泄|被盗|被黑|入侵|越权|陌生人|(看到|看见|能看)了?(别的?|其他|人家)(公司|人|单位)的)")
_BLOCKED = re.compile(
    r"((打印|导|导出|导入|生成|保存|提交|上传|下载|同步|审批|加载)不(了|出来?|上|进)|打不开|进不去|登不[上了录]|登录不|用不了|无法|不能|失败|导不[进出]|上传不了|提交不了|打印不了|崩溃|闪退|卡死|死机|白屏|连不上)"
)
_TROUBLE = re.compile(
    r"(报错|错误|不对|异常|慢|卡|乱码|不显示|不见|丢|没反应|不同步|不准|偶尔|有时|掉线|断线|空白|重复|不更新|锁|异动|[Ee][Rr][Rr])"
)
_HOW_TO = re.compile(
    r"(怎么(?!回事|还|又|不|这么|老|总|都)|如何|怎样|在哪|哪里|能不能|可不可以|可以.{0,12}吗|支持.{0,12}吗|是否|步骤|教程|多少钱|价格|费用|几点|上班)"
)

# What has not happened yet: 怎么防止数据丢失, 万一断网了怎么办.
_HYPOTHETICAL = re.compile(
    r"(怎么|如何|怎样)(防止|避免|预防)|(如果|假如|假设|万一).{0,12}(怎么|如何|怎样|会不会|能不能|是否|吗)"
)
_WISH = re.compile(r"(建议|希望|能不能|可不可以).{0,4}(增加|加上?个|加个|新增|出个|优化)")

_CATEGORIES: tuple[tuple[Pattern[str], str], ...] = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (_WISH.pattern, "suggestion"),
        (r"(丢了|丢失|没了|不见了|被覆盖|误删|清空|损坏)", "data_loss"),
        (r"(崩溃|闪退|卡死|死机|白屏|宕机|未响应)", "crash"),
        (r"(锁定|被锁|死锁|占用|锁住)", "lockup"),
        (r"(登录|登不|密码|验证码|账号|登陆)", "login"),
        (r"(权限|没有权限|看不到.{0,6}菜单|403)", "permission"),
        (r"(导入|导出|模板|导不)", "import_export"),
        (r"(报表|打印|统计)", "report"),
        (r"(慢|卡|转圈|延迟|加载)", "performance"),
        (r"(连不上|断网|网络|掉线|超时|离线|502|504)", "network"),
        (r"(发票|收费|价格|费用|续费|维保|多少钱)", "billing"),
        (r"(建议|希望增加|能不能加)", "suggestion"),
    )
)


def assess(text: str) -> Severity:
    """Severity of a text in any script; a text that tells nothing is P3, other."""
    plain = normalize(text)
    category = _category(plain)
    return Severity(_priority(plain), category or ("howto" if _HOW_TO.search(plain) else "other"))


def leak(text: str) -> bool:
    """Whether data went to strangers or a stranger came in: nothing that first aid for lost data would help."""
    return bool(_LEAK.search(normalize(text)))


def encrypted(text: str) -> bool:
    """Whether somebody tells that an attacker has locked their data: 我们的数据被黑客加密了."""
    plain = normalize(text)
    return bool(_ENCRYPTED.search(plain)) and not (_HOW_TO.search(plain) or _HYPOTHETICAL.search(plain))


def only_asks(text: str) -> bool:
    """Whether it asks how to do something and tells of nothing that went wrong: 全公司怎么统一升级."""
    plain = normalize(text)
    wrong = any(pattern.search(plain) for pattern in (_TROUBLE, _BLOCKED, _DOWN, _DATA_LOST, _SECURITY, _LEAK))
    return bool(_HOW_TO.search(plain) or _HYPOTHETICAL.search(plain)) and not wrong


def over_or_elsewhere(text: str) -> bool:
    """Whether the trouble is past or somebody else's: 昨天打不开，今天好了; 听说隔壁公司数据丢了."""
    return bool(_OVER.search(normalize(text)))


def everybody_down(text: str) -> bool:
    """Whether it is plain that nobody can work: the one emergency that patterns alone tell well enough."""
    plain = normalize(text)
    told = _EVERYBODY.search(plain) and _DOWN.search(plain)
    return bool(told) and not (_HOW_TO.search(plain) or _HYPOTHETICAL.search(plain))


def signs(text: str) -> Dict[str, bool]:
    """What the patterns see in a normalised text, by name; the engine's model weighs them."""
    return {
        "everybody": bool(_EVERYBODY.search(text)),
        "down": bool(_DOWN.search(text)),
        "data_lost": bool(_DATA_LOST.search(text)),
        "not_saved": bool(_NOT_SAVED.search(text)),
        "security": bool(_SECURITY.search(text)),
        "blocked": bool(_BLOCKED.search(text)),
        "trouble": bool(_TROUBLE.search(text)),
        "how_to": bool(_HOW_TO.search(text)),
        "hypothetical": bool(_HYPOTHETICAL.search(text)),
        "wish": bool(_WISH.search(text)),
        f"priority:{_priority(text)}": True,
        f"category:{_category(text)}": True,
    }


def _category(text: str) -> str | None:
    return next((name for pattern, name in _CATEGORIES if pattern.search(text)), None)


def _priority(text: str) -> str:
    if _HYPOTHETICAL.search(text) or _WISH.search(text):
        return "P4"
    how_to = _HOW_TO.search(text) and not _DATA_LOST.search(text)
    if _SECURITY.search(text) or (_DATA_LOST.search(text) and not _NOT_SAVED.search(text)):
        return "P1"
    if _EVERYBODY.search(text) and _DOWN.search(text) and not how_to:
        return "P1"
    if how_to and not _TROUBLE.search(text):
        return "P4"
    if _BLOCKED.search(text):
        return "P2"
    return "P3"
