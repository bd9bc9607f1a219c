"""The card beside a conversation: nothing has to be asked again."""

from __future__ import annotations

from datetime import timedelta

from desk import accounts, feedback, incidents, messages, tickets
from desk.accounts import AccountDraft
from desk.incidents import Wanted
from desk.routing import Reason
from tests.integration.gateway.console.world import World


def card(world: World, number: str, login: str = "zhang") -> str:
    return world.browser(login).get(f"/console/tickets/{number}").text


def test_entries_that_were_shown_stand_there_with_what_became_of_them(world: World) -> None:
    number = world.ticket(of="zhang")
    talk = world.talk(number).id
    with world.db.write() as session:
        for entry_id, title, helpful in (
            ("faq-a", "清理缓存", False),
            ("faq-b", "换模板", True),
            ("faq-c", "重装", None),
        ):
            payload = {"card": {"entry_id": entry_id, "title": title, "blocks": ["…"]}}
            said = messages.add(session, talk, "bot", title, kind="answer", payload=payload, now=world.clock())
            if helpful is not None:
                reason = "" if helpful else "做了没用"
                feedback.rate(session, said.id, conversation_id=talk, helpful=helpful, reason=reason, now=world.clock())
    page = card(world, number)
    shown = page[page.index("机器人答过") : page.index("内部备注 <span")]
    assert shown.index("重装") < shown.index("换模板") < shown.index("清理缓存")
    for expected in ("👎 没用", "做了没用", "👍 有用", "/console/entries/faq-c"):
        assert expected in shown


def test_files_and_feelings_are_named(world: World) -> None:
    number = world.ticket(of="zhang", said="你们什么垃圾软件，我要投诉你们")
    with world.db.write() as session:
        messages.record_inbound(
            session,
            world.talk(number).id,
            "in-9",
            "",
            kind="image",
            payload={"name": "报错截图.png"},
            now=world.clock(),
        )
    page = card(world, number)
    for expected in ("报错截图.png", "图片", '<span class="chip complaint">投诉</span>', "情绪不好"):
        assert expected in page


def test_the_company_is_there_with_licences_product_and_maintenance(world: World) -> None:
    number = world.ticket(of="zhang")
    today = world.clock().date()
    with world.db.write() as session:
        draft = AccountDraft("华东路桥", "工程云", "6.2", today + timedelta(days=5), vip=True, note="先打电话")
        account = accounts.save(session, draft, by="agent:1", now=world.clock())
        accounts.add_licence(session, account.id, "GD8801-2201", by="agent:1", now=world.clock())
        accounts.add_site(session, account.id, "杭绍甬三标", None, by="agent:1", now=world.clock())
        accounts.attach_contact(session, world.of(number).contact_id, account.id, by="agent:1", now=world.clock())
    page = card(world, number)
    for expected in (
        "华东路桥",
        "VIP",
        "工程云 6.2",
        "GD88012201",
        "杭绍甬三标",
        "先打电话",
        (today + timedelta(days=5)).isoformat(),
    ):
        assert expected in page


def test_a_licence_number_in_the_conversation_suggests_its_company_until_it_is_confirmed(world: World) -> None:
    number = world.ticket(of="zhang", said="我们的加密狗是 GD8801-2201")
    with world.db.write() as session:
        account = accounts.save(session, AccountDraft("华东路桥"), by="agent:1", now=world.clock())
        accounts.add_licence(session, account.id, "GD8801-2201", by="agent:1", now=world.clock())
    assert "客户写的授权号属于" in card(world, number)

    sent = {"account": str(account.id), "ticket": number}
    world.browser("zhang").post(f"/console/contacts/{world.of(number).contact_id}/attach", data=sent)

    page = card(world, number)
    assert "客户写的授权号属于" not in page
    assert f'<a href="/console/accounts/{account.id}">华东路桥</a>' in page
    assert f'<a href="/console/contacts/{world.of(number).contact_id}"' in page


def test_a_ticket_leads_to_its_incident_or_to_a_new_one(world: World) -> None:
    number = world.ticket(of="zhang")
    report = f'href="/console/incidents/new?ticket={number}"'
    assert report in card(world, number)
    with world.db.write() as session:
        incident = incidents.propose(session, Wanted("登录故障", "login"), by="agent:1", now=world.clock())
        incidents.link_ticket(session, incident.id, number, by="agent:1", now=world.clock())
    page = card(world, number)
    assert report not in page
    assert page.count(f'<a class="chip incident" href="/console/incidents/{incident.id}">') == 2
    queue = world.browser("zhang").get("/console?tab=mine").text
    assert f'<a class="chip incident" href="/console/incidents/{incident.id}">' in queue


def test_why_it_is_with_this_agent_is_a_sentence(world: World) -> None:
    number, zhang = world.ticket(), world.agent("zhang")
    with world.db.write() as session:
        values = {"idle_minutes": 12, "load": 1, "agents": 2, "skill": "", "tier": "L1", "wanted": "L1", "name": "张敏"}
        reason = Reason("general", values)
        tickets.assign(session, number, zhang.id, by="system", reason=reason.stored(), now=world.clock())
    page = card(world, number)
    assert "为何在此" in page
    assert "{'code'" not in page
    assert "&#39;code&#39;" not in page


def test_earlier_contacts_of_the_same_person_are_listed_and_no_other_persons(world: World) -> None:
    earlier = world.ticket(of="zhang", summary="上个月的合同问题")
    world.browser("zhang").post(f"/console/tickets/{earlier}/resolve", data={"solution": "已完成"})
    world.ticket(customer="somebody-else", summary="别人的秘密")
    world.clock.advance(timedelta(hours=9))
    page = card(world, world.ticket())
    assert "上个月的合同问题" in page
    assert "别人的秘密" not in page
