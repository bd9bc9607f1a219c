import os
from pathlib import Path

import pytest

from kb_ingest.documents.limits import MIB, Limits
from kb_ingest.errors import OverLimit, Refused
from kb_ingest.sources import Source, find, load, safe


def reasons(sources: list[Source]) -> dict[str, str]:
    return {source.name: source.skipped for source in sources}


def test_a_folder_means_all_files_below_it_in_order_of_name(tmp_path: Path) -> None:
    for name in ("b.md", "a/c.md", "a.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")

    assert [source.name for source in find([tmp_path])] == ["a/c.md", "a.md", "b.md"]


def test_the_same_file_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x")

    assert len(find([tmp_path, tmp_path / "a.md"])) == 1


def test_what_is_no_document_is_skipped_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "~$a.docx").write_text("x")
    (tmp_path / ".git").mkdir()
    (tmp_path / "Thumbs.db").write_text("x")
    os.mkfifo(tmp_path / "pipe.txt")

    skipped = reasons(find([tmp_path]))

    assert "锁文件" in skipped["~$a.docx"]
    assert "隐藏" in skipped[".git"]
    assert "系统" in skipped["Thumbs.db"]
    assert "管道" in skipped["pipe.txt"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "a.md").write_text("x")
    (inside / "secret.md").symlink_to(outside / "a.md")
    (inside / "folder").symlink_to(outside)
    (inside / "again.md").symlink_to(inside / "a.md")
    (inside / "nowhere.md").symlink_to(inside / "gone.md")
    (inside / "round").symlink_to(inside)

    skipped = reasons(find([inside]))

    assert skipped["a.md"] == ""
    assert "文件夹之外" in skipped["secret.md"]
    assert "文件夹之外" in skipped["folder"]
    assert "单独读取" in skipped["again.md"]
    assert "不存在" in skipped["nowhere.md"]
    assert len(skipped) == 6


def test_a_file_that_became_a_link_meanwhile_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target.md").write_text("secret")
    (tmp_path / "a.md").symlink_to(tmp_path / "target.md")

    with pytest.raises(Refused, match="读不了"):
        load(Source(tmp_path / "a.md", "a.md", "a.md"), Limits())


def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")

    with pytest.raises(Refused, match="不是普通文件"):
        load(Source(tmp_path / "a.txt", "a.txt", "a.txt"), Limits())


def test_a_large_file_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(100 * MIB)  # a hole: reading it would take its size in memory all the same

    with pytest.raises(OverLimit, match=r"100\.0 MB"):
        load(Source(path, "huge.txt", "huge.txt"), Limits())


def test_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "找不到" in find([tmp_path / "gone.md"])[0].skipped


@pytest.mark.parametrize("name", ["a\x1b[31m.md", "a\nb.md", "a\u202egpj.md", "a\udcff.md", "x" * 400])
def test_a_name_is_safe_to_show(name: str) -> None:
    shown = safe(name)

    assert shown.isprintable()
    assert len(shown) <= 200
