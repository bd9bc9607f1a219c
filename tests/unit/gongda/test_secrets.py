import stat
from pathlib import Path

import pytest

from gongda.secrets import Secrets


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "secrets")

    first = secrets.get("api_key")

    assert secrets.get("api_key") == first
    assert len(first) >= 32
    assert stat.S_IMODE(secrets.path("api_key").stat().st_mode) == 0o600


def test_two_secrets_differ(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)

    assert secrets.get("api_key") != secrets.get("session_secret")


def test_the_environment_wins_and_writes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGDA_API_KEY", "from-the-vault")
    secrets = Secrets(tmp_path)

    assert secrets.get("api_key") == "from-the-vault"
    assert not secrets.path("api_key").exists()
