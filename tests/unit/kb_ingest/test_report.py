import io
import json

from rich.console import Console

from kb_ingest.changes import Changes, changes
from kb_ingest.report import FileReport, Line, remarks, table
from kb_ingest.sheets.mistake import Mistake
from retrieval.knowledge.entry import Entry


def entry(entry_id: str, answer: str = "这样") -> Entry:
    return Entry(entry_id, "faq", "标题", "怎么做", answer)


REPORT = FileReport(
    "docs/a.html",
    "quarantined",
    repaired={"現(xiàn)": 3},
    quarantined=(Line(8, "??头峋€", "字节残骸"),),
    refused_contacts=("400-123-4567",),
    mistakes=(Mistake("问答", 4, "没有答案"),),
    notes=("1 张图片没有收入",),
    entries=2,
)


def test_the_report_has_the_keys_of_the_contract() -> None:
    file = json.loads(json.dumps(REPORT.to_json()))

    assert {key: file[key] for key in ("path", "status", "reason", "repaired", "refused_contacts", "entries")} == {
        "path": "docs/a.html",
        "status": "quarantined",
        "reason": "",
        "repaired": {"現(xiàn)": 3},
        "refused_contacts": ["400-123-4567"],
        "entries": 2,
    }
    assert (file["quarantined"][0]["line"], file["quarantined"][0]["text"]) == (8, "??头峋€")
    assert file["mistakes"] == [{"sheet": "问答", "row": 4, "message": "没有答案"}]


def test_what_is_new_changed_or_gone_is_counted() -> None:
    assert Changes(new=("a",), gone=("b",)).count == 2


def test_changes_are_told_by_id_and_content() -> None:
    before = [entry("a"), entry("b"), entry("c")]
    after = [entry("a"), entry("b", "那样"), entry("d")]

    found = changes(before, after)

    assert (found.new, found.changed, found.gone) == (("d",), ("b",), ("c",))  # and a stays as it was
    assert found.count == 3


def test_the_same_entries_are_no_change() -> None:
    assert changes([entry("a")], [entry("a")]).count == 0


def test_a_name_in_brackets_is_no_markup() -> None:
    console = Console(file=io.StringIO(), width=200)
    console.print(table([FileReport("[red]a[ red].md", "refused", "[/nothing]")]))

    assert "[red]a[ red].md" in console.file.getvalue()  # type: ignore[attr-defined]


def test_the_table_shows_every_file_and_the_remarks_every_mistake() -> None:
    console = Console(file=io.StringIO(), width=200)
    scanned = FileReport("b.pdf", "refused", "扫描件")
    console.print(table([REPORT, scanned]))

    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "部分隔离" in shown
    assert "b.pdf" in shown
    assert remarks(scanned) == ["b.pdf：扫描件"]
    assert remarks(REPORT) == ["docs/a.html 工作表“问答” 第 4 行：没有答案", "docs/a.html：1 张图片没有收入"]
