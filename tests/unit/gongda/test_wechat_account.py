from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from email.utils import format_datetime

import pytest

from desk.clock import FixedClock
from gateway.channels.wechat.settings import WeChatSettings
from gongda.doctor import examine
from gongda.errors import BadSetting
from gongda.settings import Settings, load_settings
from gongda.wechat import described, seconds_off, wechat_settings

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=timezone.utc)
KEY, OLD_KEY = "A" * 43, "B" * 43


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"GONGDA_{name.upper()}", raising=False)
    return monkeypatch


def account(environment: pytest.MonkeyPatch, **values: str) -> WeChatSettings | None:
    for name, value in values.items():
        environment.setenv(f"GONGDA_WECHAT_{name.upper()}", value)
    return wechat_settings(load_settings())


def test_without_a_token_there_is_no_account(environment: pytest.MonkeyPatch) -> None:
    assert account(environment) is None
    assert account(environment, token=" ", aes_key="") is None


@pytest.mark.parametrize("name", ["aes_key", "mode"])
def test_encryption_without_a_token_is_a_mistake(environment: pytest.MonkeyPatch, name: str) -> None:
    with pytest.raises(BadSetting, match="GONGDA_WECHAT_TOKEN"):
        account(environment, **{name: "secure"})


@pytest.mark.parametrize(
    ("values", "mode"),
    [
        ({}, "plain"),
        ({"aes_key": KEY}, "secure"),
        ({"aes_key": KEY, "mode": "compatible"}, "compatible"),
        ({"aes_key": KEY, "mode": " Plain "}, "plain"),
    ],
)
def test_the_mode_is_the_strictest_that_the_keys_allow_unless_it_is_said(
    environment: pytest.MonkeyPatch, values: dict[str, str], mode: str
) -> None:
    made = account(environment, token="gongda2026", app_id="wx1", **values)
    assert made is not None
    assert made.mode == mode


def test_keys_and_tokens_may_be_rotated(environment: pytest.MonkeyPatch) -> None:
    made = account(
        environment, token="new", token_previous="old", app_id="wx1", aes_key=f" {KEY}\n", aes_key_previous=OLD_KEY
    )
    assert made is not None
    assert (made.tokens, made.aes_key, made.previous_aes_key) == (("new", "old"), KEY, OLD_KEY)
    assert described(made) == "安全模式（旧的 Token 或密钥还在用，换完请删掉）"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"aes_key": "A" * 42}, "现在是 42 位"),
        ({"aes_key": KEY, "aes_key_previous": f"{KEY}="}, "现在是 44 位"),
        ({"mode": "secure"}, "GONGDA_WECHAT_AES_KEY"),
        ({"aes_key": KEY, "app_id": ""}, "GONGDA_WECHAT_APP_ID"),
        ({"mode": "安全"}, "plain（明文模式）、compatible（兼容模式）、secure（安全模式）"),
        ({"token": "x"}, "3 到 32"),
        ({"api_base": "api.weixin.qq.com"}, "https://"),
        ({"customer_service": "true"}, "GONGDA_WECHAT_APP_SECRET"),
        ({"customer_service": "maybe"}, "GONGDA_WECHAT_CUSTOMER_SERVICE（应为 true 或 false）"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(environment: pytest.MonkeyPatch, values: dict[str, str], said: str) -> None:
    with pytest.raises(BadSetting) as refused:
        account(environment, **{"token": "gongda2026", "app_id": "wx1", **values})
    assert said in str(refused.value)
    assert "AAAA" not in str(refused.value)


@contextmanager
def telling_the_time(moment: datetime) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response_only(404)
            self.send_header("Date", format_datetime(moment, usegmt=True))
            self.end_headers()

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_clock_is_compared_with_the_one_of_wechat() -> None:
    with telling_the_time(NOW) as url:
        assert seconds_off(url, FixedClock(NOW)) == 0
        assert seconds_off(url, FixedClock(NOW.replace(hour=10))) == 3600
    assert seconds_off(url, FixedClock(NOW)) is None
    assert seconds_off("no address", FixedClock(NOW)) is None


def test_the_doctor_says_mode_and_clock(
    environment: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    environment.setenv("GONGDA_DATA", str(tmp_path_factory.mktemp("data")))
    environment.setenv("GONGDA_PORT", "9")

    def line(**values: str) -> tuple[bool, str]:
        for name, value in values.items():
            environment.setenv(f"GONGDA_WECHAT_{name.upper()}", value)
        found = {check.name: check for check in examine(load_settings())}["wechat"]
        return found.ok, found.message

    assert line() == (True, "没有配置微信公众号")
    with telling_the_time(datetime.now(timezone.utc)) as url:
        ok, message = line(token="gongda2026", app_id="wx1", aes_key=KEY, api_base=url)
        assert ok
        assert message.startswith("微信公众号为安全模式；时钟与微信相差 ")
    with telling_the_time(NOW.replace(year=2020)) as url:
        ok, message = line(api_base=url)
        assert not ok
        assert "校准" in message
    assert line(api_base="http://127.0.0.1:9") == (True, "微信公众号为安全模式；时钟无法与微信核对（没有连上）")
    assert line(aes_key="A")[0] is False
