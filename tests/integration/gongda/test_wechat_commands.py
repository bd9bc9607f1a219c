"""`gongda wechat …` against a server that answers as WeChat's does."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from typer.testing import CliRunner

from desk.clock import system_clock
from gateway.channels.wechat.errors import from_code
from gateway.channels.wechat.fake import FakeWeChat
from gongda.cli import app
from gongda.commands.wechat_account import explained_error
from gongda.errors import StepFailed, Unprepared, WrongUse

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[FakeWeChat, str]]:
    fake = FakeWeChat(system_clock, app_id="wx1", app_secret="s3")
    listening = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(uvicorn.Config(fake.app, log_level="error"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield fake, f"http://127.0.0.1:{listening.getsockname()[1]}"
    running.should_exit = True
    thread.join()


@pytest.fixture
def account(server: tuple[FakeWeChat, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeWeChat:
    fake, address = server
    fake.menu.delete()
    (tmp_path / "support.toml").write_text('[wechat.scenes]\n"site-3" = { site = "三号工地" }\n', encoding="utf-8")
    for name, value in {
        "WECHAT_TOKEN": "gongda2026",
        "WECHAT_APP_ID": "wx1",
        "WECHAT_APP_SECRET": "s3",
        "WECHAT_API_BASE": address,
        "DATA": str(tmp_path),
        "SUPPORT": str(tmp_path / "support.toml"),
    }.items():
        monkeypatch.setenv(f"GONGDA_{name}", value)
    return fake


def run(*words: str) -> str:
    """What is printed. Raises what the command raises."""
    result = RUNNER.invoke(app, ["wechat", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_the_shipped_menu_is_pushed_shown_and_deleted(account: FakeWeChat) -> None:
    assert "现在没有菜单" in run("menu", "show")
    assert "✓ 已推送" in run("menu", "push")
    assert [button["name"] for button in account.menu.buttons] == ["常见问题", "查工单", "转人工"]
    assert run("menu", "show") == "常见问题 → 常见问题\n查工单 → 查工单\n转人工 → 转人工\n"
    assert "菜单已删除" in run("menu", "delete")
    assert account.menu.buttons == ()


def test_a_code_is_drawn_once_and_says_whether_its_scene_is_known(account: FakeWeChat, tmp_path: Path) -> None:
    out = tmp_path / "code.png"
    assert "没有写进" not in run("qrcode", "site-3", "--out", str(out))
    assert out.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(WrongUse, match="已经有"):
        run("qrcode", "site-3", "--out", str(out))
    assert "没有写进 [wechat.scenes]" in run("qrcode", "展会", "--out", str(tmp_path / "other.png"))
    assert [scene.value for scene in account.scenes.all()][-2:] == ["site-3", "展会"]


def test_check_tells_what_is_right_and_what_is_not(account: FakeWeChat) -> None:
    with pytest.raises(StepFailed, match="有 1 项没有通过"):
        run("check")
    run("menu", "push")
    assert run("check").count("✓") == 2


def test_check_believes_no_token_that_was_had_with_another_secret(
    account: FakeWeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("menu", "push")
    monkeypatch.setenv("GONGDA_WECHAT_APP_SECRET", "wrong")
    result = RUNNER.invoke(app, ["wechat", "check"])
    assert "✗ 微信没有接受，返回码 40125" in result.output


def test_a_wrong_secret_is_told_with_the_code_and_the_remedy(
    account: FakeWeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGDA_WECHAT_APP_SECRET", "wrong")
    with pytest.raises(StepFailed, match=r"返回码 40125：.*GONGDA_WECHAT_APP_SECRET"):
        run("menu", "show")


def test_a_server_that_is_not_there_is_told_with_what_to_look_at(
    account: FakeWeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGDA_WECHAT_API_BASE", "http://127.0.0.1:1")
    with pytest.raises(StepFailed, match="连不上微信的服务器"):
        run("menu", "push")


def test_without_an_account_the_variables_are_named(account: FakeWeChat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GONGDA_WECHAT_APP_ID")
    monkeypatch.delenv("GONGDA_WECHAT_TOKEN")
    with pytest.raises(Unprepared, match="GONGDA_WECHAT_APP_ID"):
        run("menu", "show")


@pytest.mark.parametrize(
    ("code", "told"),
    [(40018, "最多 4 个汉字"), (48001, "接口权限"), (40164, "白名单"), (99999, "全局返回码")],
)
def test_every_code_comes_with_a_remedy(code: int, told: str) -> None:
    assert told in explained_error(from_code(code, "x"), "https://api.example")


def test_the_help_names_the_section_in_which_menu_and_scenes_are_written() -> None:
    assert "wechat 部分的 menu" in run("menu", "push", "--help")
    assert "wechat.scenes" in run("qrcode", "--help")
