"""The customers' list from a sheet: upload, report, template."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from gateway.accounts import Report, Unreadable, read, run, template
from gateway.accounts.container import Limits
from gateway.console.access import require
from gateway.console.knowledge.uploads import safe_name
from gateway.console.labels import console_text
from gateway.console.pages import page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute)

MOST_ROWS = 2_000  # of one upload; more takes longer than a browser should wait
LARGEST_BODY = Limits().file_bytes + 64 * 1024
_SHOWN = 200  # mistakes on the page
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/import-accounts")
def import_page(request: Request, me: Me) -> Response:
    """The form."""
    require(me, "accounts.import")
    return _page(request, me)


@router.post("/import-accounts")
async def upload(request: Request, me: Me, services: Parts) -> Response:
    """Read, taken in or rehearsed, and reported on the same page; sending it again changes nothing."""
    require(me, "accounts.import")  # before the first byte of a file is read
    async with request.form(max_files=2, max_fields=5) as data:
        file = next((one for one in data.getlist("file") if isinstance(one, UploadFile) and one.filename), None)
        rehearse, skip_bad = data.get("rehearse") == "yes", data.get("skip_bad") == "yes"
        if file is None:
            return _page(request, me, problem=console_text(services.wording, "error.no_file"), status=422)
        name, content = safe_name(file.filename or ""), await file.read()
    try:
        report = await run_in_threadpool(_take, services, me, name, content, skip_bad=skip_bad, rehearse=rehearse)
    except Unreadable as error:
        return _page(request, me, problem=f"{name}：{error}", status=422)
    return _page(request, me, report=report, status=422 if report.state == "refused" else 200)


@router.get("/accounts-template.xlsx")
def template_file(me: Me) -> Response:
    """An empty sheet."""
    require(me, "accounts.import")
    headers = {"content-disposition": "attachment; filename*=UTF-8''%E5%AE%A2%E6%88%B7%E8%A1%A8.xlsx"}
    return Response(template(), media_type=_XLSX, headers=headers)


def _take(services: ConsoleServices, me: Me, name: str, content: bytes, *, skip_bad: bool, rehearse: bool) -> Report:
    remedy = console_text(services.wording, "import_remedy")
    sheet = read(name, content, Limits(rows=MOST_ROWS, remedy=remedy))
    return run(services.db, sheet, skip_bad=skip_bad, rehearse=rehearse, by=me.actor, now=services.clock())


def _page(request: Request, me: Me, *, report: Report | None = None, problem: str = "", status: int = 200) -> Response:
    return page(
        request, "accounts_import.html", me, report=report, problem=problem, shown=_SHOWN, most=MOST_ROWS,
        largest=Limits().file_bytes // 1024**2, status=status,
    )  # fmt: skip
