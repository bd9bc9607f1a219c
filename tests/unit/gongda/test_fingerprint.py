from pathlib import Path

from gongda.fingerprint import fingerprint


def mark(root: Path) -> str:
    return fingerprint([root / "data"], (".yml",), root)


def test_it_changes_with_content_and_name_and_with_nothing_else(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.yml").write_text("一")
    first = mark(tmp_path)

    (data / "notes.md").write_text("不算")
    assert mark(tmp_path) == first

    (data / "a.yml").write_text("二")
    second = mark(tmp_path)
    assert second != first

    (data / "a.yml").rename(data / "b.yml")
    assert mark(tmp_path) not in (first, second)
