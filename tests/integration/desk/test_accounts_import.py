"""Companies from a sheet, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timezone

from desk import accounts, audit, contacts, conversations
from desk.accounts import AccountDraft, Incoming, Person
from desk.accounts.incoming import KINDS
from desk.contacts import ContactDraft
from desk.database import Database
from gateway.accounts import Report, read, run

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
HEAD = "公司,工地,授权号,产品,版本,维护到期,VIP,联系人,电话,邮箱,备注"
LIST = (
    "甲公司,一标,GD100001、GD100002,养护云,6.2,2026-12-31,是,王工,13800138000,,",
    ",二标,GD100003,,,,,李工,13900139000,li@x.cn,老客户",
    "乙公司,,,,,,,赵工,,,",
    "乙公司,,,,,,,赵工,,,",
)


def imported(db: Database, *rows: str, skip_bad: bool = False, rehearse: bool = False) -> Report:
    sheet = read("客户.csv", "\n".join([HEAD, *rows]).encode())
    return run(db, sheet, skip_bad=skip_bad, rehearse=rehearse, by="cli", now=NOW)


def counts(report: Report) -> dict[str, tuple[int, int, int]]:
    return {kind: (one.created, one.changed, one.unchanged) for kind, one in report.counts.items()}


def test_a_list_becomes_companies_with_sites_licences_and_people(db: Database) -> None:
    report = imported(db, *LIST)
    assert report.state == "written"
    assert counts(report) == {
        "accounts": (2, 0, 0), "sites": (2, 0, 0), "licences": (3, 0, 0), "contacts": (3, 0, 0),
    }  # fmt: skip
    assert report.names == ("甲公司", "乙公司")
    with db.read() as session:
        one = accounts.find(session, "甲公司")
        assert one is not None
        assert (one.product, one.version, one.vip, one.note) == ("养护云", "6.2", True, "老客户")
        assert one.maintained_until == date(2026, 12, 31)
        names = {site.id: site.name for site in accounts.sites_of(session, one.id)}
        assert [(known.number, names[known.site_id or 0]) for known in accounts.licences_of(session, one.id)] == [
            ("GD100001", "一标"),
            ("GD100002", "一标"),
            ("GD100003", "二标"),
        ]
        (found,) = contacts.by_phone(session, "139-0013-9000")
        assert (found.name, found.email, found.account_id, names[found.site_id or 0]) == (
            "李工", "li@x.cn", one.id, "二标",
        )  # fmt: skip


def test_the_same_list_again_changes_nothing_and_leaves_no_trace(db: Database) -> None:
    imported(db, *LIST)
    again = imported(db, *LIST)
    assert (again.changes, counts(again)["contacts"]) == (0, (0, 0, 3))
    with db.read() as session:
        assert len(audit.listing(session, action="accounts.imported")) == 1


def test_a_person_on_two_sites_does_not_move_to_and_fro(db: Database) -> None:
    rows = ("甲公司,一标,,,,,,王工,13800138000,,", "甲公司,二标,,,,,,王工,13800138000,,")
    imported(db, *rows)
    assert imported(db, *rows).changes == 0


def test_what_the_sheet_leaves_open_stays_and_what_it_says_is_kept(db: Database) -> None:
    imported(db, *LIST)
    report = imported(db, "甲公司,,,,7.0,,,王工,138 0013 8000,wang@x.cn,")
    assert counts(report) == {
        "accounts": (0, 1, 0), "sites": (0, 0, 0), "licences": (0, 0, 0), "contacts": (0, 1, 0),
    }  # fmt: skip
    with db.read() as session:
        one = accounts.find(session, "甲公司")
        assert one is not None
        assert (one.version, one.product, one.vip, one.licences) == ("7.0", "养护云", True, 3)
        (found,) = contacts.by_phone(session, "13800138000")
        assert found.email == "wang@x.cn"


def test_with_a_mistake_nothing_is_written_and_all_mistakes_are_told(db: Database) -> None:
    with db.write() as session:
        other = accounts.save(session, AccountDraft("丙公司"), by="agent:1", now=NOW)
        accounts.add_licence(session, other.id, "GD100003", by="agent:1", now=NOW)
    report = imported(db, *LIST, "丁公司,,,,,没有期限,,,,,")
    assert (report.state, report.changes) == ("refused", 0)
    assert [mistake.sentence for mistake in report.mistakes] == [
        "第 3 行：授权号 GD100003 已经是“丙公司”的；先在客户页面里把它从那家公司去掉，或改正这一行",
        "第 6 行：“维护到期”里的“没有期限”不是日期；请写成 2026-12-31 这样，没有期限就留空",
    ]
    with db.read() as session:
        assert accounts.count(session) == 1


def test_bad_rows_are_skipped_where_asked(db: Database) -> None:
    report = imported(db, *LIST, "丁公司,,,,,没有期限,,,,,", skip_bad=True)
    assert (report.state, len(report.mistakes), counts(report)["accounts"]) == ("written", 1, (2, 0, 0))
    with db.read() as session:
        assert accounts.find(session, "丁公司") is None


def test_a_rehearsal_tells_all_and_writes_nothing(db: Database) -> None:
    report = imported(db, *LIST, "丁公司,,,,,没有期限,,,,,", rehearse=True)
    assert (report.state, counts(report)["accounts"], len(report.mistakes)) == ("rehearsed", (2, 0, 0), 1)
    with db.read() as session:
        assert accounts.count(session) == 0
    assert report.to_json()["refused"][0]["line"] == 6


def test_somebody_who_only_typed_a_phone_into_the_chat_is_not_given_a_company(db: Database) -> None:
    with db.write() as session:
        talk = conversations.open_for(session, "web", "visitor", now=NOW)
        contacts.describe(session, talk.contact_id, name="王工", phone="13800138000")
    imported(db, *LIST)
    with db.read() as session:
        assert contacts.get(session, talk.contact_id).account_id is None
        assert len(contacts.by_phone(session, "13800138000")) == 2


def test_two_people_with_the_phone_of_the_site_office_stay_two(db: Database) -> None:
    rows = ("甲公司,,,,,,,王工,0571-88880000,,", "甲公司,,,,,,,李工,0571-88880000,,")
    assert counts(imported(db, *rows))["contacts"] == (2, 0, 0)
    assert imported(db, *rows).changes == 0


def test_a_name_corrected_by_hand_is_not_doubled_by_the_address(db: Database) -> None:
    imported(db, "甲公司,,,,,,,,,li@x.cn,")
    assert counts(imported(db, "甲公司,,,,,,,李工,,LI@x.cn,"))["contacts"] == (0, 1, 0)


def test_a_company_written_in_another_width_is_the_same(db: Database) -> None:
    imported(db, "甲公司（集团）,,,,,,,,,,")
    report = imported(db, "甲公司 (集团),,,养护云,,,,,,,")
    assert counts(report)["accounts"] == (0, 1, 0)


def test_two_imports_at_once_make_everything_once(db: Database) -> None:
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: imported(db, *LIST), range(2)))
    assert sorted(report.changes for report in reports) == [0, 10]
    with db.read() as session:
        assert (accounts.count(session), contacts.count(session)) == (2, 3)


def test_a_thousand_rows_are_taken_at_once(db: Database) -> None:
    rows = [Incoming(line, f"公司{line // 4}", site=f"{line}标", licences=(f"GD{line:06}",),
                     person=Person(f"人{line}", f"138{line:08}")) for line in range(2, 1_002)]  # fmt: skip
    with db.write() as session:
        first = accounts.take(session, rows, by="cli", now=NOW)
        second = accounts.take(session, rows, by="cli", now=NOW)
    assert (first.changes, second.changes) == (251 + 3_000, 0)
    assert set(first.counts) == set(KINDS)


def test_edits_in_the_console_survive_a_sheet_that_says_nothing_of_them(db: Database) -> None:
    imported(db, *LIST)
    with db.write() as session:
        (found,) = contacts.by_phone(session, "13800138000")
        draft = ContactDraft("王工", "13800138000", "w@x.cn", "周一不在", vip=True)
        contacts.edit(session, found.id, draft, by="agent:1", now=NOW)
    imported(db, *LIST)
    with db.read() as session:
        after = contacts.get(session, found.id)
        assert (after.email, after.note, after.vip) == ("w@x.cn", "周一不在", True)
