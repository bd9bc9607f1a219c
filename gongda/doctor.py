"""One look at everything an installation needs."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx2

from desk import outbox, sending
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
from gongda.wechat import CLOCK_LIMIT, described, seconds_off, wechat_settings
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


def _wechat(settings: Settings) -> Check:
    """Key and mode as they are set, and a clock that WeChat's signatures can be compared with."""
    try:
        account = wechat_settings(settings)
    except GongdaError as error:
        return Check("wechat", False, str(error))
    if account is None:
        return Check("wechat", True, "没有配置微信公众号")
    off = seconds_off(account.api_base, clock_of(settings))
    if off is not None and abs(off) > CLOCK_LIMIT:
        told = f"服务器时钟与微信相差 {off:.0f} 秒，超过 {account.freshness} 秒时微信的消息全部被拒绝，请校准（NTP）"
        return Check("wechat", False, told)
    clock = "时钟无法与微信核对（没有连上）" if off is None else f"时钟与微信相差 {abs(off):.0f} 秒"
    return Check("wechat", True, f"微信公众号为{described(account)}；{clock}")


def _outbox(settings: Settings) -> Check:
    """What waits for customers is no fault; what waits for a person is."""
    database = Database(settings.database).open()
    try:
        if not database.exists or not database.has("outbox"):
            return Check("outbox", True, "发件箱还没有内容")
        with database.read() as session:
            found, stuck = outbox.counts(session), sending.waiting(session)
    except DeskError as error:
        return Check("outbox", False, f"发件箱读不到：{error}")
    finally:
        database.close()
    parked = found.parked - max(0, stuck - found.failed)  # for customers; the others wait for a person
    told = f"发件箱：待发 {found.pending + found.leased} 条，等客户下次发消息 {parked} 条，失败 {found.failed} 条"
    told += f"，可能重复发送 {found.ambiguous} 次" if found.ambiguous else ""
    return Check("outbox", not stuck, f"{told}；{stuck} 条要人处理，请看控制台的发件箱" if stuck else told)


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
    _disk, _engine_environment, _model, _index, _database, _policy, _calendar, _notifying, _wechat, _outbox, _product,
    _secrets,
)  # fmt: skip
