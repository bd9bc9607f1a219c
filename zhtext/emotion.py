"""How does the writer feel, and is it a complaint? What patterns can tell; the engine's model learns the rest.

Negative is the writer's own anger, frustration, disappointment, sarcasm or distress. A plain report of a crash,
a polite hurry and product words that only sound bad (索赔, 投诉台账, 违约金) are not.
"""

from __future__ import annotations

import re
from typing import Dict

from zhtext.normalize import normalize

_ANGRY = re.compile(
    r"(什么(破|烂|垃圾|鬼|玩意|东西)|破(系统|软件|玩意|东西)|垃圾(?!清运|分类|处置|站|外运|池|桶|车)|烂透|坑人|坑爹|骗钱|忽悠|糊弄|"
    r"搞什么|搞毛|搞(乜|咩)|激死|嬲|顶[不唔]顺|[黐痴]线|鬼废|收皮|仆街|傻眼|很扯|超扯|无言|哈啰|有没有搞错|离谱|荒唐|可笑|过分|太差|差劲|恶心|气死|气人|火大|忍无可忍|受够|受不了|无语|(?<!客)服了|醉了|"
    r"他妈|妈的|tmd|(?<![a-z])sb(?![a-z])|狗屎|滚(?![动轮筒刷珠装压轴])|呵呵|真行啊|真有你们的|敷衍|踢皮球|不负责任|没人管|白花钱|后悔)",
    re.IGNORECASE,
)
_DISTRESS = re.compile(
    r"(急死|急哭|急疯|要疯|(?<![统件序端页器机])(快|都?要)崩溃|(我|人)(都|快|要)?(要|快)?崩溃|完了完了|完蛋|要命|要死|吓死|害怕|慌|怎么办啊|"
    r"求求|救命|救救|跪求|被骂|骂死|挨骂|背锅|通宵|白干|白做|白弄|白忙|欲哭无泪|想哭|哭死|心累|头大|抓狂|绝望|愁死)"
)
_TIRED = re.compile(
    r"(又(来了|是这样|这样|崩|卡|坏|挂|报错|不行)|第[二三四五六七八九十\d]+次了|[三四五六七八九十\d]+次了(还|都)|说了多少[次遍]|"
    r"反反复复|没完没了|天天(这样|崩|卡|坏|报错|出问题)|三天两头|到底(行不行|能不能|管不管|有没有人)|没用(?!过|到|户)|白问|答非所问|"
    r"等了.{1,8}(还|都)没|还没(人|解决|处理|修)|没人(理|回|管|处理)|不理人|失望|浪费时间|耽误)"
)
_COMPLAINT = re.compile(
    r"((我|我们|本人|我司|公司)?(要|想|打算|准备|将|会|必须|正式|提出|进行)+.{0,4}(投诉|举报|起诉|索赔|退款|退费|维权|曝光)|^投诉(你们|你|贵司|客服|他|她)?|"
    r"投诉(你们|贵司|到|电话|渠道|无门)|(12315|12345|消费者协会|消协|消委会|消基会|消保会|律师函|律师信|法院见|法律途径|法律责任|媒体曝光)|"
    r"(发|上)(微博|抖音|朋友圈|小红书|网)(曝光|说说|挂)|要求.{0,8}(赔偿|退款|退费|道歉|说法)|给(我|我们)?(一?个)?(说法|交代)|"
    r"(赔偿|补偿)(我们|损失|我)|向(你们|贵司)(领导|总部|管理层|老板)(反映|反馈|投诉))"
)
_ABOUT_THE_PRODUCT = re.compile(
    r"(投诉|索赔|退款|赔偿|律师函|举报)(台账|单|记录|模块|登记|管理|流程|表|类型|字段|审批|条款|归档|处理率)|(怎么|如何|哪里|在哪).{0,8}(登记|导出|新增|录入|归档)"
)
# Not for one's nerves alone: language after which a person has to take over at once.
_STRONG = re.compile(
    r"(他妈|妈的|tmd|骗子|骗钱|滚(?![动轮筒刷珠装压轴])|忍无可忍|气死|什么垃圾|垃圾(系统|软件|公司|客服)|受够了|"
    r"激死|嬲死|好嬲|顶[不唔]顺|收皮|仆街|黐线|痴线|废到|鬼废|烂透了|气到(不行|爆)|火都来了|是在哈啰)",
    re.IGNORECASE,
)


def signs(text: str) -> Dict[str, bool]:
    """What the patterns see in a normalised text, by name."""
    product = bool(_ABOUT_THE_PRODUCT.search(text))
    return {
        "angry": bool(_ANGRY.search(text)),
        "distress": bool(_DISTRESS.search(text)),
        "tired": bool(_TIRED.search(text)),
        "complaint": bool(_COMPLAINT.search(text)) and not product,
        "complaint_word": bool(re.search(r"投诉|索赔|退款|赔偿|律师|曝光|举报", text)),
        "about_the_product": product,
        "shouting": bool(re.search(r"[!！?？]{2,}", text)),
    }


def negative(text: str) -> bool:
    """Whether patterns alone tell anger or distress; for when the engine is silent."""
    seen = signs(normalize(text))
    return seen["angry"] or seen["distress"] or seen["tired"]


def complains(text: str) -> bool:
    """Whether patterns alone tell a complaint."""
    return signs(normalize(text))["complaint"]


def strong(text: str) -> bool:
    """Whether a person should take over at once."""
    return bool(_STRONG.search(normalize(text)))
