from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from gateway.console.fakes import FakeSettings
from gateway.console.session import local_path
from tests.integration.gateway.console.world import PASSWORD, Staff, World


def log_in(browser: TestClient, password: str = PASSWORD, login: str = "zhang", **fields: str):
    return browser.post("/console/login", data={"login": login, "password": password, **fields})


def test_the_right_password_opens_the_queue(world: World) -> None:
    browser = world.browser()
    answer = log_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")
    assert "张敏" in browser.get("/console").text


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(world: World) -> None:
    cookie = log_in(world.browser()).headers["set-cookie"].lower()
    assert all(mark in cookie for mark in ("httponly", "samesite=strict", "path=/console", "max-age=43200"))
    assert "secure" not in cookie


def test_behind_https_the_cookie_is_secure(staff: Staff, tmp_path: Path) -> None:
    world = World(staff, tmp_path, settings=FakeSettings(secure_cookies=True))
    assert "secure" in log_in(world.browser()).headers["set-cookie"].lower()


def test_an_unknown_login_and_a_wrong_password_get_the_same_answer(world: World) -> None:
    wrong, unknown = log_in(world.browser(), "wrong-password"), log_in(world.browser(), login="nobody")
    assert wrong.status_code == unknown.status_code == 401
    assert "账号或密码不对" in wrong.text
    assert wrong.text.replace("zhang", "") == unknown.text.replace("nobody", "")


def test_after_five_wrong_passwords_even_the_right_one_waits_a_quarter_of_an_hour(world: World) -> None:
    browser = world.browser()
    for _ in range(5):
        assert "账号或密码不对" in log_in(browser, "wrong-password").text
    locked = log_in(browser)
    assert locked.status_code == 401
    assert "账号已锁定，10:15 之后再试" in locked.text  # Beijing time
    world.clock.advance(timedelta(minutes=15))
    assert log_in(browser).status_code == 303


def test_an_editor_begins_with_the_entries(world: World) -> None:
    assert log_in(world.browser(), login="chen").headers["location"] == "/console/entries"


def test_logging_out_ends_the_session_in_the_database_too(world: World) -> None:
    browser, stolen = world.browser("zhang"), world.browser("zhang")
    assert browser.post("/console/logout").headers["location"] == "/console/login"
    assert stolen.get("/console").headers["location"].startswith("/console/login")


def test_a_session_ends_after_twelve_hours(world: World) -> None:
    browser = world.browser("zhang")
    world.clock.advance(timedelta(hours=12))
    assert browser.get("/console").status_code == 303
    polled = browser.get("/console", headers={"accept": "application/json"})
    assert (polled.status_code, polled.json()["error"]["code"]) == (401, "not_signed_in")


def test_after_log_in_one_goes_on_to_the_page_that_was_wanted(world: World) -> None:
    number = world.ticket()
    sent_away = world.browser().get(f"/console/tickets/{number}?all=true")
    assert sent_away.headers["location"] == f"/console/login?next=/console/tickets/{number}?all=true"
    arrived = log_in(world.browser(), next=f"/console/tickets/{number}?all=true")
    assert arrived.headers["location"] == f"/console/tickets/{number}?all=true"


def test_a_link_from_another_site_asks_again_from_our_own_page(world: World) -> None:
    page = world.browser().get("/console/tickets/GD-20261122-0042-7", headers={"sec-fetch-site": "cross-site"})
    assert page.status_code == 200
    assert 'http-equiv="refresh" content="0; url=/console/tickets/GD-20261122-0042-7"' in page.text


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil", "/consoles", "/console/\nx", "/console/login", "/", ""],
)
def test_log_in_never_leads_elsewhere(elsewhere: str) -> None:
    assert local_path(elsewhere) is None


def test_one_changes_ones_own_password_with_the_present_one(world: World) -> None:
    browser = world.browser("zhang")
    wrong = browser.post("/console/password", data={"current": "wrong-password", "password": "a-new-password"})
    assert "当前密码不对" in wrong.text
    short = browser.post("/console/password", data={"current": PASSWORD, "password": "short"})
    assert "密码要 10 到 200 个字符" in short.text
    done = browser.post("/console/password", data={"current": PASSWORD, "password": "a-new-password"})
    assert done.headers["location"] == "/console/login?done=password_changed"
    assert log_in(world.browser()).status_code == 401
    assert log_in(world.browser(), "a-new-password").status_code == 303
