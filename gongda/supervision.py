"""The four processes under `supervisor`: one that crashes starts again, the others stay up."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from gongda.errors import StepFailed
from gongda.secrets import Secrets
from gongda.settings import Settings
from gongda.training import engine_env, engine_python, model_path
from zhtext import tables

_STOP_SECONDS = 30  # running turns end, SQLite checkpoints; some 5 s on a quiet machine
# One question is too small to share among threads: those that wait for work spin, and cost as much again.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_STREAMS_SECONDS = 2  # then open event streams are cut: they never end by themselves, and widgets come back


@dataclass(frozen=True)
class Program:
    """One supervised process."""

    name: str
    command: str
    environment: dict[str, str]


def programs(settings: Settings, secrets: Secrets) -> tuple[Program, ...]:
    """Gateway, actions, engine and worker, in the order in which they become useful."""
    python = sys.executable
    uvicorn = (
        f"{python} -m uvicorn --factory --no-access-log --log-level warning "
        f"--timeout-graceful-shutdown {_STREAMS_SECONDS}"
    )
    engine = (
        f"{engine_python(settings)} -m bot.serve run --model {model_path(settings)} --endpoints bot/endpoints.yml "
        f"--credentials bot/credentials.yml --interface 127.0.0.1 --port {settings.engine_port}"
    )
    engine_extra = {
        name: value
        for name, value in engine_env(settings).items()
        if name.startswith(("RASA_", "TF_", "CUDA_", "PYTHONW"))
    }
    product = {tables.PRODUCT: str(settings.own)}
    return (
        Program("gateway", f"{uvicorn} gongda.assembly:gateway --host {settings.host} --port {settings.port}", product),
        Program(
            "actions",
            f"{uvicorn} gongda.assembly:actions --host 127.0.0.1 --port {settings.actions_port}",
            {**product, **_ONE_THREAD},
        ),
        Program(
            "engine",
            engine,
            {
                **engine_extra,
                **product,
                "GONGDA_INDEX": str(settings.index),
                "GONGDA_ACTIONS_WEBHOOK": f"{settings.actions_url}/webhook",
                "GONGDA_ACTIONS_TOKEN": secrets.get("actions_token"),
            },
        ),
        Program("worker", f"{python} -m gongda worker", product),
    )


def write_config(settings: Settings, secrets: Secrets) -> Path:
    """`var/run/supervisord.conf`; it holds the actions token, so only its owner may read it."""
    folder = settings.var / "run"
    folder.mkdir(parents=True, exist_ok=True)
    settings.logs.mkdir(parents=True, exist_ok=True)
    path = folder / "supervisord.conf"
    path.touch(mode=0o600)
    sections = [_head(settings, folder), *(_section(program, settings) for program in programs(settings, secrets))]
    path.write_text("\n".join(sections), encoding="utf-8")
    return path


def start(config: Path) -> subprocess.Popen[bytes]:
    """The supervisor in the foreground, as our child; it ends its children when it ends."""
    supervisord = Path(sys.executable).with_name("supervisord")
    if not supervisord.exists() and shutil.which("supervisord") is None:
        raise StepFailed("没有找到 supervisord，请重新运行 make setup")
    return subprocess.Popen([str(supervisord), "--nodaemon", "--silent", "--configuration", str(config)])


def _head(settings: Settings, folder: Path) -> str:
    return textwrap.dedent(f"""\
        [supervisord]
        nodaemon=true
        directory={settings.root}
        logfile={settings.logs}/supervisord.log
        pidfile={folder}/supervisord.pid
        childlogdir={settings.logs}
        user={_user()}

        [unix_http_server]
        file={folder}/supervisor.sock
        chmod=0600

        [rpcinterface:supervisor]
        supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

        [supervisorctl]
        serverurl=unix://{folder}/supervisor.sock
        """)


def _section(program: Program, settings: Settings) -> str:
    environment = ",".join(f'{key}="{value.replace("%", "%%")}"' for key, value in program.environment.items())
    return textwrap.dedent(f"""\
        [program:{program.name}]
        command={program.command.replace("%", "%%")}
        environment={environment}
        autorestart=true
        startretries=1000000
        startsecs=2
        stopwaitsecs={_STOP_SECONDS}
        stopasgroup=true
        killasgroup=true
        redirect_stderr=true
        stdout_logfile={settings.logs}/{program.name}.log
        stdout_logfile_maxbytes=20MB
        stdout_logfile_backups=5
        """)


def _user() -> str:
    import getpass

    return getpass.getuser()
