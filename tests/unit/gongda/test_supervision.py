import configparser
import stat
from pathlib import Path

import pytest

from gongda import supervision, training
from gongda.secrets import Secrets
from gongda.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


def config_of(settings: Settings) -> configparser.ConfigParser:
    path = supervision.write_config(settings, Secrets(settings.var / "secrets"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(path, encoding="utf-8")
    return parser


needs_engine = pytest.mark.skipif(
    not (Settings().root / ".venv-engine").exists(), reason="the engine's environment is not set up"
)


@needs_engine
def test_four_programs_restart_by_themselves(settings: Settings) -> None:
    parser = config_of(settings)

    names = [section.removeprefix("program:") for section in parser.sections() if section.startswith("program:")]
    assert names == ["gateway", "actions", "engine", "worker"]
    assert all(parser[f"program:{name}"]["autorestart"] == "true" for name in names)


@needs_engine
def test_only_the_gateway_may_leave_loopback(settings: Settings) -> None:
    parser = config_of(settings.model_copy(update={"host": "0.0.0.0"}))

    assert "--host 0.0.0.0" in parser["program:gateway"]["command"]
    assert "--host 127.0.0.1" in parser["program:actions"]["command"]
    assert "--interface 127.0.0.1" in parser["program:engine"]["command"]


@needs_engine
def test_the_engines_api_is_never_enabled(settings: Settings) -> None:
    assert "--enable-api" not in config_of(settings)["program:engine"]["command"]


def test_the_model_is_named_after_its_sources(settings: Settings) -> None:
    assert training.model_path(settings) == training.model_path(settings)
    assert training.model_path(settings).parent == settings.models


@needs_engine
def test_training_never_takes_weights_from_rasas_cache(settings: Settings) -> None:
    assert "--force" in training._command(settings, training.model_path(settings))
