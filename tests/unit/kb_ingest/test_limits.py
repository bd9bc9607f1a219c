import io
import zipfile

import pytest

from kb_ingest.documents.formats import check_content, check_name
from kb_ingest.documents.limits import MIB, Limits, check_archive, check_size
from kb_ingest.errors import NoText, OverLimit, Unsuitable


def packed(members: dict[str, bytes], encrypted: bool = False) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"word/document.xml": b"<w/>", **members}.items():
            archive.writestr(name, data)
    data = buffer.getvalue()
    return data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01") if encrypted else data


@pytest.mark.parametrize(
    ("name", "kind"), [("a.TXT", "plain"), ("手册.md", "markdown"), ("b.htm", "html"), ("c.yml", "entries")]
)
def test_the_suffix_names_the_reader(name: str, kind: str) -> None:
    assert check_name(name) == kind


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("a.doc", "另存为 .docx"),
        ("a.xls", "另存为 .xlsx"),
        ("a.pptx", "导出为 PDF"),
        ("a.exe", "可以导入 csv、docx"),
        ("README", "没有扩展名"),
    ],
)
def test_a_format_that_is_not_read_is_refused_with_the_remedy(name: str, remedy: str) -> None:
    with pytest.raises(Unsuitable, match=remedy):
        check_name(name)


def test_a_large_file_is_refused_with_its_size_and_the_limit() -> None:
    with pytest.raises(OverLimit, match=r"100\.0 MB，超过上限 20\.0 MB"):
        check_size(100 * MIB, Limits())


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("plain", b"", "空的"),
        ("plain", b" \r\n", "空的"),
    ],
)
def test_an_empty_file_holds_no_text(kind: str, data: bytes, reason: str) -> None:
    with pytest.raises(NoText, match=reason):
        check_content(kind, data, Limits())


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("word", b"MZ\x90\x00" + bytes(60), "Windows 程序"),
        ("plain", b"MZ\x90\x00" + bytes(60), "Windows 程序"),
        ("word", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        ("excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60), "只改了扩展名"),
        ("excel", packed({}), "没有 xl/workbook.xml"),
        ("pdf", b"<html>", "内容不是 PDF"),
        ("csv", b"PK\x03\x04....", "Office 文件"),
        ("markdown", b"%PDF-1.7 ...", "内容是 PDF"),
        ("word", packed({})[:-30], "不完整"),
        ("word", packed({"a.zip": b"x"}), "压缩包里还有压缩包"),
        ("word", packed({"word/media/picture.png": packed({})}), "压缩包里还有压缩包"),
        ("word", packed({}, encrypted=True), "加了密码"),
    ],
)
def test_bytes_that_are_not_what_the_name_says_are_refused(kind: str, data: bytes, reason: str) -> None:
    with pytest.raises(Unsuitable, match=reason):
        check_content(kind, data, Limits())


def test_a_workbook_behind_a_chart_is_no_archive_in_an_archive() -> None:
    check_content("word", packed({"word/embeddings/chart.xlsx": packed({})}), Limits())


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(members=2), "3 个成员，超过上限 2 个"),
        (Limits(unpacked_bytes=MIB), "超过上限 1.0 MB"),
        (Limits(ratio=10), "超过上限 10 倍"),
    ],
)
def test_a_container_is_refused_by_what_it_declares(limits: Limits, reason: str) -> None:
    data = packed({"word/a.xml": b" " * MIB, "word/b.xml": b" " * MIB})

    with pytest.raises(OverLimit, match=reason):
        check_content("word", data, limits)


def test_a_container_that_lies_about_its_members_is_refused() -> None:
    data = packed({"a.xml": b"text" * 100})
    place = data.rindex(b"PK\x01\x02") + 42  # where the directory says that a member begins

    with pytest.raises(Unsuitable, match="损坏"):
        check_content("word", data[:place] + b"\xff\xff\xff\x00" + data[place + 4 :], Limits())


def test_a_container_with_the_end_of_zip64_is_refused() -> None:
    whole = packed({"word/document.xml": b"x"})
    end = whole.rfind(b"PK\x05\x06")
    record = b"PK\x06\x06" + bytes(52)
    locator = b"PK\x06\x07" + bytes(4) + end.to_bytes(8, "little") + b"\1\0\0\0"

    with pytest.raises(Unsuitable, match="ZIP64"):
        check_archive(whole[:end] + record + locator + whole[end:], Limits())


def test_a_text_may_begin_with_the_letters_of_a_program() -> None:
    check_content("plain", "MZ-200 型设备接入说明".encode(), Limits())
