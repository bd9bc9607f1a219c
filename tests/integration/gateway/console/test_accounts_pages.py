"""Customers in the console: companies, people, and the list that comes in from a sheet."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from desk import accounts, agents, audit, contacts, conversations
from desk.accounts import Account, AccountDraft
from desk.contacts import Contact, ContactDraft
from tests.integration.gateway.console.accounts_pages import ACCOUNTS
from tests.integration.gateway.console.world import NOW, World

LOGINS = {"agent": "zhang", "lead": "wang", "editor": "chen", "admin": "root"}
LIST = "公司,工地,授权号,产品,维护到期,VIP,联系人,电话\n甲公司,二标,GD200001,养护云,2027-01-01,是,李工,13900139000\n"
NASTY = "<script>alert(1)</script>\"'>"


@pytest.fixture
def first(world: World) -> Account:
    """甲公司 with a site, a licence and a person, and 乙公司."""
    with world.db.write() as session:
        one = accounts.save(session, AccountDraft("甲公司", version="6.2"), by="system", now=NOW)
        accounts.save(session, AccountDraft("乙公司", version="6.0", note="乙"), by="system", now=NOW)
        site = accounts.add_site(session, one.id, "一标", by="system", now=NOW)
        accounts.add_licence(session, one.id, "GD100001", site_id=site.id, by="system", now=NOW)
        talk = conversations.open_for(session, "web", "visitor-1", now=NOW)
        accounts.attach_contact(session, talk.contact_id, one.id, by="system", now=NOW)
        contacts.edit(session, talk.contact_id, ContactDraft("王工", "13800138000"), by="system", now=NOW)
        other = conversations.open_for(session, "wechat", "openid", now=NOW)
        contacts.describe(session, other.contact_id, name="老王", phone="+86 13800138000")
        return accounts.get(session, one.id)


def account(world: World, name: str = "甲公司") -> Account | None:
    with world.db.read() as session:
        return accounts.find(session, name)


def person(world: World, contact_id: int = 1) -> Contact:
    with world.db.read() as session:
        return contacts.get(session, contact_id)


def upload(world: World, content: bytes | str, name: str = "客户.csv", login: str = "wang", **fields: str):
    data = content.encode() if isinstance(content, str) else content
    return world.browser(login).post("/console/import-accounts", files={"file": (name, data)}, data=fields)


@pytest.mark.parametrize("role", sorted(LOGINS))
@pytest.mark.parametrize(("method", "path", "form", "may"), ACCOUNTS)
def test_only_these_roles_get_to_customers(world, first, role, method, path, form, may) -> None:
    where = path.format(account_id=1, contact_id=1, site_id=1, licence_id=1)
    sent = {"params": form} if method == "GET" else {"data": form}
    answer = world.browser(LOGINS[role]).request(method, where, **sent)
    done = 200 if method == "GET" else 422 if path.endswith("import-accounts") else 303  # no file was sent
    assert answer.status_code == (done if role in may else 403)


def test_the_list_shows_maintenance_vip_and_open_tickets(world: World, first: Account) -> None:
    with world.db.write() as session:
        draft = AccountDraft("甲公司", "养护云", "6.2", date(2026, 12, 1), vip=True)
        accounts.save(session, draft, account_id=first.id, by="system", now=NOW)
    world.ticket(customer="visitor-1")
    page = world.browser("zhang").get("/console/accounts").text
    assert "快到期" in page
    assert "2026-12-01" in page
    assert ">VIP</span>" in page
    assert '<td class="figure"><b>1</b></td>' in page


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["甲公司", "乙公司"]),
        ({"q": "gd-1000"}, ["甲公司"]),
        ({"q": "138 0013 8000"}, ["甲公司"]),
        ({"q": "13800138000"}, ["甲公司"]),
        ({"tab": "vip"}, []),
        ({"tab": "nonsense"}, ["甲公司", "乙公司"]),
        ({"page": "7"}, []),
    ],
)
def test_the_list_is_searched_and_filtered(world: World, first: Account, asked, names) -> None:
    page = world.browser("zhang").get("/console/accounts", params=asked).text
    assert [name for name in ("甲公司", "乙公司") if f'translate="no">{name}</a>' in page] == names


def test_one_company_shows_all_that_belongs_to_it(world: World, first: Account) -> None:
    number = world.ticket(customer="visitor-1")
    page = world.browser("zhang").get(f"/console/accounts/{first.id}").text
    assert all(text in page for text in ("一标", "GD100001", "王工", "13800138000", number))
    assert "修改资料" not in page  # an agent reads


def test_a_company_is_made_and_changed_with_a_line_in_the_trail(world: World) -> None:
    browser = world.browser("wang")
    form = {"name": "甲公司", "product": "养护云", "maintained_until": "2027-06-30", "vip": "yes", "note": "重点"}
    answer = browser.post("/console/new-account", data=form)
    made = account(world)
    assert made is not None
    assert answer.headers["location"] == f"/console/accounts/{made.id}?done=account_made"
    assert (made.product, made.maintained_until, made.vip, made.note) == ("养护云", date(2027, 6, 30), True, "重点")
    browser.post(f"/console/accounts/{made.id}", data={"name": "甲公司", "note": "重点"})
    changed = account(world)
    assert changed is not None
    assert (changed.product, changed.maintained_until, changed.vip) == (None, None, False)
    with world.db.read() as session:
        lines = audit.listing(session, subject=f"account:{made.id}")
        assert [(line.action, line.actor) for line in lines] == [
            ("account.changed", world.agent("wang").actor),
            ("account.created", world.agent("wang").actor),
        ]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"name": ""}, "“公司”不能为空"),
        ({"name": "乙 公司"}, "已经有一家叫这个名字的公司"),
        ({"name": "甲", "maintained_until": "明年"}, "不是日期"),
        ({"name": "甲" * 101}, "有 101 个字，上限 100 个字"),
    ],
)
def test_what_cannot_be_saved_comes_back_with_all_that_was_typed(world: World, first: Account, form, told) -> None:
    sent = {"product": "造价大师", "note": "别丢了", **form}
    for path in ("/console/new-account", f"/console/accounts/{first.id}"):
        answer = world.browser("wang").post(path, data=sent)
        assert answer.status_code == 422
        assert all(text in answer.text for text in (told, "造价大师", "别丢了"))
    assert account(world) == first


def test_a_licence_of_another_company_is_refused_with_its_name(world: World, first: Account) -> None:
    answer = world.browser("wang").post("/console/accounts/2/licences", data={"licences": "gd-100002、GD 100001"})
    assert answer.status_code == 422
    assert "已经属于“甲公司”" in answer.text
    other = account(world, "乙公司")
    assert other is not None
    assert other.licences == 0  # all or none


def test_a_licence_that_is_none_is_refused_in_words(world: World, first: Account) -> None:
    answer = world.browser("wang").post("/console/accounts/1/licences", data={"licences": "加密狗"})
    assert (answer.status_code, "授权号“加密狗”看不懂" in answer.text) == (422, True)


def test_merged_companies_keep_what_the_other_said_in_the_note(world: World, first: Account) -> None:
    browser = world.browser("wang")
    shown = browser.get("/console/accounts/1/merge", params={"other": 2}).text
    assert all(text in shown for text in ("甲公司", "乙公司", "合并后不能拆开"))
    assert browser.post("/console/accounts/1/merge", data={"other": "2", "keep": "2"}).status_code == 303
    kept = account(world, "乙公司")
    assert kept is not None
    assert (kept.version, kept.licences, kept.contacts) == ("6.0", 1, 1)
    assert kept.note == "乙\n合并前另一份资料写的是：甲公司，6.2"
    assert account(world) is None
    assert browser.post("/console/accounts/2/merge", data={"other": "1", "keep": "2"}).status_code == 404


@pytest.mark.parametrize(
    "form", [{"other": "1", "keep": "1"}, {"other": "2", "keep": "3"}, {"other": "x", "keep": "1"}]
)
def test_a_merge_names_two_and_keeps_one_of_them(world: World, first: Account, form: dict[str, str]) -> None:
    for kind in ("accounts", "contacts"):
        assert world.browser("wang").post(f"/console/{kind}/1/merge", data=form).status_code == 422
    assert account(world) == first


def test_an_agent_edits_a_person_and_moves_them_to_another_company(world: World, first: Account) -> None:
    form = {"person": "王建国", "phone": "+86 139 0013 9000", "email": "w@x.cn", "company": " 乙公司", "site": "1"}
    assert world.browser("zhang").post("/console/contacts/1", data=form).status_code == 303
    found = person(world)
    assert (found.name, found.phone, found.email, found.account_id, found.site_id) == (
        "王建国", "13900139000", "w@x.cn", 2, None,
    )  # fmt: skip
    assert world.browser("zhang").post("/console/contacts/1", data={"person": "王建国"}).status_code == 303
    assert person(world).account_id is None


def test_all_that_is_wrong_with_a_person_is_told_at_once_and_nothing_is_saved(world: World, first: Account) -> None:
    before = person(world)
    form = {"person": "新名字", "phone": "abc", "email": "x", "company": "没有这家", "note": "别丢了"}
    answer = world.browser("zhang").post("/console/contacts/1", data=form)
    assert answer.status_code == 422
    for told in ("不像电话号码", "不是邮箱地址", "没有叫“没有这家”的公司", "新名字", "别丢了"):
        assert told in answer.text
    assert person(world) == before


def test_people_with_one_phone_are_offered_for_merging_and_become_one(world: World, first: Account) -> None:
    browser = world.browser("zhang")
    assert "/console/contacts/1/merge?other=2" in browser.get("/console/contacts/1").text
    shown = browser.get("/console/contacts/1/merge", params={"other": 2}).text
    assert all(text in shown for text in ("王工", "老王", "微信", "网页"))
    assert browser.post("/console/contacts/1/merge", data={"other": "2", "keep": "1"}).status_code == 303
    kept = person(world)
    assert kept.note == "合并前另一份资料写的是：老王，+86 13800138000"
    with world.db.read() as session:
        assert {one.channel for one in contacts.identities(session, 1)} == {"web", "wechat"}
    assert browser.get("/console/contacts/2").status_code == 404


def test_a_suggested_company_is_confirmed_beside_the_ticket(world: World, first: Account) -> None:
    number = world.ticket(channel="wechat", customer="openid")
    sent = {"account": str(first.id), "ticket": number}
    answer = world.browser("zhang").post("/console/contacts/2/attach", data=sent)
    assert answer.headers["location"] == f"/console/tickets/{number}?done=contact_saved"
    assert (person(world, 2).account_id, world.of(number).account_id) == (first.id, first.id)
    elsewhere = world.browser("zhang").post("/console/contacts/2/attach", data={**sent, "ticket": "//evil.example"})
    assert elsewhere.status_code == 404


def test_what_was_typed_is_shown_as_typed_to_readers_of_traditional(world: World, first: Account) -> None:
    with world.db.write() as session:
        agents.profile(session, world.agent("zhang").id, locale="zh-TW")
        draft = AccountDraft("甲公司", "养护云", "6.2", note="发货后联系")
        accounts.save(session, draft, account_id=first.id, by="system", now=NOW)
    page = world.browser("zhang").get("/console/accounts/1").text
    assert "未登記" in page
    assert "养护云" in page
    assert "发货后联系" in page


def test_a_list_is_rehearsed_then_taken_in_then_changes_nothing(world: World) -> None:
    rehearsed = upload(world, LIST, rehearse="yes")
    assert (rehearsed.status_code, "预演：什么都没有写入" in rehearsed.text, account(world)) == (200, True, None)
    done = upload(world, LIST)
    assert "已导入" in done.text
    made = account(world)
    assert made is not None
    assert (made.vip, made.licences, made.contacts) == (True, 1, 1)
    assert "没有变化" in upload(world, LIST).text


def test_a_list_with_mistakes_is_refused_with_line_numbers_or_read_without_them(world: World) -> None:
    bad = LIST + "乙公司,,,,坏日期,,,\n"
    refused = upload(world, bad)
    assert refused.status_code == 422
    assert "第 3 行：“维护到期”里的“坏日期”不是日期" in refused.text
    assert account(world) is None
    assert upload(world, bad, skip_bad="yes").status_code == 200
    assert account(world) is not None


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xls", b"x", "不支持“.xls”"),
        ("a.xlsx", b"PK", "不完整"),
        ("a.csv", "公司,联系人\n" + "甲公司,王工\n" * 2_001, "超过 2000 行；请拆成几份，或请管理员用命令"),
        ("a.csv", b"a" * (10 * 1024 * 1024 + 1), "上限 10 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_remedy(world: World, name: str, content, told: str) -> None:
    answer = upload(world, content, name)
    assert (answer.status_code, told in answer.text) == (422, True)


def test_the_template_can_be_filled_in_and_uploaded(world: World) -> None:
    content = world.browser("wang").get("/console/accounts-template.xlsx").content
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.worksheets[0]["A2"] = "甲公司"
    filled = io.BytesIO()
    book.save(filled)
    assert upload(world, filled.getvalue(), "模板.xlsx").status_code == 200
    assert account(world) is not None


def test_nothing_that_somebody_has_typed_becomes_part_of_a_page(world: World) -> None:
    with world.db.write() as session:
        draft = AccountDraft(NASTY, NASTY, NASTY, None, note=NASTY)
        made = accounts.save(session, draft, by="system", now=NOW)
        accounts.add_site(session, made.id, NASTY, NASTY, by="system", now=NOW)
        talk = conversations.open_for(session, "web", "visitor-1", now=NOW)
        contacts.edit(session, talk.contact_id, ContactDraft(NASTY, NASTY, NASTY, NASTY), by="system", now=NOW)
        accounts.attach_contact(session, talk.contact_id, made.id, by="system", now=NOW)
        conversations.open_for(session, "wechat", "openid", now=NOW)
    browser = world.browser("wang")
    paths = (
        "/console/accounts", "/console/accounts/1", "/console/accounts/1/edit", "/console/accounts?into=1",
        "/console/contacts", "/console/contacts/1", "/console/contacts?into=1", "/console/contacts/1/merge?other=2",
        f"/console/contacts?q={NASTY}",
    )  # fmt: skip
    for path in paths:
        answer = browser.get(path)
        assert (answer.status_code, "<script>alert" in answer.text) == (200, False), path
    assert "<script>alert" not in upload(world, LIST.replace("2027-01-01", NASTY.replace(",", "")), NASTY + ".csv").text
