"""[wechat]: the account's menu, its codes with a scene, and what it may use of WeChat's extras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from gateway.channels.wechat.hearing import menus
from gateway.channels.wechat.hearing.menus import Button, Menu
from gateway.channels.wechat.hearing.scenes import LONGEST, SLOTS, Scene, cleaned
from gateway.channels.wechat.rules import Transfer, WeChatRules
from gongda.policy.reader import Reader

NAME, KEYS = "wechat", ("menu", "faq", "scenes", "msgmenu", "transfer")
_SCENES = f"{NAME}.scenes"
_TRANSFERS = ("off", "agent")
_BUTTON = ("name", "say", "url", "below")
_QUESTIONS, _QUESTION, _VALUE, _GREETING = 9, 40, 100, 300  # how many, and characters each
_URLS = ("http", "https")


def read(reader: Reader, data: dict[str, Any]) -> WeChatRules:
    """What the file leaves out is as shipped."""
    return WeChatRules(
        menu=_menu(reader, data.get("menu")),
        faq=_faq(reader, data),
        scenes=_scenes(reader, data.get("scenes", {})),
        msgmenu=reader.flag(NAME, data, "msgmenu", default=False),
        transfer=_transfer(reader, data.get("transfer", "off")),
    )


def _menu(reader: Reader, given: Any) -> Menu | None:
    return None if given is None else _buttons(reader, given, menus.BUTTONS, top=True)


def _buttons(reader: Reader, given: Any, most: int, *, top: bool) -> Menu:
    what = "menu" if top else "below"
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        reader.wrong(NAME, "menu", f'{what} 应是列表，每项写成 {{ name = "转人工" }}')
        return ()
    if len(given) > most:
        reader.wrong(NAME, "menu", f"{what} 有 {len(given)} 个按钮，微信最多允许 {most} 个")
    names = [str(one.get("name", "")) for one in given]
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        reader.wrong(NAME, "menu", f"{what} 里有两个按钮都叫 {name!r}", name)
    return tuple(_button(reader, one, top=top) for one in given)


def _button(reader: Reader, given: Mapping[str, Any], *, top: bool) -> Button:
    name = given.get("name")
    if not isinstance(name, str) or not name.strip():
        reader.wrong(NAME, "menu", f"按钮 {dict(given)!r} 没有名称，写成 name = …")
        return Button("")
    for key in sorted(given.keys() - set(_BUTTON)):
        reader.wrong(NAME, "menu", f"按钮 {name!r} 有不认识的项 {key}，只能是 {'、'.join(_BUTTON)}", name)
    _named(reader, name, top=top)
    does = [key for key in ("say", "url", "below") if key in given]
    if len(does) > 1:
        reader.wrong(NAME, "menu", f"按钮 {name!r} 只能写 {'、'.join(does)} 中的一个", name)
    if "below" in given:
        if not top:
            reader.wrong(NAME, "menu", f"按钮 {name!r} 已经在子菜单里，不能再有 below", name)
            return Button(name, name)
        below = _buttons(reader, given["below"], menus.SUB_BUTTONS, top=False)
        if not below:
            reader.wrong(NAME, "menu", f"按钮 {name!r} 的 below 是空的，至少写一个按钮", name)
        return Button(name, below=below)
    if "url" in given:
        return Button(name, url=_url(reader, name, given["url"]))
    return Button(name, key=_key(reader, name, given.get("say", name)))


def _named(reader: Reader, name: str, *, top: bool) -> None:
    chars, size = (menus.NAME_CHARS, menus.NAME_BYTES) if top else (menus.SUB_NAME_CHARS, menus.SUB_NAME_BYTES)
    if menus.width(name) > chars or len(name.encode()) > size:
        where = "按钮" if top else "子菜单的按钮"
        reader.wrong(NAME, "menu", f"{where}名称 {name!r} 太长：最多 {chars} 个汉字（{size} 字节）", name)


def _key(reader: Reader, name: str, key: Any) -> str:
    if not isinstance(key, str) or not key.strip():
        reader.wrong(NAME, "menu", f'按钮 {name!r} 的 say 应是点了以后要说的话，例如 say = "查工单"', name)
        return name
    if len(key.encode()) > menus.KEY_BYTES:
        reader.wrong(
            NAME, "menu", f"按钮 {name!r} 的 say 有 {len(key.encode())} 字节，最多 {menus.KEY_BYTES} 字节", name
        )
    return key


def _url(reader: Reader, name: str, url: Any) -> str:
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
    except ValueError:
        parts = None
    usable = parts is not None and parts.scheme in _URLS and bool(parts.hostname)
    if not usable or len(str(url).encode()) > menus.URL_BYTES or any(char.isspace() for char in str(url)):
        limit = f"最多 {menus.URL_BYTES} 字节"
        reader.wrong(NAME, "menu", f"按钮 {name!r} 的 url 应是完整的网址，以 https:// 开头，{limit}", name)
        return ""
    return str(url)


def _faq(reader: Reader, data: dict[str, Any]) -> tuple[str, ...]:
    questions = reader.words(NAME, data, "faq", ())
    if len(questions) > _QUESTIONS:
        reader.wrong(NAME, "faq", f"faq 有 {len(questions)} 个问题，最多 {_QUESTIONS} 个，用一位数字选得到")
    for question in questions:
        if not question.strip() or len(question) > _QUESTION:
            reader.wrong(NAME, "faq", f"faq 里的 {question!r} 应有 1 到 {_QUESTION} 个字", question or None)
    return tuple(dict.fromkeys(question.strip() for question in questions if question.strip()))


def _scenes(reader: Reader, given: Any) -> dict[str, Scene]:
    if not isinstance(given, dict):
        reader.wrong(NAME, "scenes", f"scenes 应是一个部分，写成 [{_SCENES}] 另起一行")
        return {}
    return {str(name): _scene(reader, str(name), item) for name, item in given.items()}


def _scene(reader: Reader, name: str, item: Any) -> Scene:
    if not name or cleaned(name) != name:
        reader.wrong(_SCENES, name, f"场景 {name!r} 应有 1 到 {LONGEST} 个看得见的字，首尾没有空格")
    if not isinstance(item, dict):
        reader.wrong(_SCENES, name, f'场景 {name!r} 应写成 {{ site = "三号工地", version = "6.1" }}')
        return Scene()
    known = (*SLOTS, "greeting")
    for key in sorted(item.keys() - set(known)):
        reader.wrong(_SCENES, name, f"场景 {name!r} 有不认识的项 {key}，只能是 {'、'.join(known)}")
    slots = {key: _text(reader, name, key, item[key], _VALUE) for key in SLOTS if key in item}
    greeting = _text(reader, name, "greeting", item["greeting"], _GREETING) if "greeting" in item else ""
    return Scene({key: value for key, value in slots.items() if value}, greeting)


def _text(reader: Reader, scene: str, key: str, value: Any, longest: int) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        reader.wrong(_SCENES, scene, f"场景 {scene!r} 的 {key} 应是 1 到 {longest} 个字，加引号")
        return ""
    return value.strip()


def _transfer(reader: Reader, given: Any) -> Transfer:
    if given not in _TRANSFERS:
        reader.wrong(NAME, "transfer", f"transfer 只能是 {'、'.join(_TRANSFERS)}，不是 {given!r}")
        return "off"
    return cast(Transfer, given)
