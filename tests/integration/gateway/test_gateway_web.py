from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from datetime import timedelta
from time import sleep
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi.testclient import TestClient

from contract.decisions import Feedback
from desk import conversations, messages
from desk.tables import ConversationRow, FeedbackRow
from gateway.app import create_app
from gateway.channels.web import events
from gateway.channels.web.sessions import WebSessions
from gateway.errors import TooMany
from gateway.turns.flow import Flow, Incoming
from tests.integration.gateway.turn_world import ANSWER, CHOICES, SETTINGS, WORDING, World

KEY = "an api key"


class Widget:
    """A browser with the widget."""

    def __init__(self, world: World, http: TestClient) -> None:
        self.world = world
        self.http = http
        self.token = ""

    def begin(self, **body: object) -> dict[str, Any]:
        reply = self.http.post("/web/session", json={"site": "shop", "locale": "zh-CN", **body})
        assert reply.status_code == 200, reply.text
        self.token = reply.json()["token"]
        return dict(reply.json())

    def post(self, path: str, body: object) -> httpx2.Response:
        return self.http.post(f"/web/{path}", json=body, headers={"x-gongda-session": self.token})

    def say(self, text: str, client_id: str = "client-0001", **more: object) -> httpx2.Response:
        """One message; the answer is there when this returns."""
        response = self.post("messages", {"client_id": client_id, "text": text, **more})
        self.idle()
        return response

    def idle(self) -> None:
        assert self.http.portal is not None
        self.http.portal.call(self.http.app.state.flow.idle)  # type: ignore[attr-defined]

    @property
    def user(self) -> str:
        return WebSessions(SETTINGS.secret).user(self.token)

    def shown(self, after: int = 0) -> list[dict[str, Any]]:
        """What the event stream sends from a sequence number on."""
        return [data for name, data in asyncio.run(self._shown(after)) if name == "message"]

    async def _shown(self, after: int) -> list[tuple[str, dict[str, Any]]]:
        seen = []
        async with aclosing(events.stream(self.world.services, self.user, after)) as stream:
            async for name, data in parsed(stream):
                seen.append((name, data))
                if name == "state":  # comes behind what is new
                    return seen
        return seen


async def parsed(stream: AsyncIterator[str]) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    async for block in stream:
        fields = dict(line.split(": ", 1) for line in block.strip().splitlines() if not line.startswith(":"))
        if fields:
            yield fields["event"], json.loads(fields["data"])


def error(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


@contextmanager
def opened(world: World) -> Iterator[Widget]:
    with TestClient(create_app(world.services, KEY), raise_server_exceptions=False) as http:
        widget = Widget(world, http)
        widget.begin()
        yield widget


@pytest.fixture
def widget(turns_world: World) -> Iterator[Widget]:
    with opened(turns_world) as made:
        yield made


# -- sessions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("locale", "script", "region"), [("zh-TW", "hant", "tw"), ("zh-HK", "hant", "hk")])
def test_a_first_question_that_does_not_tell_is_answered_in_the_script_of_the_widget(
    widget: Widget, locale: str, script: str, region: str
) -> None:
    widget.begin(locale=locale)
    widget.say("ERROR_403")
    assert spoken(widget) == (script, region)

    widget.begin(locale="zh-CN", token=widget.token)  # the page in another language changes nothing that was said
    assert spoken(widget) == (script, region)


def spoken(widget: Widget) -> tuple[str, str | None]:
    with widget.world.db.read() as session:
        talk = conversations.find(session, "web", widget.user)
    assert talk is not None
    return talk.script, talk.region


def test_what_was_never_written_in_english_is_left_to_the_widgets_own_words(widget: Widget) -> None:
    session = widget.begin(locale="en")
    assert (session["notice"], session["hours"]) == ("", "")


def test_a_session_says_who_is_talking_and_that_it_is_a_machine(widget: Widget) -> None:
    session = widget.begin()

    told = {"token", "conversation", "name", "notice", "last_seq"}
    assert set(session) == told | {"on_duty", "hours", "features", "identity", "announcement"}
    assert session["name"] == WORDING.text("web.name")
    assert "智能助手" in session["notice"]
    assert session["last_seq"] == 0


def test_a_session_goes_on_with_its_token(widget: Widget) -> None:
    widget.say("怎么导出报表")

    again = widget.begin(token=widget.token)

    assert again["last_seq"] == 2
    assert again["conversation"] == widget.user[:12]


def test_who_was_here_before_goes_on_however_many_come_anew_from_the_same_office(turns_world: World) -> None:
    turns_world.settings = replace(turns_world.settings, sessions_per_minute=1, messages_per_minute=2)
    turns_world.restart()
    with opened(turns_world) as widget:
        again = [widget.http.post("/web/session", json={"token": widget.token}).status_code for _ in range(3)]
        anew = widget.http.post("/web/session", json={}).status_code
        forged = widget.http.post("/web/session", json={"token": "made.up"}).status_code

    assert again == [200, 200, 429]
    assert (anew, forged) == (429, 429)


def test_every_new_session_is_somebody_else(widget: Widget) -> None:
    first = widget.begin()

    assert widget.begin()["token"] != first["token"]


@pytest.mark.parametrize("token", ["", "made-up", "made.up", "\u00e9", "x" * 200])
def test_without_a_right_token_nobody_gets_in(widget: Widget, token: str) -> None:
    headers = {"x-gongda-session": token.encode()}
    body = {"client_id": "client-0001", "text": "你好"}

    for response in (
        widget.http.post("/web/messages", json=body, headers=headers),
        widget.http.post("/web/human", json={"client_id": "client-0001"}, headers=headers),
        widget.http.post("/web/feedback", json={"seq": 1, "helpful": True}, headers=headers),
        widget.http.get("/web/events", headers=headers),
    ):
        assert error(response) == (401, "not_signed_in")


def test_a_made_up_token_begins_no_session(widget: Widget) -> None:
    assert error(widget.http.post("/web/session", json={"token": "made.up"})) == (401, "not_signed_in")


# -- messages ------------------------------------------------------------------------------------


def test_a_message_is_accepted_and_answered_in_the_stream(widget: Widget) -> None:
    response = widget.say("怎么导出报表")

    assert (response.status_code, response.json()) == (202, {"seq": 1})
    assert [(message["seq"], message["author"], message["text"]) for message in widget.shown()] == [
        (1, "user", "怎么导出报表"),
        (2, "bot", "答：怎么导出报表"),
    ]
    assert widget.shown()[0]["client_id"] == "client-0001"


def test_sending_again_doubles_nothing(widget: Widget) -> None:
    first, again = widget.say("怎么导出报表"), widget.say("怎么导出报表")

    assert first.json() == again.json()
    assert again.status_code == 202
    assert len(widget.shown()) == 2


def test_the_same_id_with_other_words_is_a_conflict(widget: Widget) -> None:
    widget.say("怎么导出报表")

    response = widget.say("怎么打印报表")

    assert error(response) == (409, "conflict")
    assert response.json()["error"]["message"] == WORDING.text("errors.conflict")


def test_two_persons_may_use_the_same_id(widget: Widget) -> None:
    widget.say("怎么导出报表")
    widget.begin()

    assert widget.say("怎么打印报表").status_code == 202


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "你好"},
        {"client_id": "short", "text": "你好"},
        {"client_id": "x" * 65, "text": "你好"},
        {"client_id": "client 0001", "text": "你好"},
        {"client_id": "client-0001", "text": 3},
        {"client_id": "client-0001", "text": "你好", "admin": True},
        {"client_id": "client-0001", "text": "你好", "choice": {"id": "a"}},
        {"client_id": "client-0001", "text": "你好", "choice": {"id": "a" * 201, "label": "甲"}},
        [],
    ],
)
def test_a_malformed_message_is_refused(widget: Widget, body: object) -> None:
    assert error(widget.post("messages", body)) == (422, "bad_request")


@pytest.mark.parametrize("place", ['"text": "\\ud800"', '"text": "a", "choice": {"id": "\\udfff", "label": "甲"}'])
def test_half_a_character_is_refused_and_harms_nothing(widget: Widget, place: str) -> None:
    response = widget.http.post(
        "/web/messages",
        content='{"client_id": "client-0001", ' + place + "}",
        headers={"x-gongda-session": widget.token, "content-type": "application/json"},
    )

    assert response.status_code == 422
    assert widget.shown() == []


def test_an_empty_text_and_a_long_one_are_refused_with_a_reason(widget: Widget) -> None:
    assert error(widget.say("  ")) == (422, "unusable")
    assert error(widget.say("长" * 2_001)) == (413, "too_large")
    assert error(widget.say("长" * 30_000)) == (413, "too_large_body")


def test_whoever_sends_too_fast_is_slowed_down(turns_world: World) -> None:
    turns_world.settings = replace(SETTINGS, messages_per_minute=3, sessions_per_minute=2)
    turns_world.restart()
    with opened(turns_world) as widget:
        for number in range(3):
            assert widget.say("怎么导出报表", f"client-{number:04}").status_code == 202

        assert error(widget.say("怎么导出报表", "client-0009")) == (429, "too_many")
        assert widget.begin()["last_seq"] == 0
        assert error(widget.http.post("/web/session", json={})) == (429, "too_many")


def test_a_picked_option_reaches_the_turn(widget: Widget) -> None:
    widget.world.says(CHOICES)
    widget.say("报表怎么弄")
    option = widget.shown()[-1]["options"][1]
    widget.world.says(ANSWER)

    widget.say(option["label"], "client-0002", choice=option)

    assert widget.world.context.choice == {"id": "entry:b", "label": "怎么打印报表"}


def test_the_button_for_a_human_says_so(widget: Widget) -> None:
    response = widget.post("human", {"client_id": "client-0001"})
    widget.idle()

    assert response.status_code == 202
    assert widget.world.asked == ["转人工"]


# -- the stream ----------------------------------------------------------------------------------


def test_the_stream_goes_on_behind_what_was_seen(widget: Widget) -> None:
    widget.say("怎么导出报表")
    widget.say("怎么打印报表", "client-0002")

    assert [message["seq"] for message in widget.shown(after=2)] == [3, 4]
    assert widget.shown(after=4) == []


def test_the_stream_shows_the_customer_nothing_internal(widget: Widget) -> None:
    widget.world.says(ANSWER)
    widget.say("怎么导出报表")

    question, answer = widget.shown()

    assert set(question) == {"seq", "author", "kind", "text", "at", "client_id"}
    assert set(answer) == {"seq", "author", "kind", "text", "at", "card"}


async def test_what_is_new_comes_when_the_bell_rings(turns_world: World) -> None:
    await turns_world.say("怎么导出报表")
    seen = []
    async with aclosing(events.stream(turns_world.services, "visitor", 2)) as stream:
        told = parsed(stream)
        assert await anext(told) == ("state", {"state": "bot"})
        await turns_world.receive("怎么打印报表")
        async with asyncio.timeout(events.POLL / 2):  # by the bell, not by looking now and then
            seen = [await anext(told), await anext(told)]

    assert [(name, data["seq"], data["text"]) for name, data in seen] == [
        ("message", 3, "怎么打印报表"),
        ("message", 4, "答：怎么打印报表"),
    ]


async def test_a_long_history_comes_at_once(turns_world: World) -> None:
    await turns_world.say("怎么导出报表")
    asked, most = turns_world.conversation().id, 2 * events.PAGE + 50
    with turns_world.db.write() as session:
        for number in range(most - 2):
            messages.add(session, asked, "bot", f"第 {number} 条", now=turns_world.clock())

    async with aclosing(events.stream(turns_world.services, "visitor", 0)) as stream:
        told = parsed(stream)
        async with asyncio.timeout(events.POLL):  # not a page at each look
            seen = [data["seq"] for name, data in [await anext(told) for _ in range(most + 1)] if name == "message"]

    assert seen == list(range(1, most + 1))


async def test_a_change_of_hands_is_told(turns_world: World) -> None:
    await turns_world.say("怎么导出报表")
    async with aclosing(events.stream(turns_world.services, "visitor", 2)) as stream:
        told = parsed(stream)
        await anext(told)
        turns_world.taken()
        turns_world.services.hub.notify(turns_world.conversation().id)

        assert await anext(told) == ("state", {"state": "human"})


@contextmanager
def served(app: Any) -> Iterator[str]:
    """A real server: the test client cannot read a stream that never ends."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join()


def test_over_the_wire_it_is_an_event_stream_that_nobody_caches(turns_world: World) -> None:
    with served(create_app(turns_world.services, KEY)) as url, httpx2.Client(base_url=url, timeout=5.0) as http:
        token = http.post("/web/session", json={}).json()["token"]
        headers = {"x-gongda-session": token}
        http.post("/web/messages", json={"client_id": "client-0001", "text": "怎么导出报表"}, headers=headers)

        with http.stream("GET", "/web/events?after=0", headers=headers) as response:
            lines = response.iter_lines()
            told = [line for line in (next(lines) for _ in range(12)) if line.startswith(("id:", "event:"))]

    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    assert told[:2] == ["id: 1", "event: message"]


async def test_a_visitor_has_so_many_streams_and_no_more_until_one_ends(turns_world: World) -> None:
    streams = events.Streams(most=2)
    open_ones = [streams.counted("a visitor", events.stream(turns_world.services, "a visitor", 0)) for _ in range(2)]
    for one in open_ones:
        await anext(one)

    with pytest.raises(TooMany) as refused:
        streams.check("a visitor")
    streams.check("another")

    assert refused.value.retry_after == 15
    async for _ in open_ones[0]:
        await open_ones[0].aclose()  # type: ignore[attr-defined]
        break
    streams.check("a visitor")


@pytest.mark.parametrize("after", ["-1", "x", "1.5"])
def test_a_strange_place_to_go_on_from_is_refused(widget: Widget, after: str) -> None:
    response = widget.http.get(f"/web/events?after={after}", headers={"x-gongda-session": widget.token})

    assert error(response) == (422, "bad_request")


# -- thumbs --------------------------------------------------------------------------------------


def answered(widget: Widget, times: int = 1) -> list[int]:
    """Answers given; their sequence numbers."""
    widget.world.says(ANSWER)
    for number in range(times):
        widget.say("怎么导出报表", f"client-{number:04}")
    return [message["seq"] for message in widget.shown() if message["kind"] == "answer"]


def thumb(widget: Widget, seq: int, helpful: bool) -> httpx2.Response:
    return widget.post("feedback", {"seq": seq, "helpful": helpful})


def test_a_thumb_is_kept(widget: Widget) -> None:
    (seq,) = answered(widget)

    assert thumb(widget, seq, True).status_code == 204
    assert thumb(widget, seq, True).status_code == 204
    assert widget.world.tickets() == ()


@pytest.mark.parametrize(
    ("why", "kept"),
    [
        ({"reason": "wrong_steps"}, "步骤不对"),
        ({"reason": "unclear", "text": " 第三步找不到菜单 "}, "看不懂：第三步找不到菜单"),
        ({"text": "说的是旧版本"}, "说的是旧版本"),
        ({}, ""),
    ],
)
def test_a_reason_follows_its_thumb_and_stays(widget: Widget, why: dict[str, str], kept: str) -> None:
    (seq,) = answered(widget)
    thumb(widget, seq, False)

    assert widget.post("feedback", {"seq": seq, "helpful": False, **why}).status_code == 204
    assert thumb(widget, seq, False).status_code == 204  # once more, without a reason

    with widget.world.db.read() as session:
        assert [(row.helpful, row.reason) for row in session.query(FeedbackRow)] == [(False, kept)]
        assert [row.dislikes for row in session.query(ConversationRow)] == [1]


def test_a_changed_mind_takes_the_reason_back(widget: Widget) -> None:
    (seq,) = answered(widget)
    widget.post("feedback", {"seq": seq, "helpful": False, "reason": "unsolved"})

    thumb(widget, seq, True)

    with widget.world.db.read() as session:
        assert [(row.helpful, row.reason) for row in session.query(FeedbackRow)] == [(True, "")]


@pytest.mark.parametrize("why", [{"reason": "because"}, {"text": "很" * 201}])
def test_a_reason_nobody_has_agreed_on_is_refused(widget: Widget, why: dict[str, str]) -> None:
    (seq,) = answered(widget)

    assert error(widget.post("feedback", {"seq": seq, "helpful": False, **why})) == (422, "bad_request")


def test_only_ones_own_answers_can_be_rated(widget: Widget) -> None:
    (seq,) = answered(widget)

    assert error(thumb(widget, seq - 1, True)) == (404, "missing")  # my own question
    assert error(thumb(widget, 99, True)) == (404, "missing")
    widget.begin()
    assert error(thumb(widget, seq, False)) == (404, "missing")  # somebody else's
    assert error(thumb(widget, 0, True)) == (422, "bad_request")


def test_the_second_thumb_down_calls_a_human_once(widget: Widget) -> None:
    first, second = answered(widget, times=2)
    assert thumb(widget, first, False).status_code == 204
    assert widget.world.tickets() == ()

    assert thumb(widget, second, False).status_code == 204
    assert thumb(widget, second, False).status_code == 204

    (ticket,) = widget.world.tickets()
    assert (ticket.reason, ticket.summary, ticket.handoff) == ("dislikes", "怎么导出报表", True)
    kinds = [message["kind"] for message in widget.shown()]
    assert kinds[-2:] == ["ticket", "notice"]
    assert kinds.count("ticket") == 1


def test_a_thumb_taken_back_and_given_again_counts_once(widget: Widget) -> None:
    (seq,) = answered(widget)

    for helpful in (False, True, False, True, False):
        assert thumb(widget, seq, helpful).status_code == 204

    with widget.world.db.read() as session:
        assert [row.dislikes for row in session.query(ConversationRow)] == [1]
    assert widget.world.tickets() == ()


def test_a_thumb_and_a_word_of_no_use_are_two(widget: Widget) -> None:
    first, _ = answered(widget, times=2)
    thumb(widget, first, False)
    widget.world.says(Feedback(helpful=False))

    widget.say("没用", "client-word")

    assert [ticket.reason for ticket in widget.world.tickets()] == ["dislikes"]


# -- the whole application -----------------------------------------------------------------------


def test_health_says_what_works(widget: Widget) -> None:
    assert widget.http.get("/healthz").json() == {"ok": True}
    ready = widget.http.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["database"]) == (200, True)

    widget.world.answers.down = True
    assert widget.http.get("/readyz").status_code == 200  # the engine is still there


def test_starting_runs_what_a_crash_left_undone(turns_world: World) -> None:
    dead = Flow(turns_world.services)
    accepted, _, _ = dead._store(Incoming("web", "visitor", "dead-1", "怎么导出报表"))
    turns_world.clock.advance(timedelta(seconds=1))
    turns_world.restart()

    with opened(turns_world) as widget:
        widget.idle()

    assert accepted.fresh
    assert [message.text for message in turns_world.messages()] == ["怎么导出报表", "答：怎么导出报表"]
