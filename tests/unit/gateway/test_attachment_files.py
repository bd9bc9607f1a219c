from __future__ import annotations

import hashlib
import os
import resource
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.attachments.errors import NotKept
from gateway.attachments.files import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "uploads" / "files")


def everything(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_was_put_is_there_under_its_sum(files: Files) -> None:
    digest = files.put(b"a picture")

    assert digest == hashlib.sha256(b"a picture").hexdigest()
    assert files.read(digest) == b"a picture"


def test_the_same_content_is_kept_once(files: Files, tmp_path: Path) -> None:
    assert files.put(b"twice") == files.put(b"twice")
    assert len(everything(tmp_path)) == 1


def test_nobody_else_on_the_machine_can_read_it(files: Files, tmp_path: Path) -> None:
    path = files.path(files.put(b"secret"))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "a" * 65])
def test_only_a_sum_names_a_file(files: Files, digest: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        files.path(digest)


def test_bytes_that_the_disk_has_changed_are_not_handed_out(files: Files) -> None:
    digest = files.put(b"as it was")
    files.path(digest).write_bytes(b"as it wa5")

    with pytest.raises(ValueError, match="not what was stored"):
        files.read(digest)


def test_without_a_place_nothing_is_kept() -> None:
    with pytest.raises(NotKept) as error:
        Files(None).put(b"x")

    assert error.value.key == "no_place"


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """What a full disk does to a large file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_told_as_such_and_leaves_nothing_half_written(files: Files, tmp_path: Path) -> None:
    files.put(b"before")

    with no_file_larger_than(2**20), pytest.raises(NotKept) as error:
        files.put(b"after" * 2**20)

    assert error.value.key == "full"
    assert [path.read_bytes() for path in everything(tmp_path)] == [b"before"]


def test_files_leave_room_on_the_disk_for_messages_and_tickets(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    roomy, tight = Files(tmp_path / "files"), Files(tmp_path / "files", reserve=2 * free)
    roomy.put(b"there already")

    with pytest.raises(NotKept) as error:
        tight.put(b"one more")

    assert error.value.key == "full"
    assert tight.read(tight.put(b"there already")) == b"there already"
    assert len(everything(tmp_path)) == 1


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("")

    with pytest.raises(NotKept):
        Files(tmp_path / "blocked" / "files").put(b"x")


def test_what_nobody_needs_any_more_goes_but_not_what_was_just_put(files: Files) -> None:
    digest = files.put(b"old")
    assert not files.remove(digest, unused_for=3600)

    os.utime(files.path(digest), (0, 0))

    assert files.remove(digest, unused_for=3600)
    assert list(files.digests()) == []
    assert not files.remove(digest, unused_for=3600)


def test_what_is_put_again_is_young_again(files: Files) -> None:
    digest = files.put(b"again")
    os.utime(files.path(digest), (0, 0))

    files.put(b"again")

    assert not files.remove(digest, unused_for=3600)


def test_what_a_crash_has_left_is_swept(files: Files) -> None:
    left = files.path(files.put(b"x")).with_name("aside-0123")
    left.write_bytes(b"half")

    assert files.sweep_aside(older_than=3600) == 0
    os.utime(left, (0, 0))
    assert files.sweep_aside(older_than=3600) == 1
    assert len(list(files.digests())) == 1
