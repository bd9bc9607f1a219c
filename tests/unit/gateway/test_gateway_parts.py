"""The small parts: sessions, limits, the bell."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.web.sessions import WebSessions
from gateway.errors import NotSignedIn, TooMany
from gateway.hub import Hub
from gateway.limits import Limits


def test_a_token_leads_to_the_same_person_and_to_nobody_else() -> None:
    sessions = WebSessions("secret")
    one, other = sessions.new(), sessions.new()

    assert sessions.user(one) == sessions.user(one)
    assert sessions.user(one) != sessions.user(other)
    assert one.partition(".")[0] not in sessions.user(one)


@given(st.text(max_size=80))
def test_a_made_up_token_is_refused(token: str) -> None:
    with pytest.raises(NotSignedIn):
        WebSessions("secret").user(token)


def test_a_token_of_another_installation_and_a_changed_one_are_refused() -> None:
    sessions = WebSessions("secret")
    token = sessions.new()

    for bad in (WebSessions("other").new(), f"x{token}", token[:-2], None, ""):
        with pytest.raises(NotSignedIn):
            sessions.user(bad)


def test_whoever_asks_too_often_is_slowed_down_alone() -> None:
    limits = Limits()
    for _ in range(3):
        limits.spend("messages", "one", 3)

    with pytest.raises(TooMany):
        limits.spend("messages", "one", 3)
    limits.spend("messages", "other", 3)
    limits.spend("sessions", "one", 3)


async def test_the_bell_rings_for_those_who_listen_from_any_thread() -> None:
    hub = Hub()
    with hub.listening(1) as mine, hub.listening(1) as second_tab, hub.listening(2) as other:
        with ThreadPoolExecutor(1) as threads:
            threads.submit(hub.notify, 1).result()
        await asyncio.wait_for(asyncio.gather(mine.wait(), second_tab.wait()), 1)

        assert not other.is_set()


async def test_nobody_listens_after_leaving_and_ringing_harms_nobody() -> None:
    hub = Hub()
    hub.notify(1)
    with hub.listening(1) as bell:
        pass

    hub.notify(1)
    await asyncio.sleep(0)

    assert not bell.is_set()
