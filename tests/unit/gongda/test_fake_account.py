from __future__ import annotations

import socket
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from typer.testing import CliRunner

from gateway.channels.wechat.fakes.wire import Mode
from gongda import fake_account
from gongda.cli import app
from gongda.errors import PortTaken, WrongUse
from gongda.ports import listening
from gongda.settings import Settings, load_settings
from gongda.wechat import wechat_settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GONGDA_DATA", str(tmp_path))
    monkeypatch.setenv("GONGDA_PORT", "1")  # nobody answers there
    return load_settings()


def test_the_account_is_the_same_tomorrow(settings: Settings) -> None:
    assert fake_account.account(settings, 0, "secure").token == fake_account.account(settings, 0, "plain").token


@pytest.mark.parametrize("mode", ["plain", "compatible", "secure"])
def test_what_it_says_to_set_is_what_the_gateway_takes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, mode: Mode
) -> None:
    account = fake_account.account(settings, 0, mode)
    for name, value in account.environment.items():
        monkeypatch.setenv(name, value)
    made = wechat_settings(load_settings())
    assert made is not None
    assert (made.mode, made.token, made.aes_key, made.api_base) == (mode, account.token, account.aes_key, account.url)
    assert made.customer_service


def test_a_port_in_use_is_named(settings: Settings) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        with pytest.raises(PortTaken, match="--port"):
            fake_account.account(settings, held.getsockname()[1], "plain")


def test_a_gateway_that_is_not_there_is_not_connected(settings: Settings) -> None:
    assert not fake_account.reachable(settings)
    assert not fake_account.connected(fake_account.account(settings, 0, "plain"), settings)


def test_a_real_account_is_left_alone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGDA_WECHAT_TOKEN", "real2026")
    result = CliRunner().invoke(app, ["dev", "wechat", "--only"])
    assert isinstance(result.exception, WrongUse)
    assert "真的公众号" in str(result.exception)


def test_an_unknown_mode_is_refused(settings: Settings) -> None:
    result = CliRunner().invoke(app, ["dev", "wechat", "--only", "--mode", "aes"])
    assert isinstance(result.exception, WrongUse)
    assert "secure" in str(result.exception)


def test_without_a_gateway_it_says_which_lines_start_one(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake_account, "serve", lambda *_: None)
    result = CliRunner().invoke(app, ["dev", "wechat", "--only", "--port", "0"])
    assert result.exit_code == 0
    for name in ("TOKEN", "MODE", "AES_KEY", "APP_ID", "APP_SECRET", "API_BASE=http://127.0.0.1:", "CUSTOMER_SERVICE"):
        assert f"export GONGDA_WECHAT_{name}" in result.output
    assert "make run" in result.output


def test_a_fake_that_runs_answers_the_phone_and_the_interface(settings: Settings) -> None:
    account = fake_account.account(settings, 0, "secure")
    threading.Thread(target=fake_account.serve, args=(account, settings, None), daemon=True).start()
    deadline = time.monotonic() + 20
    while not listening(account.port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert listening(account.port)
    assert "手机" in httpx2.get(f"{account.url}/").text
    body = {"grant_type": "client_credential", "appid": fake_account.APP_ID, "secret": account.app_secret}
    assert httpx2.post(f"{account.url}/cgi-bin/stable_token", json=body).json()["access_token"]


def test_it_signs_with_the_time_of_the_development_clock_as_the_gateway_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed: list[int] = []

    class Gateway(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            signed.append(int(parse_qs(urlsplit(self.path).query)["timestamp"][0]))
            self.send_error(403)

    clock = tmp_path / "clock"
    clock.write_text("2027-01-04T10:00:00+08:00", encoding="utf-8")
    with HTTPServer(("127.0.0.1", 0), Gateway) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("GONGDA_DATA", str(tmp_path))
        monkeypatch.setenv("GONGDA_PORT", str(server.server_port))
        monkeypatch.setenv("GONGDA_DEV_CLOCK", str(clock))
        settings = load_settings()
        fake_account.connected(fake_account.account(settings, 0, "plain"), settings)
        server.shutdown()

    assert abs(signed[0] - datetime(2027, 1, 4, 2, tzinfo=UTC).timestamp()) < 60
