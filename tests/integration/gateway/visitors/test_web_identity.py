from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest

from desk import announcements, contacts, conversations, duty
from desk.announcements import NewAnnouncement
from tests.integration.gateway.attachments_world import SECRET
from tests.integration.gateway.test_gateway_web import Widget, error
from tests.integration.gateway.test_gateway_web import opened as opened_widget
from tests.integration.gateway.turn_world import World


def person(who: str = "u-1", secret: str = SECRET, **more: str) -> dict[str, str]:
    signature = hmac.new(secret.encode(), who.encode(), hashlib.sha256).hexdigest()
    return {"id": who, "name": "王工", "phone": "13800000000", "signature": signature, **more}


def device(widget: Widget, **body: Any) -> tuple[Widget, dict[str, Any]]:
    other = Widget(widget.world, widget.http)
    return other, other.begin(**body)


def known(world: World, who: str) -> contacts.Contact:
    with world.db.read() as session:
        found = contacts.by_identity(session, "web", who)
    assert found is not None
    return found


# -- who it is -----------------------------------------------------------------------------------


def test_nobody_is_asked_for_the_number_that_the_page_has_told(widget: Widget) -> None:
    me, _ = device(widget, identity=person(phone="138 0000 0000"))
    me.say("转人工")
    told = widget.world.engine.asked[-1][2].slots
    assert told["phone"] == "13800000000"


def test_somebody_signed_is_known_by_name(widget: Widget) -> None:
    me, told = device(widget, identity=person(email="w@x.example", company="江恒"))

    contact = known(widget.world, me.user)
    assert told["identity"] == {"status": "identified", "message": ""}
    assert (contact.name, contact.phone, contact.email, contact.note) == (
        "王工", "13800000000", "w@x.example", "客户自报单位：江恒",
    )  # fmt: skip


def test_the_same_person_on_another_device_finds_the_same_conversation(widget: Widget) -> None:
    phone, first = device(widget, identity=person())
    phone.say("怎么导出报表？")
    laptop, second = device(widget, identity=person())

    assert first["token"] != second["token"]
    assert first["conversation"] == second["conversation"]
    assert second["last_seq"] == 2
    assert laptop.shown() == phone.shown()


def test_another_person_on_the_same_computer_begins_their_own(widget: Widget) -> None:
    one, _ = device(widget, identity=person("u-1"))
    one.say("怎么导出报表？")

    two, told = device(widget, identity=person("u-2"), token=one.token)

    assert told["last_seq"] == 0
    assert two.shown() == []
    assert two.user != one.user


def test_who_logs_in_does_not_inherit_what_was_said_without_a_name(widget: Widget) -> None:
    widget.say("我的密码忘了，怎么办？")

    me, told = device(widget, identity=person(), token=widget.token)

    assert told["last_seq"] == 0
    assert me.user != widget.user
    assert len(widget.shown()) == 2


def test_a_reload_goes_on_with_the_same_token(widget: Widget) -> None:
    me, first = device(widget, identity=person())

    again = me.begin(token=first["token"], identity=person())
    without = me.begin(token=first["token"])

    assert again["token"] == without["token"] == first["token"]
    assert without["identity"]["status"] == "identified"


@pytest.mark.parametrize(
    "forged",
    [
        person(secret="another secret"),
        {**person(), "id": "u-2"},
        {**person(), "signature": ""},
        {**person(), "signature": "0" * 64},
        {**person(), "signature": "é" * 64},
        {**person(), "signature": person()["signature"][:-1]},
    ],
)
def test_a_wrong_signature_is_told_and_leaves_an_anonymous_visitor(widget: Widget, forged: dict[str, str]) -> None:
    true, _ = device(widget, identity=person("u-2"))
    true.say("怎么导出报表？")

    liar, told = device(widget, identity=forged)

    assert told["identity"]["status"] == "refused"
    assert "GONGDA_IDENTITY_SECRET" in told["identity"]["message"]
    assert told["last_seq"] == 0
    assert liar.user != true.user
    with widget.world.db.read() as session:
        assert contacts.by_identity(session, "web", liar.user) is None


def test_a_wrong_signature_does_not_go_on_as_the_one_before(widget: Widget) -> None:
    me, _ = device(widget, identity=person())
    me.say("怎么导出报表？")

    liar, told = device(widget, identity={**person("u-2"), "signature": "0"}, token=me.token)

    assert liar.user != me.user
    assert told["last_seq"] == 0


def test_without_a_secret_nobody_is_believed(turns_world: World) -> None:
    with opened_widget(turns_world) as widget:
        _, told = device(widget, identity=person(secret=""))

    assert told["identity"]["status"] == "unavailable"
    assert told["features"]["identity"] is False


def test_an_upper_case_signature_is_the_same(widget: Widget) -> None:
    _, told = device(widget, identity={**person(), "signature": person()["signature"].upper()})

    assert told["identity"]["status"] == "identified"


def test_what_the_page_leaves_out_stays_known(widget: Widget) -> None:
    device(widget, identity=person())
    me, _ = device(widget, identity={"id": "u-1", "signature": person()["signature"]})

    assert known(widget.world, me.user).name == "王工"


@pytest.mark.parametrize("field", ["id", "name", "phone", "email"])
def test_fields_that_are_too_long_are_refused(widget: Widget, field: str) -> None:
    reply = widget.http.post("/web/session", json={"identity": {**person(), field: "x" * 300}})

    assert error(reply) == (422, "bad_request")


# -- where they are ------------------------------------------------------------------------------


def slots(widget: Widget) -> dict[str, str]:
    with widget.world.db.read() as session:
        found = conversations.find(session, "web", widget.user)
    return dict(found.slots) if found else {}


def hint(widget: Widget, **told: str) -> int:
    return widget.post("hints", told).status_code


def test_where_the_visitor_is_becomes_known(widget: Widget) -> None:
    assert hint(widget, module="导入", version="v6.2", page="/import/list") == 204

    assert slots(widget) == {"module": "数据导入", "version": "6.2", "page": "/import/list"}


def test_going_on_to_another_page_changes_it(widget: Widget) -> None:
    hint(widget, module="报表中心", version="6.2")
    hint(widget, module="进度计划", version="6.2")

    assert slots(widget)["module"] == "进度计划"


def test_what_the_person_has_said_is_never_overruled(widget: Widget) -> None:
    widget.say("我用的是 6.0 版，审批流程卡住了")

    hint(widget, module="报表中心", version="6.2", page="/report")

    assert slots(widget)["version"] == "6.0"
    assert slots(widget)["page"] == "/report"


def test_an_unreadable_version_is_no_version(widget: Widget) -> None:
    hint(widget, version="latest; drop table", page="/a")

    assert slots(widget) == {"page": "/a"}


def test_an_empty_hint_begins_no_conversation(widget: Widget) -> None:
    assert hint(widget) == 204
    with widget.world.db.read() as session:
        assert conversations.find(session, "web", widget.user) is None


# -- whether people are there, and what is announced ---------------------------------------------


def test_a_session_says_that_somebody_is_on_duty(widget: Widget) -> None:
    widget.world.agent()

    told = widget.begin()

    assert told["on_duty"] is True
    assert "在线" in told["hours"]


def test_a_session_says_when_people_are_back(widget: Widget) -> None:
    agent = widget.world.agent()
    with widget.world.db.read() as session:
        assert duty.on_duty(session, widget.world.services.hours, widget.world.clock()) == (agent,)
    widget.world.clock.advance(timedelta(hours=12))

    told = widget.begin()

    assert told["on_duty"] is False
    assert "上班" in told["hours"]


def test_what_is_announced_is_told_with_the_session_and_on_request(widget: Widget) -> None:
    assert widget.begin()["announcement"] is None
    now = widget.world.clock()
    with widget.world.db.write() as session:
        announcements.save(session, NewAnnouncement("今晚 22 点升级", "warning"), by="system", now=now)

    told = widget.begin(locale="zh-TW")["announcement"]
    headers = {"x-gongda-session": widget.token}
    looked = widget.http.get("/web/announcement", headers=headers)

    assert (told["text"], told["level"]) == ("今晚 22 點升級", "warning")
    assert looked.json()["id"] == told["id"]


def test_nothing_announced_is_null(widget: Widget) -> None:
    reply = widget.http.get("/web/announcement", headers={"x-gongda-session": widget.token})

    assert (reply.status_code, reply.json()) == (200, None)
