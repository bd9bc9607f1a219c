"""What a scratch stack is made from: a trained model, an index build, an empty database.

Model and index are kept under `<data>/replay` for the next time; the running system's own are only read.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from desk.database import Database
from gongda.indexing import build_index
from gongda.knowledge.corpus import corpus
from gongda.logs import JsonFormatter
from gongda.settings import Settings, elsewhere
from gongda.training import model_path, train_engine

Say = Callable[[str], object]
# All of the operator's own account: the stage has one of its own.
_NO_ACCOUNT: dict[str, object] = {
    name: field.get_default() for name, field in Settings.model_fields.items() if name.startswith("wechat_")
}


def scratch_settings(settings: Settings, folder: Path, engine_port: int, actions_port: int) -> Settings:
    """The same product elsewhere: own data, own ports, nothing that reaches the outside."""
    return elsewhere(
        settings,
        folder,
        host="127.0.0.1",
        port=0,
        engine_port=engine_port,
        actions_port=actions_port,
        database_url=None,
        **_NO_ACCOUNT,
    )


def kept(settings: Settings) -> Path:
    """Where model, index and the last run's logs stay."""
    return settings.var / "replay"


def prepare(settings: Settings, scratch: Settings, say: Say) -> None:
    """Fill the scratch stack's data directory. Raises StepFailed, Unprepared, IngestError, RetrievalError."""
    with _alone(kept(settings)):
        cache = elsewhere(settings, kept(settings))
        say("检查知识库索引……")
        build_index(cache, corpus(settings))
        shutil.copytree(cache.index, scratch.index)
        say("检查对话模型（首次训练约半分钟）……")
        model = model_path(settings)
        trained = model if model.exists() else train_engine(cache).path
        scratch.models.mkdir(parents=True)
        _link(trained, scratch.models / trained.name)
    say("准备数据库……")
    database = Database(scratch.database).open()
    database.migrate()
    database.close()


def keep_logs(settings: Settings, scratch: Settings) -> None:
    """The processes' logs of this run, for whoever wants to know why."""
    folder = kept(settings) / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    for log in scratch.logs.glob("*.log"):
        shutil.copyfile(log, folder / log.name)


def log_to_file(settings: Settings) -> None:
    """What this process has to say, beside the logs of the others; a terminal is for the report."""
    folder = kept(settings) / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(folder / "replay.log", "w", encoding="utf-8")
    handler.setFormatter(JsonFormatter("replay"))
    handler.setLevel(logging.WARNING)
    logging.basicConfig(handlers=[handler], force=True)


def _link(model: Path, to: Path) -> None:
    """The running system may forget its old models meanwhile; ours stays."""
    try:
        os.link(model, to)
    except OSError:  # another file system
        shutil.copyfile(model, to)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two replays at once do not build the same index twice."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
