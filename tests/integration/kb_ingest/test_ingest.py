from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb_ingest.changes import changes
from kb_ingest.documents.limits import MIB, Limits
from kb_ingest.documents.model import Document
from kb_ingest.hygiene.cleaning import Cleaned
from kb_ingest.ingest import Ingested, ingest
from zhtext.contacts import AllowList

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def run(*paths: Path, limits: Limits | None = None) -> Ingested:
    return ingest(paths, allow=AllowList(), now=NOW, limits=limits)


def test_a_huge_file_is_refused_by_its_size_and_the_others_go_in(tmp_path: Path) -> None:
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(100 * MIB)
    (tmp_path / "good.md").write_text("# 导入\n\n先下载模板。\n", encoding="utf-8")

    ingested = run(tmp_path)

    assert [(report.status, report.entries) for report in ingested.files] == [("kept", 1), ("refused", 0)]
    assert "100.0 MB，超过上限 20.0 MB" in ingested.files[1].reason


def test_ids_are_the_same_wherever_the_folder_lies(tmp_path: Path) -> None:
    for folder in ("one", "two/deeper"):
        (tmp_path / folder / "docs").mkdir(parents=True)
        (tmp_path / folder / "docs" / "a.md").write_text("# 导入\n\n先下载模板。\n", encoding="utf-8")

    assert changes(run(tmp_path / "one").entries, run(tmp_path / "two" / "deeper").entries).count == 0


def test_two_files_of_one_name_in_two_folders_are_both_taken_in(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "readme.md").write_text(f"# 简介\n\n这里是 {folder}。\n", encoding="utf-8")

    assert len(run(tmp_path).entries) == 2


def test_a_code_that_two_files_explain_is_named_and_the_first_stays(tmp_path: Path) -> None:
    for name, answer in (("a.csv", "重试"), ("b.csv", "重装")):
        (tmp_path / name).write_text(f"错误码,处理方式\nERR-1,{answer}\nERR-{name[0]},好\n", encoding="utf-8")

    ingested = run(tmp_path)

    assert [entry.answer for entry in ingested.entries] == ["重试", "好", "好"]
    assert "错误码 ERR-1 与" in ingested.files[1].mistakes[0].message


def test_a_word_changed_in_one_section_is_one_change(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# 手册\n\n## 导入\n\n甲。\n\n## 导出\n\n乙。\n", encoding="utf-8")
    before = run(tmp_path).entries
    path.write_text("# 手册\n\n## 导入\n\n甲。\n\n## 导出\n\n乙改了。\n", encoding="utf-8")

    after = run(tmp_path).entries
    found = changes(before, after)

    assert (len(found.new), len(found.changed), len(found.gone)) == (0, 1, 0)
    assert len(set(before) & set(after)) == 1


def test_a_fault_of_ours_on_one_file_does_not_stop_the_others(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(f"# {name}\n\n正文。\n", encoding="utf-8")

    def stumbling(document: Document, allow: AllowList) -> Cleaned:
        if document.name == "a.md":
            raise ZeroDivisionError("oops")
        return Cleaned(document)

    ingested = ingest([tmp_path], allow=AllowList(), now=NOW, cleaner=stumbling)

    assert [report.status for report in ingested.files] == ["refused", "kept"]
    assert "ZeroDivisionError" in ingested.files[0].reason


def test_a_file_of_nothing_but_adverts_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("正文\n", encoding="utf-8")

    def emptied(document: Document, allow: AllowList) -> Cleaned:
        return Cleaned(document.with_blocks(()), dropped=("正文",))

    (report,) = ingest([tmp_path], allow=AllowList(), now=NOW, cleaner=emptied).files

    assert (report.status, report.reason) == ("refused", "去掉广告、网页外壳和陌生联系方式后没有内容")


@pytest.mark.parametrize("count", [3])
def test_nothing_but_a_missing_path_is_no_error(count: int, tmp_path: Path) -> None:
    reports = run(*[tmp_path / f"gone{number}.md" for number in range(count)]).files

    assert [report.status for report in reports] == ["refused"] * count
