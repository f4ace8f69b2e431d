"""Where a run can be reached: only this user can know it, and what somebody else could have put there is not believed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from visualnet.training.process import address

posix = pytest.mark.skipif(not hasattr(os, "getuid"), reason="there are no owners and modes here")


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Path]:
    heard, at = address.listen()
    heard.close()
    known = address.write(tmp_path, at)
    yield tmp_path / address.FILE
    address.remove(tmp_path, known)
    assert not Path(at).exists() and ("/" not in at or not Path(at).parent.exists())


@posix
def test_socket_and_file_are_the_users_alone(written: Path) -> None:
    known = address.read(written.parent)
    assert known is not None and known.here and known.pid == os.getpid() and len(known.token) == 64
    assert stat.S_IMODE(os.stat(written).st_mode) == 0o600
    place = Path(known.at)
    assert stat.S_IMODE(os.stat(place).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(place.parent).st_mode) == 0o700


@posix
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o606, 0o660])
def test_a_file_that_others_can_read_is_refused(written: Path, mode: int) -> None:
    os.chmod(written, mode)
    with pytest.raises(address.Unreachable, match="can be read by others"):
        address.read(written.parent)


@posix
def test_a_file_of_another_user_is_refused(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(address.Unreachable, match="another user"):
        address.read(written.parent)


@posix
def test_a_link_a_pipe_and_a_flood_are_refused(written: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / address.FILE).symlink_to(written)
    with pytest.raises(address.Unreachable, match="link"):
        address.read(other)
    (other / address.FILE).unlink()
    os.mkfifo(other / address.FILE, 0o600)
    with pytest.raises(address.Unreachable, match="cannot be read"):
        address.read(other)
    written.write_bytes(b" " * (address.MOST + 1))
    with pytest.raises(address.Unreachable, match="cannot be read"):
        address.read(written.parent)


@pytest.mark.parametrize("text", [b"", b"{}", b"[1, 2]", b'{"at": 3}', b"\xff\xfe"])
def test_a_damaged_file_is_told(written: Path, text: bytes) -> None:
    written.write_bytes(text)
    with pytest.raises(address.Unreachable, match="damaged"):
        address.read(written.parent)


def test_a_file_of_a_newer_version_is_told(written: Path) -> None:
    written.write_bytes(written.read_bytes().replace(b'"version":1', b'"version":7'))
    with pytest.raises(address.Unreachable, match="version 7"):
        address.read(written.parent)


def test_no_file_is_no_fault(tmp_path: Path) -> None:
    assert address.read(tmp_path) is None
    assert not address.is_running(tmp_path)


def test_one_process_holds_a_run(tmp_path: Path) -> None:
    held = address.acquire_lock(tmp_path)
    assert held is not None
    assert address.is_running(tmp_path)
    assert address.acquire_lock(tmp_path, 0.0) is None
    held.close()
    assert not address.is_running(tmp_path)


def test_a_name_of_a_socket_that_is_taken_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody has taken the first folders that would be tried, and another's cannot be written at all."""
    blocked = tmp_path / "blocked"
    blocked.write_text("no folder")
    monkeypatch.setattr(address.tempfile, "gettempdir", lambda: str(blocked))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "gone"))
    heard, at = address.listen()
    with heard:
        assert at.startswith("127.0.0.1:")
        address.connect(at).close()


@pytest.mark.parametrize("at", ["/nowhere/at/all", "127.0.0.1:1", "127.0.0.1:99999999", "/" + 300 * "x", "", "\0"])
def test_nobody_there_is_told(at: str) -> None:
    with pytest.raises(address.Unreachable, match="nobody answers"):
        address.connect(at)


def test_a_proof_is_of_one_side_and_one_challenge() -> None:
    said = address.proof("token", "window", b"nonce")
    assert address.proves("token", "window", b"nonce", said)
    assert not address.proves("token", "run", b"nonce", said)
    assert not address.proves("token", "window", b"other", said)
    assert not address.proves("other", "window", b"nonce", said)
