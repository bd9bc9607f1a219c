"""Companies, what belongs to them, and people who were two."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from threading import Barrier

import pytest
from sqlalchemy import select

from desk import accounts, audit, contacts, conversations, messages, tickets
from desk.accounts import Account, AccountDraft, BadLicence, Filter
from desk.clock import FixedClock
from desk.contacts import ContactDraft
from desk.conversations import Conversation
from desk.database import Database
from desk.errors import AlreadyExists, IllegalMove, NotFound
from desk.session import Session
from desk.tables import EntryRow, GapRow, NoticeRow
from desk.tickets import Ticket, TicketDraft

BY = "agent:1"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
TODAY = date(2026, 11, 23)


def company(session: Session, name: str = "北京一建", **more: object) -> Account:
    return accounts.save(session, AccountDraft(name, **more), by=BY, now=NOW)  # type: ignore[arg-type]


def ticket_of(session: Session, talk: Conversation, key: str, *, now: datetime = NOW) -> Ticket:
    draft = TicketDraft("import_export", "P3", f"导入报错 {key}", handoff=False)
    return tickets.open_ticket(
        session, draft, key=key, contact_id=talk.contact_id, conversation_id=talk.id, now=now
    ).ticket


def details(session: Session, subject: str) -> list[str]:
    return [line.action for line in audit.listing(session, subject=subject)]


def test_a_saved_company_is_found_by_its_name_however_it_is_written(db: Database) -> None:
    with db.write() as session:
        made = company(session, "北京一建（集团）", product="养护云", version="6.2", vip=True, note="老客户")
    with db.read() as session:
        assert accounts.find(session, " 北京一建 (集团) ") == made == accounts.get(session, made.id)
        assert (made.product, made.version, made.vip, made.note, made.sites) == ("养护云", "6.2", True, "老客户", 0)


def test_a_second_company_of_the_same_name_is_refused_but_one_may_be_saved_again(db: Database) -> None:
    with db.write() as session:
        first = company(session, "甲公司")
        other = company(session, "乙公司")
    with pytest.raises(AlreadyExists), db.write() as session:
        company(session, "甲 公司")
    with pytest.raises(AlreadyExists), db.write() as session:
        accounts.save(session, AccountDraft("甲公司"), account_id=other.id, by=BY, now=NOW)
    with db.write() as session:
        draft = AccountDraft("甲公司", product="养护云")
        accounts.save(session, draft, account_id=first.id, by=BY, now=NOW)
        accounts.save(session, draft, account_id=first.id, by=BY, now=NOW)
        assert details(session, f"account:{first.id}") == ["account.changed", "account.created"]


@pytest.mark.parametrize("draft", [{"name": "  "}, {"name": "甲" * 101}, {"name": "甲", "note": "a" * 2_001}])
def test_a_company_that_cannot_be_kept_is_no_draft(draft: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"name|at most"):
        AccountDraft(**draft)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("until", "state"),
    [
        (None, "unknown"),
        (TODAY - timedelta(days=1), "expired"),
        (TODAY, "ending"),
        (TODAY + timedelta(days=30), "ending"),
        (TODAY + timedelta(days=31), "valid"),
    ],
)
def test_maintenance_ends_on_its_last_day_and_is_told_30_days_before(db: Database, until, state) -> None:
    with db.write() as session:
        one = company(session, maintained_until=until)
        assert one.maintenance(TODAY) == state
        found = accounts.listing(session, Filter(maintenance=state, day=TODAY))
        others = {"unknown", "expired", "ending", "valid"} - {state}
        assert [one.id for one in found] == [one.id]
        assert all(accounts.count(session, Filter(maintenance=other, day=TODAY)) == 0 for other in others)  # type: ignore[arg-type]


def test_a_licence_belongs_to_one_company_however_it_is_written(db: Database) -> None:
    with db.write() as session:
        one, other = company(session, "甲公司"), company(session, "乙公司")
        site = accounts.add_site(session, one.id, "一标", by=BY, now=NOW)
        added = accounts.add_licence(session, one.id, "ｇｄ-1234 5678", site_id=site.id, by=BY, now=NOW)
        assert accounts.add_licence(session, one.id, "GD12345678", by=BY, now=NOW) == added
        assert accounts.licence(session, "gd 1234-5678") == added
        with pytest.raises(AlreadyExists):
            accounts.add_licence(session, other.id, "GD12345678", by=BY, now=NOW)
        with pytest.raises(BadLicence):
            accounts.add_licence(session, other.id, "锁号", by=BY, now=NOW)
        with pytest.raises(NotFound):
            accounts.add_licence(session, other.id, "GD999999", site_id=site.id, by=BY, now=NOW)
        with pytest.raises(NotFound):
            accounts.remove_licence(session, other.id, added.id, by=BY, now=NOW)
        accounts.remove_licence(session, one.id, added.id, by=BY, now=NOW)
        assert accounts.licences_of(session, one.id) == ()
        accounts.add_licence(session, other.id, "GD12345678", by=BY, now=NOW)
    with db.read() as session:
        assert accounts.get(session, other.id).licences == 1


def test_removing_a_site_keeps_its_licences_and_people(db: Database, conversation: Conversation) -> None:
    with db.write() as session:
        one = company(session)
        site = accounts.add_site(session, one.id, "一标", "亦庄", by=BY, now=NOW)
        assert accounts.add_site(session, one.id, " 一标 ", by=BY, now=NOW) == site
        accounts.add_licence(session, one.id, "GD123456", site_id=site.id, by=BY, now=NOW)
        accounts.attach_contact(session, conversation.contact_id, one.id, site_id=site.id, by=BY, now=NOW)
        accounts.remove_site(session, one.id, site.id, by=BY, now=NOW)
    with db.read() as session:
        assert accounts.sites_of(session, one.id) == ()
        assert [licence.site_id for licence in accounts.licences_of(session, one.id)] == [None]
        found = contacts.get(session, conversation.contact_id)
        assert (found.account_id, found.site_id) == (one.id, None)


@pytest.mark.parametrize(
    "text", ["一建", "养护", "亦庄", "gd-9000", "王建国", "13800138000", "WANG@", "１３８００１３８０００", "老客"]
)
def test_a_company_is_found_by_whatever_is_known_of_it(db: Database, conversation: Conversation, text: str) -> None:
    with db.write() as session:
        one = company(session, product="养护云", note="老客户")
        company(session, "上海二建", product="造价")
        accounts.add_site(session, one.id, "亦庄二期", by=BY, now=NOW)
        accounts.add_licence(session, one.id, "GD90001", by=BY, now=NOW)
        accounts.attach_contact(session, conversation.contact_id, one.id, by=BY, now=NOW)
        draft = ContactDraft("王建国", "13800138000", "wang@example.com")
        contacts.edit(session, conversation.contact_id, draft, by=BY, now=NOW)
    with db.read() as session:
        assert [found.name for found in accounts.listing(session, Filter(text))] == ["北京一建"]
        assert accounts.count(session, Filter(text)) == 1


@pytest.mark.parametrize("text", ["%", "_", "---", "没有这个"])
def test_signs_that_mean_something_to_sql_mean_nothing_in_a_search(db: Database, text: str) -> None:
    with db.write() as session:
        accounts.add_licence(session, company(session).id, "GD90001", by=BY, now=NOW)
    with db.read() as session:
        assert accounts.listing(session, Filter(text)) == ()
        assert contacts.listing(session, text=text) == ()


def test_companies_are_listed_by_pages(db: Database) -> None:
    with db.write() as session:
        for name in "丙乙甲":
            company(session, f"{name}公司", vip=name == "乙")
    with db.read() as session:
        names = [one.name for one in accounts.listing(session, limit=2)]
        names += [one.name for one in accounts.listing(session, limit=2, offset=2)]
        assert sorted(names) == ["丙公司", "乙公司", "甲公司"]
        assert [one.name for one in accounts.listing(session, Filter(vip=True))] == ["乙公司"]


def test_attaching_a_person_gives_their_open_tickets_the_company_once(db: Database, conversation: Conversation) -> None:
    with db.write() as session:
        one = company(session)
        running, done = ticket_of(session, conversation, "a"), ticket_of(session, conversation, "b")
        tickets.resolve(session, done.number, solution="好了", by=BY, now=NOW)
        for _ in range(2):
            accounts.attach_contact(session, conversation.contact_id, one.id, by=BY, now=NOW)
    with db.read() as session:
        assert accounts.of_contact(session, conversation.contact_id) == accounts.get(session, one.id)
        assert tickets.get(session, running.number).account_id == one.id
        assert tickets.get(session, done.number).account_id is None
        assert accounts.of_ticket(session, tickets.get(session, done.number)) == accounts.get(session, one.id)
        assert [event.kind for event in tickets.events(session, running.number)] == ["opened", "changed"]
        assert {found.number for found in accounts.tickets_of(session, one.id)} == {running.number, done.number}
        assert accounts.open_tickets(session, [one.id]) == {one.id: 1}
        assert details(session, f"contact:{conversation.contact_id}") == ["contact.attached"]


def test_a_detached_person_leaves_the_tickets_with_the_company(db: Database, conversation: Conversation) -> None:
    with db.write() as session:
        one = company(session)
        number = ticket_of(session, conversation, "a").number
        accounts.attach_contact(session, conversation.contact_id, one.id, by=BY, now=NOW)
        accounts.detach_contact(session, conversation.contact_id, by=BY, now=NOW)
        assert accounts.of_contact(session, conversation.contact_id) is None
        assert tickets.get(session, number).account_id == one.id


def test_nobody_is_attached_to_what_there_is_not(db: Database, conversation: Conversation) -> None:
    with db.write() as session:
        one, other = company(session, "甲公司"), company(session, "乙公司")
        site = accounts.add_site(session, other.id, "一标", by=BY, now=NOW)
    for contact_id, account_id, site_id in (
        (conversation.contact_id, 99, None),
        (99, one.id, None),
        (conversation.contact_id, one.id, site.id),
    ):
        with pytest.raises(NotFound), db.write() as session:
            accounts.attach_contact(session, contact_id, account_id, site_id=site_id, by=BY, now=NOW)


def test_merged_companies_are_one_with_everything_of_both(db: Database, conversation: Conversation) -> None:
    with db.write() as session:
        keep = company(session, "甲公司", version="6.2", note="甲")
        other = company(session, "甲公司北京", product="养护云", version="6.0", vip=True, note="乙")
        mine = accounts.add_site(session, keep.id, "一标", by=BY, now=NOW)
        theirs = accounts.add_site(session, other.id, "一标", "亦庄", by=BY, now=NOW)
        accounts.add_site(session, other.id, "二标", by=BY, now=NOW)
        accounts.add_licence(session, other.id, "GD123456", site_id=theirs.id, by=BY, now=NOW)
        accounts.attach_contact(session, conversation.contact_id, other.id, site_id=theirs.id, by=BY, now=NOW)
        number = ticket_of(session, conversation, "a").number
        accounts.attach_contact(session, conversation.contact_id, other.id, site_id=theirs.id, by=BY, now=NOW)
        merged = accounts.merge(session, keep.id, other.id, by=BY, now=NOW)
    assert (merged.name, merged.product, merged.version, merged.vip) == ("甲公司", "养护云", "6.2", True)
    assert (merged.note, merged.sites, merged.licences, merged.contacts) == ("甲\n乙", 2, 1, 1)
    with db.read() as session:
        assert [(site.id == mine.id, site.name, site.address) for site in accounts.sites_of(session, keep.id)] == [
            (True, "一标", "亦庄"),
            (False, "二标", None),
        ]
        assert accounts.licences_of(session, keep.id)[0].site_id == mine.id
        assert contacts.get(session, conversation.contact_id).site_id == mine.id
        assert tickets.get(session, number).account_id == keep.id
        assert tickets.events(session, number)[-1].detail == {
            "old": {"account_id": other.id},
            "new": {"account_id": keep.id},
        }
        with pytest.raises(NotFound):
            accounts.get(session, other.id)
        (line,) = audit.listing(session, action="account.merged")
        assert line.detail["other"]["name"] == "甲公司北京"
        assert line.detail["tickets"] == [number]


def test_nothing_is_merged_with_itself(db: Database, conversation: Conversation) -> None:
    with db.write() as session:
        one = company(session)
        with pytest.raises(IllegalMove):
            accounts.merge(session, one.id, one.id, by=BY, now=NOW)
        with pytest.raises(IllegalMove):
            accounts.merge_contacts(session, conversation.contact_id, conversation.contact_id, by=BY, now=NOW)
        with pytest.raises(NotFound):
            accounts.merge_contacts(session, conversation.contact_id, 99, by=BY, now=NOW)


def test_a_person_on_two_channels_becomes_one_with_all_that_both_have(db: Database, conversation: Conversation) -> None:
    with db.write() as session:
        chat = conversations.open_for(session, "wechat", "openid", now=NOW)
        keep, other = conversation.contact_id, chat.contact_id
        one = company(session)
        accounts.attach_contact(session, other, one.id, by=BY, now=NOW)
        contacts.edit(session, keep, ContactDraft("王工", note="网页"), by=BY, now=NOW)
        contacts.edit(session, other, ContactDraft("老王", "13800138000", note="微信", vip=True), by=BY, now=NOW)
        mine, theirs = ticket_of(session, conversation, "a"), ticket_of(session, chat, "b")
        merged = accounts.merge_contacts(session, keep, other, by=BY, now=NOW)
    assert (merged.name, merged.phone, merged.vip, merged.note) == ("王工", "13800138000", True, "网页\n微信")
    assert merged.account_id == one.id
    with db.read() as session:
        assert {(known.channel, known.external_id) for known in contacts.identities(session, keep)} == {
            ("web", "visitor"),
            ("wechat", "openid"),
        }
        assert conversations.get(session, chat.id).contact_id == keep
        assert tickets.owned(session, theirs.number, keep).contact_id == tickets.get(session, mine.number).contact_id
        assert tickets.events(session, theirs.number)[-1].detail["old"] == {"contact_id": other}
        with pytest.raises(NotFound):
            contacts.get(session, other)
        (line,) = audit.listing(session, action="contact.merged")
        assert line.detail["other"]["name"] == "老王"
        assert (line.detail["identities"], line.detail["tickets"]) == (["wechat:openid"], [theirs.number])
    with db.write() as session:
        assert conversations.open_for(session, "wechat", "openid", now=NOW).contact_id == keep
        assert contacts.for_identity(session, "wechat", "openid", now=NOW).id == keep


def test_news_about_one_question_are_told_once_to_the_merged_person(db: Database, conversation: Conversation) -> None:
    with db.write() as session:
        chat = conversations.open_for(session, "wechat", "openid", now=NOW)
        gap_ids = _news(session, [(conversation, "pending"), (chat, "told")], [(chat, "pending")])
        accounts.merge_contacts(session, conversation.contact_id, chat.contact_id, by=BY, now=NOW)
    with db.read() as session:
        rows = session.scalars(select(NoticeRow).order_by(NoticeRow.gap_id))
        assert [(row.gap_id, row.contact_id, row.state) for row in rows] == [
            (gap_ids[0], conversation.contact_id, "told"),
            (gap_ids[1], conversation.contact_id, "pending"),
        ]


def test_a_message_on_the_way_while_people_are_merged_is_not_lost(db: Database, conversation: Conversation) -> None:
    with db.write() as session:
        chat = conversations.open_for(session, "wechat", "openid", now=NOW)
    together = Barrier(2)

    def write_and_open() -> str:
        together.wait()
        with db.write() as session:
            talk = conversations.open_for(session, "wechat", "openid", now=NOW)
            messages.record_inbound(session, talk.id, "m1", "还是不行", now=NOW)
            return ticket_of(session, talk, "late").number

    def merge() -> None:
        together.wait()
        with db.write() as session:
            accounts.merge_contacts(session, conversation.contact_id, chat.contact_id, by=BY, now=NOW)

    with ThreadPoolExecutor(2) as pool:
        writing, merging = pool.submit(write_and_open), pool.submit(merge)
        number = writing.result(30)
        merging.result(30)
    with db.read() as session:
        assert tickets.get(session, number).contact_id == conversation.contact_id
        assert [message.text for message in messages.after(session, chat.id)] == ["还是不行"]


def test_a_person_is_found_by_phone_however_it_is_written(db: Database, conversation: Conversation) -> None:
    with db.write() as session:
        contacts.describe(session, conversation.contact_id, phone="+86 138-0013-8000")
    with db.read() as session:
        for written in ("13800138000", "138 0013 8000", "＋８６１３８００１３８０００", "0086-13800138000"):
            assert [found.id for found in contacts.by_phone(session, written)] == [conversation.contact_id], written
        for written in ("3800138000", "", "1380013", "王工"):
            assert contacts.by_phone(session, written) == ()


def test_an_edit_without_a_difference_leaves_no_trace(db: Database, conversation: Conversation) -> None:
    with db.write() as session:
        for _ in range(2):
            contacts.edit(session, conversation.contact_id, ContactDraft("王工", email="W@x.cn"), by=BY, now=NOW)
        assert details(session, f"contact:{conversation.contact_id}") == ["contact.edited"]
        assert contacts.by_email(session, "w@X.cn")[0].name == "王工"


@pytest.mark.parametrize(
    "text",
    ["加密狗号是GD-1234-5678，打不开", "gd1234 5678", "锁号：ＧＤ１２３４５６７８。", "我的授权 GD 1234 5678 过期了"],
)
def test_a_licence_number_in_a_message_suggests_its_company(db: Database, conversation, text: str) -> None:
    with db.write() as session:
        one = company(session)
        accounts.add_licence(session, one.id, "GD12345678", by=BY, now=NOW)
    with db.read() as session:
        found = accounts.recognise(session, conversation.contact_id, ["在吗", text])
        assert found is not None
        assert found.id == one.id
        assert contacts.get(session, conversation.contact_id).account_id is None


def test_nothing_is_suggested_where_it_would_be_a_guess_or_is_known(db: Database, conversation: Conversation) -> None:
    with db.write() as session:
        one, other = company(session, "甲公司"), company(session, "乙公司")
        for account, number in ((one, "GD12345678"), (other, "GD87654321"), (other, "1042")):
            accounts.add_licence(session, account.id, number, by=BY, now=NOW)
        me = conversation.contact_id
        assert accounts.recognise(session, me, ["GD12345678 和 GD87654321"]) is None
        assert accounts.recognise(session, me, ["报 1042"]) is None
        assert accounts.recognise(session, me, ["XGD12345678"]) is None
        assert accounts.recognise(session, me, []) is None
        accounts.attach_contact(session, me, one.id, by=BY, now=NOW)
        assert accounts.recognise(session, me, ["GD12345678"]) is None


def test_a_ticket_suggests_the_company_until_it_has_one(db: Database, conversation: Conversation) -> None:
    with db.write() as session:
        one = company(session)
        accounts.add_licence(session, one.id, "GD12345678", by=BY, now=NOW)
        opened = ticket_of(session, conversation, "a")
        assert accounts.suggested(session, opened) is None
        messages.record_inbound(session, conversation.id, "1", "狗号 GD-12345678", now=NOW)
        found = accounts.suggested(session, opened)
        assert found is not None
        assert found.id == one.id
        accounts.attach_contact(session, conversation.contact_id, one.id, by=BY, now=NOW)
        assert accounts.suggested(session, tickets.get(session, opened.number)) is None


def test_the_last_contacts_of_a_person_come_from_every_channel_newest_first(
    db: Database, conversation: Conversation, clock: FixedClock
) -> None:
    with db.write() as session:
        chat = conversations.open_for(session, "wechat", "openid", now=clock())
        accounts.merge_contacts(session, conversation.contact_id, chat.contact_id, by=BY, now=clock())
        messages.record_inbound(session, conversation.id, "1", "在吗", now=clock())
        messages.record_inbound(session, conversation.id, "2", "报表怎么导出", now=clock())
        clock.advance(timedelta(days=1))
        messages.record_inbound(session, chat.id, "3", "导入报错 ERR-1042", now=clock())
        talk = conversations.get(session, chat.id)
        number = ticket_of(session, talk, "x", now=clock()).number
        clock.advance(timedelta(hours=5))
        tickets.note(session, number, "电话回访，客户不在", by=BY, now=clock())
        clock.advance(timedelta(hours=5))
        draft = TicketDraft("other", "P3", "网页表单提交", reason="form", handoff=False)
        other = tickets.open_ticket(
            session, draft, key="form", contact_id=conversation.contact_id, now=clock()
        ).ticket.number
    with db.read() as session:
        found = accounts.last_contacts(session, conversation.contact_id)
        assert [(one.kind, one.channel, one.topic, one.outcome, one.number) for one in found] == [
            ("ticket", "", "网页表单提交", "new", other),
            ("note", "", "电话回访，客户不在", "", number),
            ("visit", "wechat", "导入报错 x", "new", number),
            ("visit", "web", "报表怎么导出", "", None),
        ]
        assert accounts.last_contacts(session, conversation.contact_id, limit=2) == found[:2]
        assert accounts.last_contacts(session, 99) == ()


def _news(session: Session, *gaps_of: list[tuple[Conversation, str]]) -> list[int]:
    """Notices of one gap each."""
    session.add(EntryRow(entry_id="faq", newest=1, origin="console", owner="", created_at=NOW, updated_at=NOW))
    session.flush()
    ids = []
    for number, notices in enumerate(gaps_of):
        gap = GapRow(title=f"缺口 {number}", created_at=NOW, updated_at=NOW)
        session.add(gap)
        session.flush()
        ids.append(gap.id)
        for talk, state in notices:
            session.add(
                NoticeRow(
                    gap_id=gap.id, contact_id=talk.contact_id, conversation_id=talk.id, entry_id="faq", question="问",
                    asked_at=NOW, state=state, created_at=NOW, told_at=NOW if state == "told" else None,
                )
            )  # fmt: skip
    session.flush()
    return ids
