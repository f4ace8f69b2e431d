"""Nothing is written over that was not seen: whatever stands in a file's place and is not what was read there is a change."""

from __future__ import annotations

import errno
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.core.drawing import chain
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.errors import FileError
from visualnet.core.process.autosave import Journal, orphans
from visualnet.core.project import MAIN
from visualnet.core.storage import project_file, regular_files
from visualnet.core.storage.disk_state import ChangedOnDisk, read_state
from visualnet.core.storage.safe_json import MAX_BYTES


def png() -> bytes:
    """A picture of one pixel that carries no project."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"the only copy of somebody's data")
        file.truncate(MAX_BYTES + 1)


def same_times(path: Path) -> None:
    """Another content of the same size, with the old file's time."""
    found, data = path.stat(), path.read_bytes()
    path.write_bytes(data.replace(b'"node2"', b'"node9"'))
    assert path.stat().st_size == found.st_size and path.read_bytes() != data
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def to_link(path: Path) -> None:
    """A link to a file of the very same content: writing through it would change that file."""
    other = path.with_name("other.vnet")
    other.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(other)


def to_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def to_device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


REPLACED: dict[str, Callable[[Path], object]] = {
    "another project": lambda path: path.write_bytes(project_file.dumps(chain(4))),
    "no project": lambda path: path.write_text("a shopping list"),
    "empty": lambda path: path.write_bytes(b""),
    "large": sparse,
    "picture": lambda path: path.write_bytes(png()),
    "large picture": lambda path: path.write_bytes(png() + bytes(MAX_BYTES)),
    "same size and time": same_times,
    "link": to_link,
    "pipe": to_pipe,
    "folder": to_folder,
    "device": to_device,
}
if os.name == "nt":
    for unknown in ("link", "pipe", "device"):
        del REPLACED[unknown]


def opened(path: Path) -> Document:
    project_file.save(path, chain(3))
    document = Document.open(path)
    document.do("Add", lambda p: edits.add_node(p, MAIN, "relu"))
    return document


def stands(path: Path) -> object:
    if path.is_symlink():
        return os.readlink(path), path.is_char_device() or path.resolve().read_bytes()
    return path.read_bytes() if path.is_file() else path.lstat().st_mode


@pytest.mark.parametrize("how", REPLACED)
def test_whatever_was_put_in_the_files_place_is_seen_before_it_is_written_over(how: str, tmp_path: Path) -> None:
    path = tmp_path / "net.vnet"
    document = opened(path)
    assert document.changed_on_disk() is None
    REPLACED[how](path)
    theirs = stands(path)
    assert document.changed_on_disk() is not None
    with pytest.raises(ChangedOnDisk) as told:
        document.save()
    assert stands(path) == theirs
    assert document.modified
    assert str(path) in str(told.value)
    if told.value.seen.kept:
        with pytest.raises(FileError, match="has this name"):
            document.save(over=told.value.seen)
        assert stands(path) == theirs
    else:
        document.save(over=told.value.seen)
        assert project_file.load(path) == document.project
        assert document.changed_on_disk() is None


@pytest.mark.parametrize("how", ["another project", "large", "picture"])
def test_what_came_between_the_question_and_the_answer_is_asked_about_anew(how: str, tmp_path: Path) -> None:
    path = tmp_path / "net.vnet"
    document = opened(path)
    REPLACED[how](path)
    with pytest.raises(ChangedOnDisk) as told:
        document.save()
    path.write_bytes(b"a third program's work")
    with pytest.raises(ChangedOnDisk):
        document.save(over=told.value.seen)
    assert path.read_bytes() == b"a third program's work"


def test_what_came_while_the_file_was_written_aside_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.vnet"
    document = opened(path)
    real = os.fsync

    def slow(handle: int) -> None:
        path.write_bytes(b"a third program's work")
        real(handle)

    monkeypatch.setattr(os, "fsync", slow)
    with pytest.raises(ChangedOnDisk):
        document.save()
    assert path.read_bytes() == b"a third program's work"
    assert [p.name for p in tmp_path.iterdir()] == ["net.vnet"]


def test_a_file_that_cannot_be_read_now_may_be_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.vnet"
    document = opened(path)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with monkeypatch.context() as patch:
        patch.setattr(regular_files, "descriptor", refused)
        now = document.changed_on_disk()
        assert now is not None and "cannot be read (permission denied)" in now.words
        with pytest.raises(ChangedOnDisk, match="cannot be read"):
            document.save()
    document.save()


def test_a_file_that_is_gone_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "net.vnet"
    document = opened(path)
    path.unlink()
    assert document.changed_on_disk() is None
    document.save()
    assert project_file.load(path) == document.project


def test_a_file_under_a_new_name_is_not_written_over_unseen(tmp_path: Path) -> None:
    path, other = tmp_path / "net.vnet", tmp_path / "other.vnet"
    document = opened(path)
    other.write_bytes(b"somebody's work")
    with pytest.raises(ChangedOnDisk, match="this name already"):
        document.save(other)
    assert other.read_bytes() == b"somebody's work" and document.path == path
    document.save(other, read_state(other))
    assert project_file.load(other) == document.project and document.path == other


def test_what_was_written_after_a_crash_is_noticed_when_the_journal_is_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "net.vnet"
    for later in (False, True):
        path.unlink(missing_ok=True)
        journal = Journal(opened(path))
        journal.leave()  # as a crash: the copy stays, the lock is let go
        if later:
            path.write_bytes(project_file.dumps(chain(4)))
        (orphan,) = orphans()
        document = orphan.document()
        assert (document.changed_on_disk() is not None) == later
        if later:
            with pytest.raises(ChangedOnDisk):
                document.save()
            assert project_file.load(path) == chain(4)
        else:
            document.save()
        orphan.discard()
