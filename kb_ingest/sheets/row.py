"""One row of a recognised table -> one entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path, PurePath

import yaml

from kb_ingest import ids
from kb_ingest.rendering import of_cell
from kb_ingest.sheets import cells as typed
from kb_ingest.sheets.columns import Columns
from kb_ingest.sheets.mistake import WrongCell
from retrieval.knowledge.entry import Entry

_LONGEST_TITLE = 60


@dataclass(frozen=True)
class Row:
    """A row of a table and where it stands."""

    file: PurePath
    sheet: str
    line: int
    columns: Columns
    cells: Sequence[str]

    def text(self, field: str) -> str:
        """The cell of that field, or nothing."""
        return self.columns.text(self.cells, field)


def entry_of(row: Row, now: datetime) -> Entry:
    """The entry of this row: of an error code when it has one, else of a question.

    Raises WrongCell with all that is wrong in the row.
    """
    checks = _Checks()
    code = checks(typed.code, row.text("code")) if row.text("code") else None
    type_ = checks(typed.type_name, row.text("type"), "error_code" if row.text("code") else "faq")
    message = checks(typed.whole, row.text("message"), "错误信息")
    question = checks(typed.whole, row.text("question"), "问题") or _question(code, message)
    if not question and not checks.wrong:
        checks.wrong.append("没有问题")
    if not row.text("answer"):
        checks.wrong.append("没有答案")
    entry = Entry(
        id=checks(_id, row, type_ or "faq", code, question),
        type=type_,
        title=_title(row, code, message, question),
        question=question,
        answer=checks(_answer, row),
        similar=checks.similar(row, question),
        code=code,
        topic=checks(typed.whole, row.text("topic"), "主题"),
        module=checks(typed.whole, row.text("module"), "模块"),
        versions=checks(typed.version_range, row.text("versions")),
        audience=checks(typed.whole, row.text("audience"), "读者"),
        owner=checks(typed.whole, row.text("owner"), "负责人"),
        source=row.text("source") or f"《{row.file.stem}》{row.sheet}",
        review=checks(typed.review_date, row.text("review"), now),
        workaround=checks(typed.whole, row.text("workaround"), "临时办法", typed.LONGEST_ANSWER) or None,
    )
    if checks.wrong:
        asked = row.text("question") or row.text("message")
        named = f"“{asked[:30]}”：" if asked else ""
        raise WrongCell(f"{named}{'；'.join(checks.wrong)}；这一行没有收入")
    return entry


@dataclass
class _Checks:
    """Runs the checks of a row to the end, so that its editor sees all mistakes at once."""

    wrong: list[str] = field(default_factory=list)

    def __call__(self, check: Callable[..., str], *args: object) -> str:
        """The checked text; nothing where it is wrong."""
        try:
            return check(*args)
        except WrongCell as error:
            self.wrong.append(str(error))
            return ""

    def similar(self, row: Row, question: str) -> tuple[str, ...]:
        """The similar questions of the row; none where one of them is wrong."""
        try:
            return typed.similar(row.columns.texts(row.cells, "similar"), question)
        except WrongCell as error:
            self.wrong.append(str(error))
            return ()


def _question(code: str | None, message: str) -> str:
    if code is None:
        return message
    template = _wording()["question" if message else "question_alone"]
    return template.format(code=code, message=message.rstrip("。.！!"))


def _answer(row: Row) -> str:
    """The answer, with the cause before it where the sheet has one of its own."""
    cause = typed.whole(row.text("cause"), "原因", typed.LONGEST_ANSWER)
    steps = of_cell(typed.whole(row.text("answer"), "答案", typed.LONGEST_ANSWER))
    if not cause or not steps:
        return steps
    return f"{_wording()['cause'].format(cause=of_cell(cause))}\n\n{_wording()['steps']}\n\n{steps}"


def _title(row: Row, code: str | None, message: str, question: str) -> str:
    title = row.text("title")
    if not title:
        title = _wording()["title"].format(code=code, message=message).strip() if code else question
    title = " ".join(title.split()).rstrip("?？。")
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"


def _id(row: Row, type_: str, code: str | None, question: str) -> str:
    """The sheet's own id, else the code's, else by file and question. A bare number is one of this file's."""
    given = row.text("id")
    if given.isdigit():
        return ids.hashed(type_, row.file.as_posix(), given)
    if given:
        return typed.explicit_id(given)
    return ids.of_code(code) if code else ids.hashed(type_, row.file.as_posix(), question)


@cache
def _wording() -> dict[str, str]:
    loaded: dict[str, str] = yaml.safe_load(Path(__file__).with_name("wording.yml").read_text(encoding="utf-8"))
    return loaded
