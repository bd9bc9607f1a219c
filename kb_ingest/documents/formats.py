"""Which reader a file needs: what its name says, held against its first bytes."""

from __future__ import annotations

from pathlib import PurePath

from kb_ingest.documents.limits import Limits, check_archive, check_size, refuse_nested
from kb_ingest.errors import NoText, Unsuitable

SUFFIXES = {
    ".txt": "plain",
    ".text": "plain",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".docx": "word",
    ".xlsx": "excel",
    ".csv": "csv",
    ".tsv": "csv",
    ".pdf": "pdf",
    ".yml": "entries",
    ".yaml": "entries",
    ".jsonl": "entries",
}
_OFFICE = {"word": ("Word 文档（.docx）", "word/document.xml"), "excel": ("Excel 工作簿（.xlsx）", "xl/workbook.xml")}
_REMEDIES = {
    ".doc": "旧版 Word 文件；请用 Word 或 WPS 另存为 .docx",
    ".xls": "旧版 Excel 文件；请用 Excel 或 WPS 另存为 .xlsx",
    ".ppt": "演示文稿不支持；请导出为 PDF 或把文字放进 Word",
    ".pptx": "演示文稿不支持；请导出为 PDF 或把文字放进 Word",
    ".xlsm": "带宏的工作簿不支持；请另存为 .xlsx",
    ".docm": "带宏的文档不支持；请另存为 .docx",
    ".wps": "WPS 私有格式不支持；请另存为 .docx",
    ".et": "WPS 私有格式不支持；请另存为 .xlsx",
    ".mht": "单文件网页不支持；请另存为 .html",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PDF = b"%PDF-"
# A PDF may begin with a little junk; readers accept the mark within the first kilobyte.
_PDF_MARK_WITHIN = 1024
_KNOWN_STARTS = (
    (b"MZ", "Windows 程序"),
    (b"\x7fELF", "Linux 程序"),
    (_PDF, "PDF"),
    (_ZIP, "压缩包或 Office 文件"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"\x1f\x8b\x08", "gzip 压缩包"),
    (_OLE, "旧版 Office 文件"),
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"SQLite format 3", "数据库文件"),
)


def check_name(name: str) -> str:
    """The kind of reader that the suffix asks for. Raises Unsuitable when we have none."""
    suffix = PurePath(name).suffix.lower()
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    if suffix in _REMEDIES:
        raise Unsuitable(_REMEDIES[suffix])
    known = "、".join(sorted({key.lstrip(".") for key in SUFFIXES} - {"text", "markdown", "htm", "yaml", "tsv"}))
    raise Unsuitable(f"不支持的格式“{suffix or '没有扩展名'}”；可以导入 {known}")


def check_content(kind: str, data: bytes, limits: Limits) -> None:
    """Raises Refused when the bytes are empty, over a limit of their container, encrypted or of another kind."""
    check_size(len(data), limits)
    if not data.strip():
        raise NoText("文件是空的")
    if kind in _OFFICE:
        _check_office(kind, data, limits)
    elif kind == "pdf":
        _check_pdf(data)
    else:
        other = _recognised(data)
        if other:
            raise Unsuitable(f"内容是 {other}，与扩展名不符；请确认文件后改用正确的扩展名")


def _check_office(kind: str, data: bytes, limits: Limits) -> None:
    label, part = _OFFICE[kind]
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unsuitable("文件设了打开密码；请去掉密码另存后再导入")
        raise Unsuitable(f"内容是旧版 Office 文件，只改了扩展名；请用原软件另存为 {label}")
    if not data.startswith(_ZIP):
        raise Unsuitable(f"内容不是 {label}，而是 {_recognised(data) or '别的内容'}")
    names = check_archive(data, limits)
    if part not in names:
        raise Unsuitable(f"内容不是 {label}：里面没有 {part}")
    refuse_nested(data)


def _check_pdf(data: bytes) -> None:
    if _PDF not in data[:_PDF_MARK_WITHIN]:
        raise Unsuitable(f"内容不是 PDF，而是 {_recognised(data) or '别的内容'}")


def _recognised(data: bytes) -> str:
    """What well-known file begins like this, or nothing."""
    if data.startswith(b"MZ") and b"\0" not in data[:256]:
        return ""  # a text may begin with these two letters, a program holds NULs
    return next((label for start, label in _KNOWN_STARTS if data.startswith(start)), "")
