from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from desk.clock import FixedClock
from gateway.channels.wechat.calls.token import StableToken
from gateway.channels.wechat.calls.token_file import Kept, TokenFile
from gateway.channels.wechat.errors import NotSetUp
from gateway.channels.wechat.fake import FakeWeChat
from gateway.channels.wechat.settings import WeChatSettings
from tests.integration.gateway.wechat_world import NOW

SECRET = "s3cret-of-the-account"


class Account:
    """WeChat on one side, processes of ours that share a file on the other."""

    def __init__(self, folder: Path) -> None:
        self.clock = FixedClock(NOW)
        self.path = folder / "wechat_token.json"
        self.server = FakeWeChat(self.clock, app_id="wx1", app_secret=SECRET)

    def process(self, app_id: str = "wx1") -> StableToken:
        settings = WeChatSettings(token="gongda2026", app_id=app_id, app_secret=SECRET, token_file=self.path)
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(self.server.app), base_url="http://wechat")
        return StableToken(settings, http, self.clock)

    @property
    def fetched(self) -> int:
        return self.server.tokens_fetched


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return Account(tmp_path)


async def test_forty_processes_at_once_fetch_one_token(account: Account) -> None:
    account.server.latency = 0.05
    tokens = await asyncio.gather(*(account.process().get() for _ in range(40)))
    assert (len(set(tokens)), account.fetched) == (1, 1)


async def test_a_new_process_fetches_none(account: Account) -> None:
    first = await account.process().get()
    assert await account.process().get() == first
    assert account.fetched == 1


async def test_a_refused_token_is_renewed_once_for_all(account: Account) -> None:
    processes = [account.process() for _ in range(20)]
    [refused] = {await process.get() for process in processes}
    account.server.revoke()
    account.server.latency = 0.05
    renewed = await asyncio.gather(*(process.renew(refused) for process in processes))
    assert (len(set(renewed)), account.fetched) == (1, 2)
    assert refused not in renewed


async def test_at_the_end_of_its_life_it_is_renewed_once_for_all(account: Account) -> None:
    processes = [account.process() for _ in range(20)]
    for process in processes:
        await process.get()
    account.clock.advance(timedelta(seconds=7200 - 299))
    assert len({await process.get() for process in processes}) == 1
    assert account.fetched == 2


async def test_a_new_token_is_forced_at_most_every_thirty_seconds_whoever_asks(account: Account) -> None:
    token = await account.process().get()
    for process in (account.process(), account.process(), account.process()):
        token = await process.renew(token)  # each says that it is refused
    assert account.fetched == 5  # one to begin with, a look and a forced one, and then only looks


async def test_the_file_is_for_us_alone(account: Account) -> None:
    account.path.write_text("{}")
    account.path.chmod(0o644)
    await account.process().get()
    assert stat.S_IMODE(account.path.stat().st_mode) == 0o600
    assert {path.name for path in account.path.parent.iterdir()} == {"wechat_token.json", "wechat_token.json.lock"}


async def test_the_file_holds_no_secret_and_no_log_line_holds_the_token(
    account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="gateway"):
        token = await account.process().get()
        account.path.write_bytes(b"\xff broken " + token.encode())
        await account.process().get()
    assert SECRET not in account.path.read_text()
    assert token not in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[]",
        b"null",
        b'{"app_id": "wx1"}',
        b'{"app_id": "wx1", "token": 5, "until": 1795337999}',
        b'{"app_id": "wx1", "token": "", "until": 1795337999}',
        b'{"app_id": "wx1", "token": "t", "until": "soon"}',
        b'{"app_id": "wx1", "token": "t", "until": 1e999}',
        b'{"app_id": "wx1", "token": "t", "until": true}',
        b'{"app_id": "another", "token": "t", "until": 1795341600}',
    ],
)
async def test_a_file_that_makes_no_sense_is_written_anew(account: Account, content: bytes) -> None:
    account.path.write_bytes(content)
    assert await account.process().get() == "token-1"
    assert json.loads(account.path.read_text())["token"] == "token-1"


async def test_a_token_that_ends_impossibly_late_is_not_believed(account: Account) -> None:
    await account.process().get()
    account.clock.advance(-timedelta(days=1))  # the clock was wrong when it was written
    await account.process().get()
    assert account.fetched == 2


async def test_a_clock_that_jumps_forward_costs_one_call(account: Account) -> None:
    process = account.process()
    await process.get()
    account.clock.advance(timedelta(days=365))
    assert await process.get() == await account.process().get()
    assert account.fetched == 2


async def test_another_account_s_token_is_left_alone(account: Account) -> None:
    token = TokenFile(account.path, "wx2")
    token.write(Kept("theirs", NOW + timedelta(hours=1)))
    assert await account.process().get() == "token-1"


async def test_where_the_file_cannot_be_written_every_process_fetches_its_own(
    account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    account.path.mkdir()
    assert await account.process().get() == "token-1"
    assert await account.process().get() == "token-1"
    assert account.fetched == 2
    assert "各进程各自获取" in caplog.text
    assert {path.name for path in account.path.parent.iterdir()} == {account.path.name, f"{account.path.name}.lock"}


async def test_without_a_place_for_the_file_it_works_all_the_same(account: Account) -> None:
    account.path = account.path.parent / "a file" / "wechat_token.json"
    account.path.parent.write_text("not a folder")
    assert await account.process().get() == "token-1"


async def test_a_cancelled_wait_leaves_no_lock_behind(account: Account) -> None:
    account.server.latency = 0.2
    first = asyncio.create_task(account.process().get())
    await asyncio.sleep(0.05)
    second = asyncio.create_task(account.process().get())
    await asyncio.sleep(0.05)
    second.cancel()
    first.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    account.server.latency = 0.0
    assert await asyncio.wait_for(account.process().get(), 10.0) == "token-1"


async def test_a_wrong_secret_is_said_with_the_remedy(account: Account) -> None:
    account.server.app_secret = "another"
    with pytest.raises(NotSetUp, match="GONGDA_WECHAT_APP_SECRET"):
        await account.process().get()


def test_twelve_real_processes_fetch_one_token_between_them(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    start = context.Event()
    workers = [context.Process(target=_fetch_once, args=(tmp_path, number, start)) for number in range(12)]
    for worker in workers:
        worker.start()
    start.set()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * 12
    assert len({path.read_text() for path in tmp_path.glob("got-*")}) == 1
    assert len((tmp_path / "asked").read_text()) == 1


def _fetch_once(folder: Path, number: int, start: multiprocessing.synchronize.Event) -> None:
    """In a process of its own: WeChat is a function that notes each call in a file."""

    async def answer(request: httpx2.Request) -> httpx2.Response:
        with (folder / "asked").open("a") as asked:
            asked.write("x")
        await asyncio.sleep(0.1)
        return httpx2.Response(200, json={"access_token": f"token of {os.getpid()}", "expires_in": 7200})

    async def get() -> str:
        settings = WeChatSettings(
            token="gongda2026", app_id="wx1", app_secret=SECRET, token_file=folder / "wechat_token.json"
        )
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(answer), base_url="http://x")
        return await StableToken(settings, http, FixedClock(NOW)).get()

    start.wait(30)
    _run(get, folder / f"got-{number}")


def _run(get: Callable[[], object], into: Path) -> None:
    into.write_text(str(asyncio.run(get())))  # type: ignore[arg-type]
