"""What a file may cost. All that can be told from its header is told before anything is parsed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from kb_ingest.errors import OverLimit, Unsuitable

MIB = 1024 * 1024

# The directory of a zip is parsed in Python: 5,000 members of Office take far less than this.
_DIRECTORY_BYTES = 4 * MIB
# Below this nothing can hurt, and an almost empty workbook packs tighter than any limit.
_RATIO_MATTERS_FROM = MIB
_END_OF_DIRECTORY = b"PK\x05\x06"
_END_LOCATOR_64, _LOCATOR_BYTES = b"PK\x06\x07", 20
_ENCRYPTED = 0x1
_ARCHIVES = frozenset({".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".jar", ".cab", ".iso"})
_ARCHIVE_STARTS = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ")
# Other ways of packing may ask for gigabytes of memory to unpack the first byte.
_OFFICE_PACKING = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)
# Charts carry their workbook there. It is never opened.
_EMBEDDED = "embeddings"


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, times in seconds. `memory` and `seconds` bound the child process for one file."""

    file_bytes: int = 20 * MIB
    members: int = 5_000
    unpacked_bytes: int = 100 * MIB
    ratio: int = 100
    pages: int = 500
    rows: int = 50_000
    characters: int = 3_000_000
    memory: int = 1024 * MIB
    seconds: float = 30.0


def check_size(size: int, limits: Limits) -> None:
    """Raises OverLimit for a file of `size` bytes, which nobody has to read to know it."""
    if size > limits.file_bytes:
        raise OverLimit(f"文件 {_mib(size)}，超过上限 {_mib(limits.file_bytes)}；请拆成几个文件，或去掉图片后再导入")


def check_archive(data: bytes, limits: Limits) -> frozenset[str]:
    """The members' names of a zip container (docx, xlsx). Raises OverLimit or Unsuitable by what it declares."""
    members = _members(data)
    if len(members) > limits.members:
        raise OverLimit(f"压缩包内有 {len(members)} 个成员，超过上限 {limits.members} 个")
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if unpacked > limits.unpacked_bytes:
        raise OverLimit(f"解压后共 {_mib(unpacked)}，超过上限 {_mib(limits.unpacked_bytes)}；像是压缩炸弹，没有打开")
    if unpacked > _RATIO_MATTERS_FROM and unpacked / packed > limits.ratio:
        raise OverLimit(f"解压后是压缩时的 {unpacked // packed} 倍，超过上限 {limits.ratio} 倍；像是压缩炸弹，没有打开")
    if any(member.compress_type not in _OFFICE_PACKING for member in members):
        raise Unsuitable("压缩方式不是 Office 文件用的，没有打开；请用原软件另存一份")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise Unsuitable("文件加了密码；请去掉密码另存后再导入")
    return frozenset(member.filename for member in members)


def refuse_nested(data: bytes) -> None:
    """Raises Unsuitable when a zip container holds another archive, by name or by its first bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            if _EMBEDDED in PurePosixPath(member.filename).parts or member.is_dir():
                continue
            if PurePosixPath(member.filename).suffix.lower() in _ARCHIVES or _starts_as_archive(archive, member):
                raise Unsuitable(f"压缩包里还有压缩包（{member.filename[-60:]}）；请取出里面的文件分别导入")


def _members(data: bytes) -> list[zipfile.ZipInfo]:
    end = data.rfind(_END_OF_DIRECTORY, -(64 * 1024 + 22))
    if end < 0 or end + 22 > len(data):
        raise Unsuitable("文件不完整：缺少结尾部分，可能没有下载完；请重新下载或另存一份")
    # Its record would tell another size of the directory than the one looked at here.
    if data[max(0, end - _LOCATOR_BYTES) : end].startswith(_END_LOCATOR_64):
        raise Unsuitable("压缩包用了 ZIP64，是给 4 GB 以上的文件用的，没有打开；请用原软件打开后另存一份")
    directory_bytes = int.from_bytes(data[end + 12 : end + 16], "little")
    if directory_bytes > _DIRECTORY_BYTES:
        raise OverLimit(f"压缩包的目录有 {_mib(directory_bytes)}，超过上限 {_mib(_DIRECTORY_BYTES)}；没有打开")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.infolist()
    except _DAMAGED as error:
        raise Unsuitable(f"文件已损坏，打不开（{error}）；请用原软件打开后另存一份") from error


def _starts_as_archive(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    try:
        with archive.open(member) as content:
            return content.read(8).startswith(_ARCHIVE_STARTS)
    except _DAMAGED as error:
        raise Unsuitable(f"文件已损坏：{member.filename[-60:]} 读不出来；请用原软件打开后另存一份") from error


def _mib(size: int) -> str:
    return f"{size / MIB:.1f} MB" if size >= MIB // 10 else f"{size} 字节"
