"""wechat: the official account's menu, its codes with a scene, and whether it is set up right."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from desk.clock import system_clock
from gateway.channels.wechat.calls import api
from gateway.channels.wechat.calls.account import Account
from gateway.channels.wechat.calls.client import WeChatClient
from gateway.channels.wechat.errors import ADVICE, ApiError, WeChatUnavailable
from gateway.channels.wechat.hearing import menus
from gateway.channels.wechat.hearing.menus import Menu
from gateway.channels.wechat.hearing.scenes import LONGEST, cleaned
from gateway.channels.wechat.rules import WeChatRules
from gongda.errors import StepFailed, Unprepared, WrongUse
from gongda.policy import load_policy
from gongda.product.showing import wording
from gongda.settings import Settings, load_settings
from gongda.wechat import wechat_settings

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True)
menu_app = typer.Typer(no_args_is_help=True)
app.add_typer(menu_app, name="menu", help="自定义菜单：show 看、push 推送、delete 删除")

_PERMISSION = "账号没有这个接口的权限：在公众号后台“接口权限”里查看；带参数二维码只有认证的服务号有"
_MINE = {
    -1: "微信繁忙，过一会儿再试",
    40015: "菜单类型不对：按钮只能说一句话（say）或打开网址（url）",
    40016: "一级菜单要有 1 到 3 个按钮",
    40017: "按钮类型不对：按钮只能说一句话（say）或打开网址（url）",
    40018: "一级菜单的名称太长：最多 4 个汉字",
    40019: "按钮的 say 太长：最多 128 字节",
    40020: "按钮的 url 太长：最多 1024 字节",
    40023: "子菜单要有 1 到 5 个按钮",
    40025: "子菜单的名称太长：最多 8 个汉字",
    40026: "子菜单按钮的 say 太长：最多 128 字节",
    40027: "子菜单按钮的 url 太长：最多 1024 字节",
    40053: "场景不符合微信的要求：1 到 64 个字符",
    40054: "子菜单的网址微信不接受：要能公开访问，用 https",
    40055: "菜单的网址微信不接受：要能公开访问，用 https",
    48001: _PERMISSION,
    50001: _PERMISSION,
    65316: "网址所在的域名不在公众号的设置里",
}
_UNREACHABLE = "连不上微信的服务器：检查网络、代理和防火墙，能否访问 {base}"


@app.callback()
def root() -> None:
    """微信公众号：菜单、带参数二维码、自查。"""


@menu_app.command("show")
def show() -> None:
    """显示公众号现在的菜单，和 support.toml 里的是否一致。"""
    wanted, console = _wanted(load_settings()), Console(highlight=False)
    shown = _ask(lambda account: account.menu())
    console.print("\n".join(menus.lines(shown)) or "公众号现在没有菜单", markup=False, soft_wrap=True)
    if menus.lines(shown) != menus.lines(menus.payload(wanted)["button"]):
        hint = "与 support.toml 里的不一样；要换成那里的，运行 gongda wechat menu push"
        console.print(hint, markup=False, soft_wrap=True)


@menu_app.command("push")
def push() -> None:
    """把 support.toml 里 wechat 部分的 menu 推送到公众号（没有写就用默认的三个按钮）。"""
    wanted, console = _wanted(load_settings()), Console(highlight=False)
    if not wanted:
        raise WrongUse("support.toml 里的 menu 是空的；要去掉菜单，运行 gongda wechat menu delete")
    _ask(lambda account: account.push_menu(wanted))
    console.print("\n".join(menus.lines(menus.payload(wanted)["button"])), markup=False, soft_wrap=True)
    console.print("✓ 已推送。手机上最晚 24 小时后更新，重新关注可以马上看到")


@menu_app.command("delete")
def delete() -> None:
    """删除公众号的菜单。"""
    _ask(lambda account: account.delete_menu())
    Console(highlight=False).print("✓ 菜单已删除，手机上最晚 24 小时后消失")


@app.command("qrcode")
def qrcode(
    scene: Annotated[str, typer.Argument(help="场景，例如 site-12；意思写在 support.toml 的 wechat.scenes 部分")],
    out: Annotated[Path, typer.Option("--out", help="PNG 文件")],
) -> None:
    """生成一个永久的带参数二维码：扫它关注或提问的人，场景会记到工单上。"""
    import segno

    console = Console(highlight=False)
    if not scene or cleaned(scene) != scene:
        raise WrongUse(f"场景要有 1 到 {LONGEST} 个看得见的字，首尾没有空格")
    if out.exists():
        raise WrongUse(f"已经有 {out} 了，换一个文件名")
    if not out.parent.is_dir():
        raise WrongUse(f"没有文件夹 {out.parent}")
    url = _ask(lambda account: account.permanent_code(scene))
    segno.make(url, error="m").save(str(out), kind="png", scale=10, border=4)
    console.print(f"✓ {out}（{url}）", soft_wrap=True, markup=False)
    if scene not in _rules(load_settings()).scenes:
        hint = f"场景 {scene!r} 没有写进 [wechat.scenes]：扫码的人会得到一般的问候，场景原样记到工单上"
        console.print(hint, markup=False, soft_wrap=True)


@app.command("check")
def check() -> None:
    """逐项检查：能否连上、菜单是否一致、常见问题是否答得上、微信客服账号是否存在。"""
    settings = load_settings()
    rules, console = _rules(settings), Console(highlight=False)
    connected = _connected()
    steps = (
        connected,
        *((_menu_same(settings),) if connected[0] else ()),
        *_answered(settings, rules),
        *_transferable(settings, rules),
    )
    failed = 0
    for passed, line in steps:
        console.print(f"{'✓' if passed else '✗'} {line}", markup=False, soft_wrap=True)
        failed += not passed
    if failed:
        raise StepFailed(f"有 {failed} 项没有通过")


def _connected() -> tuple[bool, str]:
    """AppID, AppSecret, the white list and the way there, all at once."""
    try:
        _ask(lambda account: account.menu(), anew=True)
    except (StepFailed, Unprepared) as error:
        return False, str(error)
    return True, "AppID、AppSecret 和 IP 白名单都对，微信接受了调用"


def _menu_same(settings: Settings) -> tuple[bool, str]:
    try:
        shown = menus.lines(_ask(lambda account: account.menu()))
    except (StepFailed, Unprepared):
        return False, "菜单没能取到"
    same = shown == menus.lines(menus.payload(_wanted(settings))["button"])
    return same, "菜单与 support.toml 一致" if same else "菜单与 support.toml 不一样，运行 gongda wechat menu push"


def _answered(settings: Settings, rules: WeChatRules) -> tuple[tuple[bool, str], ...]:
    """Each question of the operator's list has an answer of its own."""
    if not rules.faq:
        return ()
    from gongda.retrieving import live
    from retrieval.asking.explain import explained
    from retrieval.errors import RetrievalError

    try:
        retriever = live(settings).retriever
        found = {question: str(explained(retriever, question, top=1)["decision"]) for question in rules.faq}
    except RetrievalError as error:
        return ((False, f"常见问题没能检查，知识库索引不可用：{error}"),)
    return tuple(
        (
            kind in ("answer", "runbook"),
            f"常见问题“{question}”" + ("答得上" if kind in ("answer", "runbook") else "答不上"),
        )
        for question, kind in found.items()
    )


def _transferable(settings: Settings, rules: WeChatRules) -> tuple[tuple[bool, str], ...]:
    """With `transfer`, agents' accounts are those of WeChat's own desk."""
    if rules.transfer != "agent":
        return ()
    from desk import agents
    from desk.database import Database

    with Database(settings.database).open().read() as session:
        named = {one.name: one.wechat_kf for one in agents.listing(session) if one.wechat_kf}
    if not named:
        return ((False, "transfer 设成了 agent，但“人员”页里没有人填微信客服账号，不会转接"),)
    try:
        known = _ask(lambda account: account.desk_accounts())
    except (StepFailed, Unprepared) as error:
        return ((False, str(error)),)
    return tuple(
        (account in known, f"{name} 的微信客服账号 {account}" + ("" if account in known else " 在公众号里不存在"))
        for name, account in named.items()
    )


def _ask(calling: Callable[[Account], Awaitable[T]], *, anew: bool = False) -> T:
    """Raises Unprepared without an account, StepFailed with WeChat's code and the remedy.

    `anew`: not with the access token that the running service holds, which outlives a change of the AppSecret. Asking
    for it again gives the same one and takes it from nobody.
    """
    wechat = wechat_settings(load_settings())
    if wechat is not None and anew:
        wechat = replace(wechat, token_file=None)
    if wechat is None or not wechat.app_id or not wechat.app_secret:
        needed = "GONGDA_WECHAT_TOKEN、GONGDA_WECHAT_APP_ID、GONGDA_WECHAT_APP_SECRET"
        raise Unprepared(f"还没有设置公众号：需要 {needed}，见 docs/wechat.md")

    async def asked() -> T:
        async with api.connect(wechat) as http:
            return await calling(Account(WeChatClient(wechat, http, system_clock)))

    try:
        return asyncio.run(asked())
    except ApiError as error:
        raise StepFailed(explained_error(error, wechat.api_base)) from error


def explained_error(error: ApiError, base: str) -> str:
    """WeChat's code in its own words, and what to do about it."""
    if error.errcode is None:
        hint = _UNREACHABLE.format(base=base) if isinstance(error, WeChatUnavailable) else ""
        return f"微信没有应答。{hint}（{error}）" if hint else str(error)
    remedy = _MINE.get(error.errcode) or ADVICE.get(error.errcode, "含义见微信文档“全局返回码”")
    return f"微信没有接受，返回码 {error.errcode}：{remedy}（{error}）"


def _wanted(settings: Settings) -> Menu:
    menu = _rules(settings).menu
    return menus.shipped(wording(settings)) if menu is None else menu


def _rules(settings: Settings) -> WeChatRules:
    return load_policy(settings.root / settings.support).service.wechat
