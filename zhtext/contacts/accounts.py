"""QQ numbers, WeChat and other messengers' accounts, public accounts by name: told by the word before them.

Advertisers spell the word in many ways (扣扣, 企鹅号, 加V信, 薇信, VX); what follows must look like an account, so
that QQ 邮箱, 微信小程序 and 微信 8.0 are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Tuple

from zhtext.contacts.contact import Found

# Also the bar between two cells of a table, with the blanks that make its columns straight.
_IS = r"[\s:：=＝→是为為【\[「（(“\"'*#.、/]{0,4}(?:\s{0,40}\|[\s*]{0,40})?"
_QQ = re.compile(
    r"(?:(?<![A-Za-z])Q\s?Q(?![A-Za-z])|扣扣|蔻蔻|企鹅|企鵝|球球|🐧|(?<![A-Za-z])Q(?=[群号號:：])|[加\u2795]\s?Q(?![A-Za-z]))"
    rf"(?:官方|交流|技术|售后|客服|咨询|在线|服务|联系|用户|学习|资料|群|号码|號碼|号|號|/?微信|同号){{0,4}}{_IS}"
    r"([1-9](?:[-\s]?[0-9]){4,10})(?![0-9.])",
    re.IGNORECASE,
)
_GROUP = re.compile(
    rf"(?:(?:交流|技术|售后|用户|资料|学习|答疑|粉丝|官方)群(?:号码|号|號)?|(?<![集机機桩樁楼樓井站])群[号號][码碼]?){_IS}([1-9][0-9]{{5,10}})(?![0-9.])"
)
_MESSENGER = re.compile(
    r"(?:[微威薇徽嶶溦]\s?[信❤芯♥]|(?<![A-Za-z_])(?:V\s?[信❤]|[VW]X|we\s?chat|weixin)(?![A-Za-z_])|[加\u2795]\s?我?\s?(?:薇|威|V(?![A-Za-z])|微(?!信)|卫星)"
    r"|(?<![A-Za-z])(?:LINE\s?ID|telegram|skype|whatsapp)(?![A-Za-z])|(?:抖音|快手|小红书|小紅書|钉钉|釘釘|陌陌|旺旺)(?=[号號帐账群:：]))"
    rf"(?P<said>(?:群|公众|客服|咨询|号码|號碼|号|號|帐号|账号|帳號|ID|同号|[加搜为為是]|联系|联络)*){_IS}"
    r"(?!(?:19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}(?![0-9]))"  # a day: 微信 2026-09-15
    r"(?P<id>[A-Za-z][A-Za-z0-9_\-]{5,19}|[0-9][A-Za-z0-9_\-]{4,19}|1[3-9][0-9](?:[-\s]?[0-9]{4}){2})(?![A-Za-z0-9_.@])",
    re.IGNORECASE,
)
# Looked for first, letter for letter: that costs a tenth of what the patterns cost.
_QQ_WORDS = (
    "qq",
    "q q",
    "扣扣",
    "蔻蔻",
    "企鹅",
    "企鵝",
    "球球",
    "🐧",
    "q群",
    "q号",
    "q號",
    "q:",
    "q：",
    "加q",
    "加 q",
    "➕q",
    "群",
)
_MESSENGER_WORDS = (
    *(
        "微信",
        "微 信",
        "微❤",
        "威信",
        "薇信",
        "徽信",
        "微芯",
        "嶶信",
        "溦信",
        "薇",
        "v信",
        "v 信",
        "v❤",
        "vx",
        "wx",
        "wechat",
        "we chat",
        "weixin",
    ),
    *(
        "加我",
        "加 我",
        "➕我",
        "加v",
        "加 v",
        "➕v",
        "加威",
        "加微",
        "卫星",
        "line",
        "telegram",
        "skype",
        "whatsapp",
        "抖音",
        "快手",
        "小红书",
        "小紅書",
        "钉钉",
        "釘釘",
        "陌陌",
        "旺旺",
    ),
)
_PUBLIC_WORDS = ("公众", "公眾", "视频号", "視頻號", "服务号", "订阅号")
_ADDING = re.compile(r"加|搜|添加|联系|联络|V信|VX|WX|薇|威信|徽信", re.IGNORECASE)
_COLON, _OVER = re.compile(r"[:：]\s?$"), re.compile(r"\s*(?:$|[，。；;、）)】|！!\n])")
_NUMBER_SIGN = re.compile(r"[0-9_]")
_PUBLIC = re.compile(
    r"(?:关注|關注|搜索|搜尋|搜一搜|搜|扫码|掃碼|添加)[^，。；\n]{0,8}?(?:公众号|公眾號|公众平台|视频号|視頻號|服务号|订阅号)"
    r"\s?[:：“\"「『【（(《]\s?([^\s，。；：:“”\"「」『』【】（）()《》]{2,20})"
)
# 公众号：建模大师, said at the beginning of a sentence and with nothing behind the name; 公众号：点击绑定 says what to do.
_NAMED = re.compile(
    r"(?:^|(?<=[\s，。；;、！!|（(*>]))(?:官方|我们的)?(?:微信)?(?:公众号|公眾號)\s?[:：]\s?"
    r"(?!.{0,9}(?:绑定|接入|登录|推送|配置|设置|消息|菜单|模板|授权|小程序|后台|管理|点击|填写|选择))"
    r"(?![未已不无是否可请需用在打有没支点见同暂待])"
    r"([\u4e00-\u9fffA-Za-z0-9]{2,12})(?=\s*(?:$|[，。；;、|）)！!*\n]))"
)


def accounts(text: str) -> Iterator[Found]:
    """Accounts of a folded text."""
    lower = text.lower()
    if _any(_QQ_WORDS, lower):
        for pattern in (_QQ, _GROUP):
            for match in pattern.finditer(text):
                yield "qq", match.start(1), match.end(1), re.sub(r"[-\s]", "", match.group(1))
    if _any(_MESSENGER_WORDS, lower):
        for match in _MESSENGER.finditer(text):
            if _names_an_account(match):
                yield "wechat", match.start("id"), match.end("id"), match.group("id").lower()
    if _any(_PUBLIC_WORDS, lower):
        for pattern in (_PUBLIC, _NAMED):
            for match in pattern.finditer(text):
                yield "wechat", match.start(1), match.end(1), match.group(1).lower()


def _any(words: Tuple[str, ...], text: str) -> bool:
    return any(word in text for word in words)


def _names_an_account(match: re.Match[str]) -> bool:
    """A word of letters only (微信 Windows 版) needs a word that says so: 微信号, 加微信, VX."""
    account, label = match.group("id"), match.group()[: match.start("id") - match.start()]
    if _NUMBER_SIGN.search(account):
        return len(account) >= 6
    asked = "号" in match.group("said") or "號" in match.group("said") or bool(_ADDING.search(label))
    return asked or bool(_COLON.search(label) and _OVER.match(match.string, match.end()))
