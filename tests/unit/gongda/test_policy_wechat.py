from pathlib import Path

import pytest

from gateway.channels.wechat.hearing.menus import Button
from gateway.channels.wechat.hearing.scenes import Scene
from gateway.channels.wechat.rules import WeChatRules
from gongda.errors import BadSetting
from gongda.policy import load_policy


def load(folder: Path, text: str) -> WeChatRules:
    path = folder / "support.toml"
    path.write_text(text, encoding="utf-8")
    return load_policy(path).service.wechat


def wrong(folder: Path, text: str) -> str:
    with pytest.raises(BadSetting) as told:
        load(folder, text)
    return str(told.value)


def test_without_the_section_everything_is_as_shipped(tmp_path: Path) -> None:
    assert load(tmp_path, "") == WeChatRules()


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    rules = load(
        tmp_path,
        """
[wechat]
menu = [
  { name = "常见问题" },
  { name = "工单", say = "查工单" },
  { name = "服务", below = [ { name = "转人工" }, { name = "使用手册下载", url = "https://help.example.com/a" } ] },
]
faq = ["怎么导出报表", "怎么导出报表", "导入报错怎么办"]
msgmenu = true
transfer = "agent"
[wechat.scenes]
"site-3" = { site = "三号工地", version = "6.1", greeting = "欢迎报修" }
""",
    )

    assert rules.menu == (
        Button("常见问题", "常见问题"),
        Button("工单", "查工单"),
        Button(
            "服务",
            below=(Button("转人工", "转人工"), Button("使用手册下载", url="https://help.example.com/a")),
        ),
    )
    assert rules.faq == ("怎么导出报表", "导入报错怎么办")
    assert (rules.msgmenu, rules.transfer) == (True, "agent")
    assert rules.scenes == {"site-3": Scene({"site": "三号工地", "version": "6.1"}, "欢迎报修")}


def test_an_empty_list_is_no_menu_at_all(tmp_path: Path) -> None:
    assert load(tmp_path, "[wechat]\nmenu = []\n").menu == ()


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ('[{ name = "一" }, { name = "二" }, { name = "三" }, { name = "四" }]', "微信最多允许 3 个"),
        ('[{ name = "常见问题们" }]', "最多 4 个汉字"),
        ('[{ name = "abcdefghi" }]', "最多 4 个汉字"),
        ('[{ say = "查工单" }]', "没有名称"),
        ('[{ name = "甲" }, { name = "甲" }]', "都叫"),
        ('[{ name = "甲", say = "" }]', "应是点了以后要说的话"),
        ('[{ name = "甲", say = "一", url = "https://a.example" }]', "只能写 say、url 中的一个"),
        ('[{ name = "甲", url = "javascript:alert(1)" }]', "应是完整的网址"),
        ('[{ name = "甲", url = "https://" }]', "应是完整的网址"),
        ('[{ name = "甲", colour = "red" }]', "不认识的项 colour"),
        ('[{ name = "甲", below = [] }]', "below 是空的"),
        ('[{ name = "甲", below = [{ name = "九个汉字的子菜单名" }] }]', "最多 8 个汉字"),
        ('[{ name = "甲", below = [{ name = "乙", below = [{ name = "丙" }] }] }]', "不能再有 below"),
        ('["常见问题"]', "应是列表，每项写成"),
        ('"常见问题"', "应是列表，每项写成"),
    ],
)
def test_a_menu_that_wechat_would_refuse_is_refused_here_with_its_line(tmp_path: Path, items: str, told: str) -> None:
    message = wrong(tmp_path, f"[wechat]\nmsgmenu = false\nmenu = {items}\n")
    assert told in message
    assert "第 3 行" in message


def test_a_key_and_a_sub_menu_have_their_limits(tmp_path: Path) -> None:
    below = ", ".join(f'{{ name = "子{number}" }}' for number in range(6))
    assert "最多允许 5 个" in wrong(tmp_path, f'[wechat]\nmenu = [{{ name = "甲", below = [{below}] }}]\n')
    assert "最多 128 字节" in wrong(tmp_path, f'[wechat]\nmenu = [{{ name = "甲", say = "{"长" * 43}" }}]\n')


@pytest.mark.parametrize(
    ("scene", "told"),
    [
        ('"a" = "三号工地"', "应写成"),
        ('"a" = { place = "三号工地" }', "不认识的项 place"),
        ('"a" = { site = 3 }', "应是 1 到 100 个字"),
        ('" a" = { site = "三号工地" }', "首尾没有空格"),
        (f'"{"x" * 65}" = {{ site = "三号工地" }}', "1 到 64 个"),
        (f'"a" = {{ greeting = "{"长" * 301}" }}', "应是 1 到 300 个字"),
    ],
)
def test_a_scene_that_nobody_could_use_is_told(tmp_path: Path, scene: str, told: str) -> None:
    assert told in wrong(tmp_path, f"[wechat.scenes]\n{scene}\n")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('transfer = "kf2001"', "transfer 只能是 off、agent"),
        ("msgmenu = 1", "msgmenu 只能是 true 或 false"),
        ('faq = ["' + '", "'.join(f"问题{number}" for number in range(10)) + '"]', "最多 9 个"),
        ('faq = [""]', "应有 1 到 40 个字"),
        ('faq = "怎么导出报表"', 'faq 应是列表，例如 ["怎么导出报表"]'),
        ("scenes = 1", "[wechat.scenes]"),
        ('colour = "red"', "不认识的项 colour"),
    ],
)
def test_other_mistakes_are_told(tmp_path: Path, line: str, told: str) -> None:
    assert told in wrong(tmp_path, f"[wechat]\n{line}\n")
