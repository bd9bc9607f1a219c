"""`gongda up`: prepare what is missing, start everything, say where it is."""

from __future__ import annotations

import shutil
import subprocess
import time
from contextlib import ExitStack

import httpx2
from rich.console import Console

from desk import agents, canned, publications
from desk.audit import SYSTEM
from desk.clock import system_clock
from desk.database import Database
from desk.errors import AlreadyExists
from gongda import notifying, supervision
from gongda.errors import NoSpace, StepFailed
from gongda.indexing import Indexed, build_index
from gongda.interruption import Interruption
from gongda.knowledge.checking import checker
from gongda.knowledge.corpus import seed
from gongda.policy import Policy, load_policy
from gongda.ports import require_free
from gongda.secrets import Secrets
from gongda.settings import Settings
from gongda.training import train_engine
from gongda.wechat import wechat_settings

NEEDED_MB = 300  # database, logs and index builds of a first run
READY_WITHIN = 180.0  # seconds; Rasa needs 15-45 s to load
ADMIN = "admin"


def run(settings: Settings, console: Console) -> int:
    """Blocks until everything is stopped (Ctrl+C); the exit status."""
    policy = _check(settings)
    secrets = Secrets(settings.var / "secrets")
    first = _prepare(settings, secrets, policy, console)
    began, interruption = time.monotonic(), Interruption()
    interruption.listen()
    with ExitStack() as stopping:
        try:
            with interruption.held():  # a supervisor that nobody has noted down would be left
                supervisor = supervision.start(supervision.write_config(settings, secrets))
                stopping.callback(_stop, supervisor)
            _wait(settings, console, began, supervisor, interruption)
            _announce(settings, secrets, console, first)
            return supervisor.wait()
        except KeyboardInterrupt:
            console.print("正在停止……")
            return 0


def _stop(supervisor: subprocess.Popen[bytes]) -> None:
    supervisor.terminate()
    supervisor.wait()


def _check(settings: Settings) -> Policy:
    """The policy. Raises GongdaError for what would make a process start, fail and start again for ever."""
    policy = load_policy(settings.root / settings.support)
    wechat_settings(settings)
    notifying.check(settings)
    settings.var.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.var).free // 2**20
    if free < NEEDED_MB:
        raise NoSpace(f"磁盘只剩 {free} MB，至少需要 {NEEDED_MB} MB；请清理 {settings.var} 所在的磁盘")
    require_free(settings.port, "GONGDA_PORT", settings.host)
    require_free(settings.engine_port, "GONGDA_ENGINE_PORT")
    require_free(settings.actions_port, "GONGDA_ACTIONS_PORT")
    return policy


def _prepare(settings: Settings, secrets: Secrets, policy: Policy, console: Console) -> bool:
    """Whether this is the first run: then there is an administrator with a generated password."""
    with console.status("准备数据库……"):
        database = Database(settings.database).open()
        database.migrate()
        first = _first_login(database, secrets)
        seed(settings, database, system_clock())
        with database.write() as session:
            canned.seed(session, now=system_clock())
    with console.status("检查知识库索引……"):
        indexed = _index(settings, policy, database)
        database.close()
    console.print(f"知识库索引 {indexed.build_id}" + (f"，新建，{indexed.entries} 条" if indexed.fresh else "，沿用"))
    if indexed.objections:
        why = "；".join(indexed.objections)
        console.print(f"[yellow]新索引没有通过检查（{why}），原来的继续服务；请用 gongda kb publish 查看[/]")
    with console.status("检查对话模型（首次训练约半分钟）……"):
        model = train_engine(settings)
    console.print(f"对话模型 {model.path.name}" + ("，新训练" if model.fresh else "，沿用"))
    return first


def _index(settings: Settings, policy: Policy, database: Database) -> Indexed:
    """What editors have approved waits for them to publish it; what came with the program does not."""
    indexed = build_index(settings, check=checker(policy))
    if indexed.fresh:
        with database.write() as session:
            publications.record(session, "publish", indexed.build_id, by=SYSTEM, state="published",
                                report=indexed.report, now=system_clock())  # fmt: skip
    return indexed


def _first_login(database: Database, secrets: Secrets) -> bool:
    """An administrator with a generated password, on the first run only."""
    with database.read() as session:
        if agents.listing(session, active=None):
            return False
    try:
        password = secrets.get("admin_password")
        agents.create(database, ADMIN, password, name="值班客服", role="admin", now=system_clock())
    except AlreadyExists:
        return False  # another `gongda up` on the same database was faster
    return True


def _wait(
    settings: Settings,
    console: Console,
    began: float,
    supervisor: subprocess.Popen[bytes],
    interruption: Interruption,
) -> None:
    """Say how far it is: direct answers come long before Rasa has loaded."""
    console.print("正在启动四个进程……")
    _until(settings, supervisor, "actions", interruption)
    console.print(f"  [green]✓[/] 已可直接回答（{time.monotonic() - began:.0f} 秒），对话引擎仍在加载")
    _until(settings, supervisor, "engine", interruption)
    console.print(f"  [green]✓[/] 全部就绪（{time.monotonic() - began:.0f} 秒）\n")


def _announce(settings: Settings, secrets: Secrets, console: Console, first: bool) -> None:
    url = settings.gateway_url
    # Kept words, whole addresses: what is copied from a terminal must not be wrapped.
    lines = [f"演示页    {url}/demo/", f"控制台    {url}/console"]
    if first:
        lines.append(f"首次登录  {ADMIN} / {secrets.get('admin_password')}  （登录后请修改）")
    else:
        lines.append(f"登录      {ADMIN}，首次密码在 {secrets.path('admin_password')}（改过的以改后为准）")
    lines += [f"接口文档  {url}/api/openapi.json，密钥在 {secrets.path('api_key')}", f"日志      {settings.logs}"]
    for line in lines:
        console.print(f"  {line}", soft_wrap=True)
    console.print("\n按 Ctrl+C 停止。")


def _until(settings: Settings, supervisor: subprocess.Popen[bytes], check: str, interruption: Interruption) -> None:
    """Wait for one line of `/readyz`. Raises StepFailed when it does not come."""
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        interruption.check()
        if supervisor.poll() is not None:
            raise StepFailed(f"进程管理器意外退出，详见 {settings.logs}/supervisord.log")
        if _checks(settings).get(check):
            return
        time.sleep(0.3)
    raise StepFailed(f"{check} 在 {READY_WITHIN:.0f} 秒内没有就绪，详见 {settings.logs}/{check}.log")


def _checks(settings: Settings) -> dict[str, object]:
    try:
        return dict(httpx2.get(f"{settings.gateway_url}/readyz", timeout=3.0).json()["checks"])
    except (httpx2.HTTPError, ValueError, KeyError):
        return {}
