"""init: the installation becomes the vendor's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gongda.commands.sentences import Mistakes, sentences
from gongda.errors import WrongUse
from gongda.settings import Settings, load_settings

if TYPE_CHECKING:
    from gongda.product.planning import Plan

_SHOWN = 12  # names in one line


def init(
    sheet: Annotated[Path | None, typer.Argument(help="填好的资料表（.xlsx）", show_default=False)] = None,
    template: Annotated[Path | None, typer.Option("--template", help="生成一份空白资料表，填好再用")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="不再询问")] = False,
    rehearse: Annotated[bool, typer.Option("--dry-run", help="只看会改什么，不改")] = False,
) -> None:
    """换成自己的产品：产品、模块、版本、术语、联系方式和知识都取自一份资料表，样例知识全部退出；对话本身不变。"""
    if (sheet is None) == (template is None):
        raise WrongUse(
            "请给一份资料表（gongda init 资料表.xlsx），或者先生成空白的（gongda init --template 资料表.xlsx）"
        )
    if template is not None:
        _write_template(template)
    elif sheet is not None:
        with sentences():
            _make_own(load_settings(), sheet, Console(highlight=False), yes=yes, rehearse=rehearse)


def _write_template(path: Path) -> None:
    from gongda.product.template import write

    if path.suffix.lower() != ".xlsx":
        raise WrongUse(f"{path} 应以 .xlsx 结尾")
    if path.exists():
        raise WrongUse(f"{path} 已经存在，请换个文件名，免得盖掉填过的内容")
    if not path.resolve().parent.is_dir():
        raise WrongUse(f"没有文件夹 {path.resolve().parent}，请先建好")
    write(path)
    typer.echo(f"空白资料表已写到 {path}，填好后运行 gongda init {path}")


def _make_own(settings: Settings, sheet: Path, console: Console, *, yes: bool, rehearse: bool) -> None:
    from desk.clock import system_clock
    from gongda.product.applying import apply
    from gongda.product.planning import plan
    from gongda.product.reading import read

    draft = read(sheet, system_clock())
    if draft.mistakes:
        told = "\n  ".join(mistake.sentence(draft.file) for mistake in draft.mistakes)
        raise Mistakes(f"资料表有 {len(draft.mistakes)} 处要改，什么都没有变动：\n  {told}")
    planned = plan(settings, draft)
    _show(planned, settings, console)
    if planned.empty:
        console.print("没有变化。")
    elif rehearse:
        console.print("这是预演，什么都没有变动。")
    elif yes or typer.confirm("照此执行吗"):
        applied = apply(settings, planned, system_clock)
        if applied.retired:
            console.print(f"数据库里 {len(applied.retired)} 条旧条目已停用")
        console.print(f"[green]✓[/] 已换成 {escape(planned.product.name)}，资料在 {settings.own}", soft_wrap=True)
        console.print(
            "下一步：运行 gongda up（正在运行的先停掉再启动），会重建索引并重新训练对话模型，约一分钟", soft_wrap=True
        )
    else:
        console.print("已取消，什么都没有变动。")


def _show(planned: Plan, settings: Settings, console: Console) -> None:
    product, differing = planned.product, planned.differing
    contacts = _some([f"{contact.kind} {contact.value}" for contact in product.contacts])
    counts = f"新增 {len(differing.new)}，改动 {len(differing.changed)}，去掉 {len(differing.gone)}"
    lines = [
        ("产品", "、".join(product.names)),
        ("公司", product.company),
        ("模块", _some([module.name for module in product.modules])),
        ("版本", _some([release.version for release in product.releases])),
        ("术语", _some([term.term for term in product.terms])),
        ("联系方式", contacts or "没有：回答里不会出现任何联系方式"),
        ("知识", f"{len(planned.entries)} 条：{counts}"),
        ("样例", f"{len(planned.sample)} 条样例知识和固定问题全部退出" if planned.another else ""),
        ("改写", f"{settings.own} 里 {len(planned.files)} 个文件" if planned.files else ""),
        ("", f"{settings.support} 的联系方式和工作时间" if planned.policy is not None else ""),
    ]  # fmt: skip
    for name, text in lines:
        if text:
            console.print(f"{name:　<4}  {escape(text)}", soft_wrap=True)
    for note in planned.notes:
        console.print(f"[yellow]![/] {escape(note)}", soft_wrap=True)


def _some(names: list[str]) -> str:
    return "、".join(names[:_SHOWN]) + (f" 等 {len(names)} 个" if len(names) > _SHOWN else "")
