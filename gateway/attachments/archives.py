"""Zip containers: what they are and what they would become, told from their directory. Nothing is ever unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from gateway.attachments.errors import Damaged, NotAccepted, TooBig
from gateway.attachments.limits import MIB, AttachmentLimits

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"

_END, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x07"
_DIRECTORY = 4 * MIB  # bytes; 5,000 members take far less
_RATIO_MATTERS_FROM = 5 * MIB  # unpacked; what is smaller can hurt nobody, and logs pack well
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
)
_MACROS = "vbaproject.bin"
# What runs when somebody opens it; and pages, which are refused outside archives as well.
_PROGRAMS = frozenset(
    {".exe", ".dll", ".com", ".scr", ".pif", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".hta"}
    | {".msi", ".msix", ".lnk", ".jar", ".reg", ".cpl", ".chm", ".iso", ".img", ".apk", ".sh", ".docm", ".xlsm"}
    | {".html", ".htm", ".xhtml", ".mht", ".svg"}
)
_ARCHIVES = frozenset({".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".cab"})


def media_type(data: bytes, limits: AttachmentLimits) -> str:
    """What a zip container is: WORD, EXCEL or ZIP. Raises TooBig for a bomb, Damaged, NotAccepted."""
    members = _members(data)
    _check_sizes(members, limits)
    names = {member.filename for member in members}
    if "[Content_Types].xml" in names:
        return _office(names)
    for member in members:
        _check_name(member.filename)
    return ZIP


def _office(names: set[str]) -> str:
    if any(PurePosixPath(name).name.lower() == _MACROS for name in names):
        raise NotAccepted("macros")
    if "word/document.xml" in names:
        return WORD
    if "xl/workbook.xml" in names:
        return EXCEL
    raise NotAccepted


def _check_sizes(members: list[zipfile.ZipInfo], limits: AttachmentLimits) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if len(members) > limits.members:
        raise TooBig("too_many_members", members=limits.members)
    if unpacked > limits.unpacked:
        raise TooBig("unpacks_too_big", unpacked=limits.unpacked // MIB)
    if unpacked > _RATIO_MATTERS_FROM and unpacked > limits.ratio * packed:
        raise TooBig("unpacks_too_big", unpacked=limits.unpacked // MIB)


def _check_name(name: str) -> None:
    """Of a plain zip, which an agent is going to unpack."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name[:3]:
        raise NotAccepted("strange_paths")
    ending = PurePosixPath(path.name.rstrip(". ")).suffix.lower()
    if ending in _PROGRAMS:
        raise NotAccepted("programs_inside")
    if ending in _ARCHIVES:
        raise NotAccepted("archives_inside")


def _members(data: bytes) -> list[zipfile.ZipInfo]:
    end = data.rfind(_END, max(0, len(data) - 64 * 1024 - 22))
    if end < 0 or end + 22 > len(data):
        raise Damaged("archive_damaged")
    if data[max(0, end - 20) : end].startswith(_LOCATOR_64):
        raise TooBig("unpacks_too_big", unpacked=4096)  # for more than 4 GB, in a file of a few megabytes
    if int.from_bytes(data[end + 12 : end + 16], "little") > _DIRECTORY:
        raise TooBig("too_many_members", members=5_000)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except _DAMAGED as error:
        raise Damaged("archive_damaged") from error
    if not members:
        raise Damaged("archive_damaged")
    return members
