"""A few labelled messages, enough to fit a situation model in a blink."""

from __future__ import annotations

from bot.situation_fitting import Labelled
from zhtext.normalize import normalize

_PROBLEMS = [
    ("全公司都登不上系统了", "P1", "login"),
    ("所有人都打不开软件", "P1", "crash"),
    ("昨天的清单数据全没了", "P1", "data_loss"),
    ("整个项目部都连不上服务器", "P1", "network"),
    ("导入失败,提示格式错误", "P2", "import_export"),
    ("我登录不了系统", "P2", "login"),
    ("软件一打开就闪退", "P2", "crash"),
    ("报表导出不了", "P2", "import_export"),
    ("打开项目很慢", "P3", "performance"),
    ("甘特图偶尔显示不对", "P3", "other"),
    ("导出的数字有时不准", "P3", "import_export"),
    ("加载有点卡", "P3", "performance"),
    ("怎么导出报表", "P4", "howto"),
    ("如何设置审批流程", "P4", "howto"),
    ("你们的软件多少钱", "P4", "billing"),
    ("怎么导入清单", "P4", "howto"),
    ("在吗", "none", "other"),
    ("谢谢你", "none", "other"),
    ("好的收到", "none", "other"),
    ("再见", "none", "other"),
]
_MOODS = [
    ("什么破系统,又崩了", "true", "false", "false"),
    ("气死我了,三天没人管", "true", "false", "false"),
    ("垃圾软件,白花钱", "true", "false", "false"),
    ("急死了,一晚上白干", "true", "false", "false"),
    ("又卡死了,烦死人", "true", "false", "false"),
    ("我要投诉你们", "true", "true", "false"),
    ("再这样就投诉到12315", "true", "true", "false"),
    ("要求退款,不然起诉", "true", "true", "false"),
    ("投诉,给个说法", "true", "true", "false"),
    ("我们要投诉客服", "true", "true", "false"),
    ("转人工", "false", "false", "true"),
    ("找个真人跟我说", "false", "false", "true"),
    ("叫人工客服来", "false", "false", "true"),
    ("我要找真人客服", "false", "false", "true"),
    ("换个人工来", "false", "false", "true"),
]


def labelled() -> list[Labelled]:
    """Problems in a calm voice, and moods about nothing in particular; twice, so that their features count."""
    calm = {"negative": "false", "complaint": "false", "wants_human": "false"}
    found = [Labelled(text, {"priority": p, "category": c, **calm}) for text, p, c in _PROBLEMS]
    for text, negative, complaint, wish in _MOODS:
        flags = {"negative": negative, "complaint": complaint, "wants_human": wish}
        found.append(Labelled(text, {"priority": "none", "category": "other", **flags}))
    return [Labelled(normalize(one.text), one.labels) for one in found * 2]


def without(*names: str) -> list[Labelled]:
    """The same as from a vendor who never labelled these flags: all false."""
    return [Labelled(one.text, {**one.labels, **dict.fromkeys(names, "false")}) for one in labelled()]
