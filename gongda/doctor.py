"""One look at everything an installation needs."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx2

from desk.calendar import warnings
from desk.database import Database
from desk.errors import DeskError
from gongda import notifying
from gongda.clocks import clock_of
from gongda.errors import GongdaError
from gongda.policy import load_policy
from gongda.product.overlay import load
from gongda.running import NEEDED_MB
from gongda.settings import Settings
from gongda.training import engine_python, model_path
from retrieval.building import store
from retrieval.errors import BuildRefused


@dataclass(frozen=True)
class Check:
    """One finding; `message` is a sentence in Chinese."""

    name: str
    ok: bool
    message: str


def examine(settings: Settings) -> tuple[Check, ...]:
    """Every check, whatever the others found."""
    return tuple(check(settings) for check in _CHECKS) + tuple(_running(settings))


def _disk(settings: Settings) -> Check:
    settings.var.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.var).free // 2**20
    return Check("disk", free >= NEEDED_MB, f"磁盘可用 {free} MB（至少 {NEEDED_MB} MB）")


def _engine_environment(settings: Settings) -> Check:
    try:
        return Check("engine_environment", True, f"对话引擎环境 {engine_python(settings).parent.parent.name} 正常")
    except GongdaError as error:
        return Check("engine_environment", False, str(error))


def _model(settings: Settings) -> Check:
    path = model_path(settings)
    if path.exists():
        return Check("model", True, f"对话模型 {path.name} 与当前语料一致")
    return Check("model", False, "对话模型不存在或已过期，请运行 gongda train")


def _index(settings: Settings) -> Check:
    try:
        name = store.current(settings.index)
        store.load(settings.index / name)
    except BuildRefused as error:
        return Check("index", False, f"知识库索引不可用（{error}），请运行 gongda kb build")
    return Check("index", True, f"知识库索引 {name} 完整")


def _database(settings: Settings) -> Check:
    database = Database(settings.database)
    try:
        database.open().ping()
    except DeskError as error:
        return Check("database", False, f"数据库连不上：{error}")
    finally:
        database.close()
    return Check("database", True, f"数据库 {database.url} 正常")


def _policy(settings: Settings) -> Check:
    try:
        load_policy(settings.root / settings.support)
    except GongdaError as error:
        return Check("policy", False, str(error))
    return Check("policy", True, f"{settings.support} 有效")


def _calendar(settings: Settings) -> Check:
    """A year that nobody has announced yet is worth a word, but nothing is wrong."""
    try:
        hours = load_policy(settings.root / settings.support).hours
    except GongdaError:
        return Check("calendar", False, f"{settings.support} 有误，工作日历没有读到")
    said = {
        "provisional": "{} 年的节假日是按法律推算的，调休还没有公布，公布后请升级，或在控制台“日历”页改",
        "missing": "{} 年没有节假日数据，请升级，或在控制台“日历”页逐日设置",
    }
    found = [said[one.code].format(one.year) for one in warnings(clock_of(settings)(), hours)]
    return Check("calendar", True, "注意：" + "；".join(found) if found else "工作日历覆盖今后 60 天")


def _notifying(settings: Settings) -> Check:
    try:
        notifying.check(settings)
    except GongdaError as error:
        return Check("notify", False, str(error))
    reached = len(notifying.targets(settings))
    return Check(
        "notify", True, f"通知目标 {reached} 个，可用 gongda notify test 试发" if reached else "没有配置通知目标"
    )


def _product(settings: Settings) -> Check:
    try:
        product = load(settings)
    except GongdaError as error:
        return Check("product", False, str(error))
    whose = f"资料在 {settings.own}" if settings.has_own else "样例；换成自己的产品用 gongda init"
    return Check("product", True, f"产品 {product.name}（{whose}）")


def _secrets(settings: Settings) -> Check:
    folder = settings.var / "secrets"
    loose = [path.name for path in folder.glob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if loose:
        return Check("secrets", False, f"密钥文件 {'、'.join(loose)} 对他人可读，请 chmod 600")
    return Check("secrets", True, "密钥文件权限正常")


def _running(settings: Settings) -> Iterator[Check]:
    try:
        checks = dict(httpx2.get(f"{settings.gateway_url}/readyz", timeout=3.0).json()["checks"])
    except (httpx2.HTTPError, ValueError, KeyError):
        yield Check("gateway", False, f"网关没有在 {settings.gateway_url} 运行，请 make run")
        return
    yield Check("gateway", True, f"网关在 {settings.gateway_url} 运行")
    engine, actions = bool(checks.get("engine")), bool(checks.get("actions"))
    yield Check("engine", engine, "对话引擎就绪" if engine else "对话引擎没有就绪，问题由知识库直接回答")
    yield Check("actions", actions, "动作服务就绪" if actions else f"动作服务没有就绪：{checks.get('problem')}")


_CHECKS: tuple[Callable[[Settings], Check], ...] = (
    _disk, _engine_environment, _model, _index, _database, _policy, _calendar, _notifying, _product, _secrets,
)  # fmt: skip
