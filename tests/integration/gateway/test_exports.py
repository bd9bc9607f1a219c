from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert

from desk import contacts, tickets
from desk.agents import Agent
from desk.calendar import WorkingHours
from desk.sla import SlaRules
from desk.tables import AccountRow, ContactRow, TicketEventRow, TicketRow
from desk.tickets import Filter, TicketDraft
from gateway.console.labels import Labels
from gateway.exports import problem_log, ticket_sheet
from gateway.wording import Wording
from tests.integration.gateway.console.test_desk_at_scale import statements
from tests.integration.gateway.turn_world import World

WORDING, HOURS = Wording.load(), WorkingHours()
HEADER = "日期,问题类型,处理结果,解决人,备注,工单号\r\n"


class Books:
    """What can be taken away from a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.agent: Agent = world.agent()

    @property
    def labels(self) -> Labels:
        return Labels(WORDING, HOURS.tz, self.world.clock())

    def ticket(self, summary: str = "闪退", priority: str = "P3", reason: str = "request", name: str = "王工") -> str:
        with self.world.db.write() as session:
            contact = contacts.for_identity(session, "form", name, now=self.world.clock())
            contacts.describe(session, contact.id, name=name)
            draft = TicketDraft("crash", priority, summary, reason=reason, handoff=False)
            key = f"{name}{summary}{self.world.clock()}"
            opened = tickets.open_ticket(session, draft, key=key, contact_id=contact.id, now=self.world.clock())
            return opened.ticket.number

    def log(self, where: Filter | None = None) -> bytes:
        with self.world.db.read() as session:
            return problem_log(session, where or Filter(), self.labels)

    def lines(self, where: Filter | None = None) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.log(where).decode("utf-8-sig"), newline="")))[1:]

    def sheet(self, where: Filter | None = None) -> Any:
        with self.world.db.read() as session:
            content = ticket_sheet(session, where or Filter(), self.labels, SlaRules(), HOURS, now=self.world.clock())
        return load_workbook(io.BytesIO(content)).worksheets[0]

    def rows(self) -> list[dict[str, Any]]:
        head, *rows = self.sheet().iter_rows(values_only=True)
        return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture
def books(turns_world: World) -> Books:
    return Books(turns_world)


def test_the_log_opens_in_excel(books: Books) -> None:
    content = books.log()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == HEADER


def test_the_log_says_what_came_of_it_and_who_did_it(books: Books) -> None:
    number, now = books.ticket(), books.world.clock()
    with books.world.db.write() as session:
        tickets.note(session, number, "显卡太老", by=books.agent.actor, now=now)
        tickets.resolve(session, number, solution="升级\n驱动", by=books.agent.actor, now=now)
    assert books.lines() == [["2026-11-23", "崩溃闪退", "升级 驱动", "李伟", "显卡太老", number]]


def test_without_a_note_the_reason_stands_there(books: Books) -> None:
    assert books.lines(Filter(text=books.ticket(reason="complaint")))[0][2:5] == ["待受理", "", "投诉"]


def test_a_solution_that_did_not_hold_is_none(books: Books) -> None:
    number, now = books.ticket(), books.world.clock()
    with books.world.db.write() as session:
        tickets.resolve(session, number, solution="重启", by=books.agent.actor, now=now)
        tickets.reopen(session, number, by="bot", now=now)
    assert books.lines()[0][2:4] == ["待受理", ""]


def test_a_duplicate_says_so(books: Books) -> None:
    first, second = books.ticket("一"), books.ticket("二")
    with books.world.db.write() as session:
        tickets.link(session, second, first, "duplicate", by=books.agent.actor, now=books.world.clock())
    assert books.lines()[1][2] == "已关闭（与其他工单重复）"
    assert books.rows()[1]["关联工单"] == f"重复于 {first}"


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", '=HYPERLINK("http://x","y")', "#N/A"])
def test_nothing_in_either_file_is_a_formula(books: Books, evil: str) -> None:
    number, now = books.ticket(evil, name=evil), books.world.clock()
    with books.world.db.write() as session:
        tickets.note(session, number, evil, by=books.agent.actor, now=now)
        tickets.resolve(session, number, solution=evil, by=books.agent.actor, now=now)
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in books.lines()[0])
    types = {cell.data_type for row in books.sheet().iter_rows() for cell in row if cell.value is not None}
    assert types == {"s", "d"}


def test_nobodys_password_leaves(books: Books) -> None:
    number = books.ticket("密码是Abc@123 登不上")
    with books.world.db.write() as session:
        solution = "账号 admin 密码 Zx9!kk21"
        tickets.resolve(session, number, solution=solution, by=books.agent.actor, now=books.world.clock())
    assert "Zx9" not in books.log().decode()
    assert books.rows()[0]["摘要"] == "密码是［密码］ 登不上"


def test_the_sheet_has_a_row_for_each_ticket(books: Books) -> None:
    world = books.world
    number = books.ticket(priority="P2")
    with world.db.write() as session:
        row = session.get_one(TicketRow, 1)
        session.add(AccountRow(name="中建某局", vip=False, created_at=world.clock()))
        session.flush()
        row.account_id = 1
        tickets.assign(session, number, books.agent.id, by="system", now=world.clock())
        world.clock.advance(timedelta(minutes=30))
        tickets.reply(session, number, by=books.agent.actor, now=world.clock())
        world.clock.advance(timedelta(hours=29))  # the next day at 15:30, more than 4 working hours
        tickets.resolve(session, number, solution="好了", by=books.agent.actor, now=world.clock())
        scored = TicketEventRow(
            ticket_id=row.id, kind="scored", actor="contact:1", detail={"score": 5}, created_at=world.clock()
        )
        session.add(scored)
    (shown,) = books.rows()
    told = {name: str(value) if value is not None else "" for name, value in shown.items()}
    assert told == {
        "工单号": number, "建立时间": "2026-11-23 10:00:00", "联系人": "王工", "公司": "中建某局", "渠道": "无会话",
        "问题类型": "崩溃闪退", "优先级": "P2 高", "层级": "L1", "技能": "", "状态": "已解决", "处理人": "李伟",
        "摘要": "闪退", "首次响应": "2026-11-23 10:30:00", "解决时间": "2026-11-24 15:30:00", "响应时限": "按时",
        "解决时限": "超过目标", "满意度": "5", "来由": "客户要求人工", "事件": "", "关联工单": "",
    }  # fmt: skip


def test_a_ticket_in_work_is_neither_kept_nor_broken(books: Books) -> None:
    books.ticket()
    assert (books.rows()[0]["响应时限"], books.rows()[0]["解决时限"]) == ("计时中", "计时中")


def test_only_what_was_asked_for_is_in_it(books: Books) -> None:
    books.ticket("一")
    edge = books.world.clock.advance(timedelta(days=1))
    number = books.ticket("二")
    assert [line[5] for line in books.lines(Filter(since=edge))] == [number]


def test_tickets_are_asked_for_by_the_five_hundred_and_not_each(books: Books) -> None:
    asked, lengths, made = list[int](), list[int](), 0
    books.sheet()  # the first look of a connection asks for more
    for many in (100, 400, 900, 1_400):  # one batch, one, two, three
        filled(books, range(made + 1, many + 1))
        made = many
        asked.append(statements(lambda: lengths.append(books.sheet().max_row)))
    assert lengths == [101, 401, 901, 1_401]
    assert asked[1] == asked[0]
    assert asked[3] - asked[2] == asked[2] - asked[1] < 10


def filled(books: Books, many: range) -> None:
    now = books.world.clock()
    with books.world.db.write() as session:
        if session.get(ContactRow, 1) is None:
            session.add(ContactRow(name="王工", created_at=now))
            session.flush()
        made = {
            "contact_id": 1, "category": "crash", "priority": "P3", "tier": "L1", "status": "new", "slots": {},
            "reason": "request", "handoff": False, "created_at": now, "updated_at": now,
        }  # fmt: skip
        session.execute(
            insert(TicketRow),
            [{**made, "id": n, "number": f"GD-20261123-{n:04d}-0", "summary": f"第 {n} 张导入报错"} for n in many],
        )
        opened = {"to": "new", "priority": "P3", "category": "crash", "tier": "L1", "reason": "request"}
        line = {"kind": "opened", "actor": "bot", "detail": opened, "created_at": now}
        session.execute(insert(TicketEventRow), [{**line, "ticket_id": n} for n in many])
