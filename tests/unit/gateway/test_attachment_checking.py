from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from gateway.attachments.checker import Checker
from gateway.attachments.checking import Checked, check, kind_of
from gateway.attachments.errors import AttachmentError, Damaged, NotAccepted, TooBig
from gateway.attachments.limits import MIB, AttachmentLimits

LIMITS = AttachmentLimits()
SCRIPT = b"<html><body><script>alert(1)</script></body></html>"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, 120).save(written, kind, **options)
    return written.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return written.getvalue()


def word(**more: bytes) -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", **more})


def pdf(pages: int = 1) -> bytes:
    """The smallest one that a reader opens, with its table of objects."""
    kids = " ".join(f"{3 + page} 0 R" for page in range(pages))
    bodies = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {pages}>>"]
    bodies += ["<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * pages
    written, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(written))
        written += f"{number} 0 obj{body}endobj\n".encode()
    table = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n" + "".join(f"{at:010} 00000 n \n" for at in places)
    end = f"trailer<</Size {len(bodies) + 1}/Root 1 0 R>>\nstartxref\n{len(written)}\n%%EOF"
    return written + table.encode() + end.encode()


def refused(data: bytes, name: str = "a", limits: AttachmentLimits = LIMITS, **more: bool) -> AttachmentError:
    with pytest.raises(AttachmentError) as error:
        check(data, name, limits, **more)
    return error.value


def opened(checked: Checked) -> Image.Image:
    return Image.open(io.BytesIO(checked.data))


# -- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "kept"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/png"), ("BMP", "image/png")],
)
def test_pictures_are_known_by_their_content_and_kept_in_a_format_browsers_show(kind: str, kept: str) -> None:
    checked = check(picture(kind), "whatever.exe", LIMITS)

    assert (checked.media_type, checked.width, checked.height) == (kept, 40, 20)
    assert not checked.name.endswith(".exe")


def test_where_and_by_whom_a_picture_was_taken_does_not_survive() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (31.0, 14.0, 9.0)
    data = picture("JPEG", exif=exif, comment=b"SECRET-COMMENT")
    assert b"SECRET-CAMERA" in data

    checked = check(data, "site.jpg", LIMITS)

    assert b"SECRET" not in checked.data
    assert not opened(checked).getexif()


def test_a_picture_is_turned_as_the_camera_was_held() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # held to the right

    checked = check(picture("JPEG", (40, 20), exif=exif), "a.jpg", LIMITS)

    assert (checked.width, checked.height) == (20, 40)


def test_text_in_a_png_does_not_survive() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "SECRET <script>alert(1)</script>")
    told.add_itxt("XML:com.adobe.xmp", "SECRET")

    checked = check(picture("PNG", pnginfo=told), "a.png", LIMITS)

    assert b"SECRET" not in checked.data
    assert b"script" not in checked.data


@pytest.mark.parametrize("kind", ["GIF", "PNG", "JPEG", "WEBP", "BMP"])
def test_of_a_picture_that_is_a_page_as_well_only_the_picture_stays(kind: str) -> None:
    checked = check(picture(kind) + SCRIPT, "a.html", LIMITS)

    assert b"<script>" not in checked.data
    assert checked.name.endswith((".png", ".jpg", ".webp"))


def test_what_is_see_through_stays_so() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(written, "PNG")

    assert opened(check(written.getvalue(), "a.png", LIMITS)).getpixel((0, 0)) == (255, 0, 0, 0)


def test_sixteen_bits_of_grey_do_not_become_white() -> None:
    written = io.BytesIO()
    Image.new("I;16", (4, 4), 0x4000).save(written, "PNG")

    assert opened(check(written.getvalue(), "a.png", LIMITS)).getpixel((0, 0)) == 0x40


def test_of_an_animation_the_first_picture_stays() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    written = io.BytesIO()
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])

    kept = opened(check(written.getvalue(), "a.gif", LIMITS))

    assert kept.convert("RGB").getpixel((0, 0)) == (255, 0, 0)
    assert getattr(kept, "n_frames", 1) == 1


def test_a_picture_of_billions_of_pixels_is_refused_by_its_header() -> None:
    size = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    head = b"IHDR" + size
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    body = b"IDAT" + zlib.compress(b"\0" * 1000)
    data += struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))

    error = refused(data)

    assert isinstance(error, TooBig)
    assert error.key == "too_many_pixels"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_that_was_cut_off_is_refused(kind: str) -> None:
    written = io.BytesIO()
    Image.effect_noise((300, 300), 90).convert("RGB").save(written, kind)
    data = written.getvalue()

    assert isinstance(refused(data[: len(data) // 2]), Damaged)


# -- programs, pages, nonsense -------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00\x03\x00\x00\x00\x04\x00" + bytes(200),
        b"\x7fELF\x02\x01\x01" + bytes(64),
        b"Rar!\x1a\x07\x01\x00" + bytes(32),
        b"7z\xbc\xaf\x27\x1c" + bytes(32),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        b"\x00\x00\x00\x18ftypheic" + bytes(64),
        b"OggS\x00\x02" + bytes(200),
        bytes(64),
    ],
)
def test_whatever_a_program_is_called_it_is_refused(data: bytes) -> None:
    for name in ("a.png", "a.txt", "a.pdf", "a"):
        assert isinstance(refused(data, name), NotAccepted)


@pytest.mark.parametrize(
    "data",
    [
        SCRIPT,
        b"<!DOCTYPE html><p>x",
        b"\xef\xbb\xbf \n\t<html>",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"<svg onload=alert(1)>",
        b"<!-- x --><script>1</script>",
        "<html>".encode("utf-16"),
        "<网页>".encode("gbk"),
    ],
)
def test_pages_and_svg_are_always_refused(data: bytes) -> None:
    error = refused(data, "log.txt")

    assert (type(error), error.key) == (NotAccepted, "page")


def test_nothing_is_refused_as_nothing() -> None:
    assert refused(b"").key == "empty"


def test_a_byte_too_many_is_refused_before_anything_else() -> None:
    limits = replace(LIMITS, largest=100)

    assert check(b"a" * 100, "a.txt", limits).size == 100
    assert isinstance(refused(b"a" * 101, "a.txt", limits), TooBig)


def test_only_the_kinds_that_the_operator_wants_are_taken() -> None:
    limits = replace(LIMITS, kinds=("picture",))

    assert check(picture(), "a.png", limits).picture
    assert isinstance(refused(b"a log", "a.log", limits), NotAccepted)
    assert isinstance(refused(pdf(), "a.pdf", limits), NotAccepted)


# -- texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_logs_are_taken_as_they_came(encoding: str) -> None:
    data = "2026-11-22 10:00 错误 ERR-1042：导入失败\r\n\x1b[31m红色\x1b[0m\n".encode(encoding)

    checked = check(data, "运行.log", LIMITS)

    assert (checked.media_type, checked.data, checked.name) == ("text/plain", data, "运行.log")


def test_a_long_log_may_be_cut_within_a_character_by_the_look_into_it() -> None:
    data = "导".encode() * 200_000

    assert check(b"x" + data, "a.log", LIMITS).media_type == "text/plain"


def test_a_log_line_that_begins_with_a_bracket_is_no_page() -> None:
    assert check(b"<134>Nov 22 10:00 host app: failed", "a.log", LIMITS).media_type == "text/plain"


def test_a_text_can_not_be_called_a_program() -> None:
    assert check(b"del *.*", "clean.bat", LIMITS).name == "clean.bat.txt"


# -- documents and archives ----------------------------------------------------------------------


def test_documents_are_told_by_what_is_in_them() -> None:
    sheet = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<x/>"})

    assert check(word(), "a.zip", LIMITS).name == "a.docx"
    assert check(sheet, "表.xlsx", LIMITS).name == "表.xlsx"
    assert check(pdf(), "手册.pdf", LIMITS).media_type == "application/pdf"
    assert check(zipped({"log/a.log": b"x"}), "logs.zip", LIMITS).media_type == "application/zip"


def test_a_document_that_unpacks_to_gigabytes_is_refused_unopened() -> None:
    bomb = word(**{"word/media/a.xml": b"\0" * (300 * MIB)})
    assert len(bomb) < MIB

    assert refused(bomb, "a.docx").key == "unpacks_too_big"


def test_a_log_that_packs_well_is_no_bomb() -> None:
    assert check(zipped({"a.log": b"2026-11-22 ok\n" * 200_000}), "a.zip", LIMITS).media_type == "application/zip"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (word(**{"word/vbaProject.bin": b"x"}), "macros"),
        (zipped({"../../etc/cron.d/a": b"x"}), "strange_paths"),
        (zipped({"/etc/passwd": b"x"}), "strange_paths"),
        (zipped({"C:\\a.txt": b"x"}), "strange_paths"),
        (zipped({"log/setup.EXE": b"x"}), "programs_inside"),
        (zipped({"a.txt.lnk .": b"x"}), "programs_inside"),
        (zipped({"page.html": SCRIPT}), "programs_inside"),
        (zipped({"a.zip": b"x"}), "archives_inside"),
        (zipped({f"{number}.log": b"x" for number in range(5_001)}), "too_many_members"),
        (zipped({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<x/>"}), "not_accepted"),
        (zipped({"a.log": b"x"})[:-10], "archive_damaged"),
        (b"PK\x05\x06" + bytes(18), "archive_damaged"),
        (b"%PDF-1.4 and nothing else", "pdf_damaged"),
    ],
)
def test_archives_and_documents_that_could_do_harm_are_refused(data: bytes, key: str) -> None:
    assert refused(data, "a.zip").key == key


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    assert refused(pdf(pages=3), "a.pdf", replace(LIMITS, pages=2)).key == "too_many_pages"


# -- voices --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"#!AMR\n" + bytes(32), "audio/amr"),
        (b"ID3\x04" + bytes(32), "audio/mpeg"),
        (b"\xff\xfb\x90\x00" + bytes(32), "audio/mpeg"),
        (b"OggS" + bytes(24) + b"Speex   " + bytes(32), "audio/ogg"),
    ],
)
def test_voices_are_kept_as_they_came(data: bytes, media_type: str) -> None:
    assert check(data, "voice", LIMITS).media_type == media_type


def test_what_a_channel_has_recorded_itself_is_kept_though_nobody_knows_it() -> None:
    checked = check(b"\x1e\x9d\x66\x00" + bytes(64), "voice.speex", LIMITS, voice=True)

    assert (checked.media_type, checked.name) == ("application/octet-stream", "voice.speex.bin")


# -- anything at all -----------------------------------------------------------------------------

BEGINNINGS = [
    b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 ", b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0",
    b"%PDF-1.7\n", b"PK\x03\x04", b"PK\x05\x06", b"#!AMR\n", b"ID3", b"OggS", b"\xff\xfe", b"<", "导".encode(),
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=400), st.text(max_size=40))
def test_any_bytes_are_taken_or_refused_with_a_reason(start: bytes, rest: bytes, name: str) -> None:
    try:
        checked = check(start + rest, name, LIMITS)
    except AttachmentError:
        return
    assert checked.size > 0
    assert checked.media_type != "text/html"


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from([picture("PNG"), picture("JPEG"), picture("GIF"), picture("WEBP"), word(), pdf()]))
def test_a_file_with_changed_bytes_is_taken_or_refused_with_a_reason(data: st.DataObject, whole: bytes) -> None:
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + data.draw(st.binary(min_size=1, max_size=6)) + whole[at + 3 :]

    try:
        kept = check(changed, "a", LIMITS)
    except AttachmentError:
        return
    assert kind_of(kept.data) is not None


# -- apart ---------------------------------------------------------------------------------------

ANY: list[Callable[[], bytes]] = [picture, lambda: picture("JPEG"), pdf, word, lambda: zipped({"a.log": b"x"})]


@pytest.mark.parametrize("make", ANY)
def test_apart_a_file_is_what_it_is_here(make: Callable[[], bytes]) -> None:
    data = make()

    assert Checker().check(data, "a", LIMITS) == check(data, "a", LIMITS)


def test_apart_a_refusal_is_the_same_refusal() -> None:
    with pytest.raises(TooBig) as error:
        Checker().check(picture(size=(2_000, 2_000)), "a.png", replace(LIMITS, pixels=1_000_000))

    assert (error.value.key, error.value.values) == ("too_many_pixels", {"pixels": 1})


def test_a_file_that_needs_too_much_memory_is_refused_and_costs_only_its_own_process() -> None:
    with pytest.raises(AttachmentError):
        Checker().check(picture(size=(6_000, 6_000)), "a.png", replace(LIMITS, memory=150 * MIB))
