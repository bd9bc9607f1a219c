"""doctor: what is wrong, one line each."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console

from gongda.settings import load_settings


def doctor(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False) -> None:
    """检查环境、模型、索引、数据库与运行状态；有问题时退出码为 1。"""
    from gongda.doctor import examine

    checks = examine(load_settings())
    if as_json:
        rows = [{"name": check.name, "ok": check.ok, "message": check.message} for check in checks]
        typer.echo(json.dumps({"checks": rows}, ensure_ascii=False))
    else:
        console = Console(highlight=False)
        for check in checks:
            console.print(f"{'[green]✓[/]' if check.ok else '[red]✗[/]'} {check.message}")
    raise typer.Exit(0 if all(check.ok for check in checks) else 1)
