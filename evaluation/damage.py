"""Ways in which an index build goes bad: what disks, copies, half-done restores and careless hands do to it.

A variant is a copy of a sound build made of hard links; whatever is damaged is written anew, so the sound build keeps
its bytes and a variant costs as much as the file it damages.
"""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from retrieval.building import manifest

FLIPS = 8  # bits at most
UNREADABLE = Path("/proc/self/mem")  # a file that even root cannot read from the beginning: EIO
_NUMBER = re.compile(rb"\d+")


@dataclass(frozen=True)
class Builds:
    """What a variant is made of, all in one format: `good` was served before, `victim` is to be damaged, `other` has
    other content, `foreign` another encoder. Folders named as their builds."""

    good: Path
    victim: Path
    other: Path
    foreign: Path


# Damages the copy in `folder`; says what it did, beginning with the file it did it to.
Damage = Callable[[Path, Builds, random.Random], str]


def copy(source: Path, target: Path) -> None:
    """The folder again, as hard links."""
    shutil.copytree(source, target, copy_function=os.link, symlinks=True)


def files(folder: Path) -> list[str]:
    """Relative names, the manifest among them."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def bit_flips(folder: Path, builds: Builds, chance: random.Random) -> str:
    """One bit, or a few."""
    name = _some(folder, chance)
    data = bytearray((folder / name).read_bytes())
    places = chance.sample(range(len(data) * 8), chance.randint(1, FLIPS))
    for place in places:
        data[place // 8] ^= 1 << place % 8
    _put(folder / name, bytes(data))
    return f"{name}: {len(places)} bits flipped, the first at byte {places[0] // 8}"


def truncated(folder: Path, builds: Builds, chance: random.Random) -> str:
    """A copy that stopped."""
    name = _some(folder, chance)
    data = (folder / name).read_bytes()
    kept = chance.choice((0, 1, len(data) // 2, len(data) - 1, chance.randrange(len(data))))
    kept = min(kept, len(data) - 1)
    _put(folder / name, data[:kept])
    return f"{name}: {kept} of {len(data)} bytes"


def grown(folder: Path, builds: Builds, chance: random.Random) -> str:
    """Written over by something longer, or appended to."""
    name = _some(folder, chance)
    more = chance.choice((b"\0", b"\n", b" ", bytes(4096), chance.randbytes(64)))
    _put(folder / name, (folder / name).read_bytes() + more)
    return f"{name}: {len(more)} bytes more"


def zeroed(folder: Path, builds: Builds, chance: random.Random) -> str:
    """Blocks that never reached the disk."""
    name = _some(folder, chance)
    data = (folder / name).read_bytes()
    start = chance.choice([place for place in range(0, len(data), 512) if any(data[place : place + 512])] or [0])
    size = min(chance.choice((512, 4096, 65536)), len(data) - start)
    _put(folder / name, data[:start] + bytes(size) + data[start + size :])
    return f"{name}: {size} bytes from {start} are zero"


def swapped_inside(folder: Path, builds: Builds, chance: random.Random) -> str:
    """Two files under each other's names."""
    names = files(folder)
    first = chance.choice(names)
    content = (folder / first).read_bytes()
    second = chance.choice([name for name in names if (folder / name).read_bytes() != content])
    spare = folder / ".spare"
    (folder / first).rename(spare)
    (folder / second).rename(folder / first)
    spare.rename(folder / second)
    return f"{first}: swapped with {second}"


def of_another_build(folder: Path, builds: Builds, chance: random.Random) -> str:
    """One file, sound by itself, of another build of the same format."""
    donor = chance.choice((builds.other, builds.good, builds.foreign))
    names = [name for name in files(folder) if _differ(folder / name, donor / name)]
    name = chance.choice(names)
    _put(folder / name, (donor / name).read_bytes())
    return f"{name}: taken from {donor.name}"


def half_and_half(folder: Path, builds: Builds, chance: random.Random) -> str:
    """A restore that stopped: some files are another build's."""
    names = [name for name in files(folder) if _differ(folder / name, builds.other / name)]
    taken = chance.sample(names, chance.randint(1, len(names)))
    for name in taken:
        _put(folder / name, (builds.other / name).read_bytes())
    return f"{taken[0]}: {len(taken)} files taken from {builds.other.name}"


def missing(folder: Path, builds: Builds, chance: random.Random) -> str:
    """A file, or a whole folder of files."""
    name = _some(folder, chance)
    if "/" in name and chance.random() < 0.3:
        shutil.rmtree(folder / name.partition("/")[0])
        return f"{name.partition('/')[0]}: the folder is gone"
    (folder / name).unlink()
    return f"{name}: gone"


def extra(folder: Path, builds: Builds, chance: random.Random) -> str:
    """A file that nobody listed."""
    name = chance.choice(
        ("extra.npy", ".hidden", "learned/extra.npy", "char/extra.json", "manifest.json.bak", "new/a/b.json")
    )
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(chance.choice((b"", b"{}", chance.randbytes(128))))
    return f"{name}: not listed"


def stale_manifest(folder: Path, builds: Builds, chance: random.Random) -> str:
    """The manifest of another build, as it is or with this one's name written into it."""
    donor = chance.choice((builds.other, builds.good, builds.foreign))
    data = (donor / manifest.NAME).read_bytes()
    if chance.random() < 0.5:
        data = data.replace(donor.name.encode(), builds.victim.name.encode())
    _put(folder / manifest.NAME, data)
    return f"{manifest.NAME}: taken from {donor.name}"


def wrong_format(folder: Path, builds: Builds, chance: random.Random) -> str:
    """Sealed by a program that is older or newer, or edited by hand."""
    number = chance.choice((0, manifest.FORMAT - 1, manifest.FORMAT + 1, -1, 10**9))
    if chance.random() < 0.5:
        _resealed(folder, replace(manifest.read(folder), format=number))
        return f"{manifest.NAME}: format {number}, checksum right"
    value = chance.choice((str(number), "null", f'"{manifest.FORMAT}"', "[]")).encode()
    data, edited = re.subn(rb'"format": \d+', b'"format": ' + value, (folder / manifest.NAME).read_bytes())
    if not edited:
        raise ValueError(f"{manifest.NAME} states no format")
    _put(folder / manifest.NAME, data)
    return f"{manifest.NAME}: format {value.decode()}"


def another_encoder(folder: Path, builds: Builds, chance: random.Random) -> str:
    """Sound in every byte, but made with vectors that the encoder in use does not give."""
    foreign = manifest.read(builds.foreign)
    info = replace(manifest.read(folder), encoder=foreign.encoder, encoder_fingerprint=foreign.encoder_fingerprint)
    _resealed(folder, info)
    return f"{manifest.NAME}: encoder {foreign.encoder_fingerprint}, checksum right"


def edited_numbers(folder: Path, builds: Builds, chance: random.Random) -> str:
    """A number changed in a JSON file by hand, the manifest's checksums left as they were."""
    names = [name for name in files(folder) if name.endswith((".json", ".jsonl")) and _numbers(folder / name)]
    name = chance.choice(names)
    data = (folder / name).read_bytes()
    found = chance.choice(_numbers(folder / name))
    digit = chance.choice([digit for digit in b"123456789" if digit != data[found.start()]])
    _put(folder / name, data[: found.start()] + bytes([digit]) + data[found.start() + 1 :])
    return f"{name}: {found.group().decode()} at byte {found.start()} changed"


def linked(folder: Path, builds: Builds, chance: random.Random) -> str:
    """A link in place of a file: what it leads to is not the build's and may change while it is served."""
    name = _some(folder, chance)
    target = chance.choice((builds.victim / name, builds.good / name, Path("nowhere"), Path(name).name, Path("..")))
    (folder / name).unlink()
    (folder / name).symlink_to(target)
    return f"{name}: a link to {Path(target).name}"


def linked_folder(folder: Path, builds: Builds, chance: random.Random) -> str:
    """A link in place of a folder of the build, to the same files elsewhere or to another build's."""
    name = chance.choice(sorted({name.partition("/")[0] for name in files(folder) if "/" in name}))
    shutil.rmtree(folder / name)
    (folder / name).symlink_to(chance.choice((builds.victim, builds.good, builds.other)) / name)
    return f"{name}: a link to a folder"


def folder_for_file(folder: Path, builds: Builds, chance: random.Random) -> str:
    """A folder where a file should be, with the file in it or empty."""
    name = _some(folder, chance)
    data = (folder / name).read_bytes()
    (folder / name).unlink()
    (folder / name).mkdir()
    if chance.random() < 0.5:
        (folder / name / Path(name).name).write_bytes(data)
    return f"{name}: a folder"


def pipe_for_file(folder: Path, builds: Builds, chance: random.Random) -> str:
    """A named pipe: who opens it to read waits for ever."""
    name = _some(folder, chance)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    return f"{name}: a pipe"


def unreadable(folder: Path, builds: Builds, chance: random.Random) -> str:
    """A file that gives errors when it is read: rights taken away, or for root a file that never can be."""
    name = _some(folder, chance)
    if os.geteuid() == 0:
        (folder / name).unlink()
        (folder / name).symlink_to(UNREADABLE)
        return f"{name}: gives EIO"
    data = (folder / name).read_bytes()
    _put(folder / name, data)
    (folder / name).chmod(0)
    return f"{name}: no right to read"


# How often each comes, in so many of a hundred.
DAMAGES: dict[str, tuple[int, Damage]] = {
    "翻转几个比特": (18, bit_flips),
    "截断": (10, truncated),
    "变长": (4, grown),
    "整块清零": (8, zeroed),
    "两个文件互换": (5, swapped_inside),
    "换成别的版本的文件": (8, of_another_build),
    "一部分是别的版本": (4, half_and_half),
    "缺文件": (6, missing),
    "多文件": (4, extra),
    "别的版本的清单": (5, stale_manifest),
    "格式号不对": (4, wrong_format),
    "别的编码器": (2, another_encoder),
    "改了数字": (8, edited_numbers),
    "文件是符号链接": (3, linked),
    "目录是符号链接": (2, linked_folder),
    "文件的位置是目录": (3, folder_for_file),
    "文件的位置是管道": (1, pipe_for_file),
    "读不出来": (1, unreadable),
}


def _some(folder: Path, chance: random.Random) -> str:
    """Any file, large or small alike."""
    return chance.choice([name for name in files(folder) if (folder / name).stat().st_size])


def _put(path: Path, data: bytes) -> None:
    """New bytes under a name that is a hard link to a sound file."""
    path.unlink()
    path.write_bytes(data)


def _differ(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() != other.read_bytes()


def _numbers(path: Path) -> list[re.Match[bytes]]:
    """Of the first 100,000 bytes."""
    return list(_NUMBER.finditer(path.read_bytes()[:100_000]))


def _resealed(folder: Path, info: manifest.BuildInfo) -> None:
    """A manifest with other statements and a right checksum."""
    (folder / manifest.NAME).unlink()
    statements = {name: value for name, value in vars(info).items() if name != "files"}
    manifest.seal(folder, statements)
