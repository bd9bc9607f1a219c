"""What a workbook declares about itself, before anything of it is unpacked."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from gateway.accounts.errors import Unreadable

MIB = 1024 * 1024
_RATIO_MATTERS_FROM = MIB  # below this nothing can hurt, and an almost empty workbook packs tighter than any limit
_DIRECTORY = 2 * MIB  # of the zip, parsed in Python
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKING = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes. `lines` counts as the spreadsheet does, `rows` only what says something."""

    file_bytes: int = 10 * MIB
    unpacked_bytes: int = 60 * MIB
    ratio: int = 100
    members: int = 2_000
    lines: int = 60_000
    rows: int = 20_000
    columns: int = 60
    cell: int = 4_000  # characters
    remedy: str = "请拆成几份再导入"  # against too many rows


def check_workbook(data: bytes, limits: Limits) -> None:
    """Raises Unreadable for what is no .xlsx file, or one that would take too much."""
    if data.startswith(_OLE):
        raise Unreadable("这是旧版 .xls 文件，或者设了打开密码；请去掉密码，另存为 .xlsx 再导入")
    if not data.startswith(b"PK"):
        raise Unreadable("内容不是 .xlsx 工作簿；请用 Excel 或 WPS 另存为 .xlsx 再导入")
    members = _members(data)
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise Unreadable("内容不是 .xlsx 工作簿：里面没有工作表；请用 Excel 或 WPS 另存为 .xlsx 再导入")
    if len(members) > limits.members:
        raise Unreadable(f"工作簿里有 {len(members)} 个成员，超过上限 {limits.members} 个；请只留客户表另存一份")
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if unpacked > limits.unpacked_bytes:
        raise Unreadable(f"解压后有 {unpacked // MIB} MB，超过上限 {limits.unpacked_bytes // MIB} MB，没有打开")
    if unpacked > _RATIO_MATTERS_FROM and unpacked / packed > limits.ratio:
        raise Unreadable(
            f"解压后是压缩时的 {unpacked // packed} 倍，超过上限 {limits.ratio} 倍，像是压缩炸弹，没有打开；"
            "请把内容复制到新的工作簿再导入"
        )
    if any(member.compress_type not in _PACKING or member.flag_bits & _ENCRYPTED for member in members):
        raise Unreadable("工作簿加了密，或压缩方式不是 Excel 用的；请用 Excel 或 WPS 另存一份")


def _members(data: bytes) -> list[zipfile.ZipInfo]:
    end = data.rfind(_END, -(64 * 1024 + 22))
    if end < 0 or end + 22 > len(data):
        raise Unreadable("文件不完整，可能没有下载完；请重新下载或另存一份")
    # The record of ZIP64 would tell another size of the directory than the one looked at here.
    if _END_64 in data[max(0, end - 20) : end] or int.from_bytes(data[end + 12 : end + 16], "little") > _DIRECTORY:
        raise Unreadable("压缩包的目录过大，没有打开；请把内容复制到新的工作簿再导入")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable("文件已损坏，打不开；请用 Excel 或 WPS 打开后另存一份") from error
