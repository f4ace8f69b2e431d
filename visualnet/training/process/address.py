"""Where a run can be reached: a file in its folder that only this user can read, with the socket, the token and the process.

A run that goes on holds a lock on another file of its folder. The operating system lets go of it when the process ends, however it ends:
so a number of a process that is given anew deceives nobody.
"""

from __future__ import annotations

import contextlib
import hashlib
import heapq
import hmac
import os
import platform
import secrets
import shutil
import socket
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from visualnet.core.storage.locks import try_lock
from visualnet.core.storage.regular_files import descriptor, open_bounded, write_all
from visualnet.core.storage.temporaries import ReplacementFile

FILE, LOCK = "process.json", "process.lock"
MOST = 1 << 16
VERSION = 1
BEAT_S = 20.0
"""So often a run touches the file, so that it is seen from another machine that it goes on, however long a step takes."""
LOCK_WAIT_S = 2.0
"""So long for somebody who only looks whether the run goes on to let go of the lock."""
LISTENING = 16
TAKEN = "another process trains in {}: stop it there, or follow it with “visualnet attach”"
UNIX_MOST = 100
"""Bytes of the path of a Unix socket at most; the systems allow 104 to 108."""


class Unreachable(ValueError):
    """The run cannot be reached; the words say why, and what can be done."""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """``at`` is the path of a Unix socket, or ``host:port``; ``token`` is known to who can read the file."""

    version: int = VERSION
    at: str
    token: str
    pid: int
    host: str

    @property
    def here(self) -> bool:
        """Whether the run goes on on this machine."""
        return self.host == platform.node()


class RunLock:
    """The lock that a process holds on the folder of the run it trains."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def close(self) -> None:
        """Release the lock."""
        os.close(self._handle)


def acquire_lock(folder: Path, wait_s: float = LOCK_WAIT_S) -> RunLock | None:
    """Lock a run's folder for this process; None where another process holds the lock.

    Raises:
        OSError: the folder cannot be written.
    """
    handle = descriptor(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + wait_s
    while not try_lock(handle):
        if time.monotonic() >= end:
            os.close(handle)
            return None
        time.sleep(0.01)
    return RunLock(handle)


@contextlib.contextmanager
def lock_run(folder: Path) -> Iterator[None]:
    """Within, others see that the run of this folder goes on, though nobody can follow it. Where nothing can be locked, it goes on unseen.

    Raises:
        Unreachable: another process trains in this folder.
    """
    try:
        held = acquire_lock(folder)
    except OSError:
        yield
        return
    if held is None:
        raise Unreachable(TAKEN.format(folder))
    try:
        yield
    finally:
        held.close()


def is_running(folder: Path) -> bool:
    """Whether a process of this machine trains in this folder now."""
    try:
        handle = descriptor(folder / LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        return not try_lock(handle)
    finally:
        os.close(handle)


def running_runs(parent: Path, most: int = 500) -> list[Path]:
    """The runs below a folder that go on now, the newest first by their names; no more than so many folders are looked into."""
    try:
        with os.scandir(parent) as entries:
            names = heapq.nlargest(most, (entry.name for entry in entries))
    except OSError:
        return []
    return [folder for name in names if (folder := parent / name) and (folder / FILE).is_file() and is_running(folder)]


def listen() -> tuple[socket.socket, str]:
    """A socket that only this user can reach, and its address. In a folder of its own: its name can be nobody else's.

    Raises:
        OSError: there can be none.
    """
    if hasattr(socket, "AF_UNIX") and sys.platform != "win32":
        # The folder of the session goes when the person logs out, and the run may not: it comes second.
        for base in filter(None, (tempfile.gettempdir(), os.environ.get("XDG_RUNTIME_DIR"))):
            try:
                folder = tempfile.mkdtemp(prefix="visualnet-", dir=base)  # made with the mode 0700
            except OSError:
                continue
            path = os.path.join(folder, "run")
            if len(os.fsencode(path)) > UNIX_MOST:
                os.rmdir(folder)
                continue
            heard = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                heard.bind(path)
                os.chmod(path, 0o600)
                heard.listen(LISTENING)
            except OSError:
                heard.close()
                shutil.rmtree(folder, ignore_errors=True)
                continue
            return heard, path
    heard = socket.create_server(("127.0.0.1", 0), backlog=LISTENING)
    return heard, f"127.0.0.1:{heard.getsockname()[1]}"


def write(folder: Path, at: str) -> Address:
    """Say in the run's folder where it can be reached.

    Raises:
        OSError: the folder cannot be written.
    """
    address = Address(at=at, token=secrets.token_hex(32), pid=os.getpid(), host=platform.node())
    with ReplacementFile(folder / FILE) as file:
        if hasattr(os, "fchmod"):
            os.fchmod(file.handle, 0o600)
        write_all(file.handle, msgspec.json.encode(address))
        file.put_in_place()
        file.close()
    return address


def touch(folder: Path, last: float) -> float:
    """Let others see that the run goes on, where `BEAT_S` have passed since ``last`` by the monotonic clock; when it was done last."""
    now = time.monotonic()
    if now - last < BEAT_S:
        return last
    with contextlib.suppress(OSError):
        os.utime(folder / FILE)
    return now


def read(folder: Path) -> Address | None:
    """Where the run of a folder can be reached; None where nothing says so.

    Raises:
        Unreachable: what stands there is not to be believed, or cannot be read.
    """
    return _read(folder / FILE, _check_owner)


def is_elsewhere(folder: Path) -> bool:
    """Whether another machine says in this folder that it trains here. Only that is taken from a file that is not to be believed else: on a
    share every file may seem to be readable by all."""
    try:
        told = _read(folder / FILE, lambda path, found: None)
    except Unreachable:
        return False
    return told is not None and not told.here


def _read(path: Path, check: Callable[[Path, os.stat_result], None]) -> Address | None:
    try:
        if stat.S_ISLNK(os.lstat(path).st_mode):
            raise Unreachable(f"{path} is a link: it is not followed, as it could lead to another's run")
        with open_bounded(path, MOST) as file:
            check(path, os.fstat(file.fileno()))
            address = msgspec.json.decode(file.read(MOST), type=Address)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unreachable(f"{path} cannot be read: {error.strerror or error}") from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Unreachable(f"{path} is damaged: the run can be watched, not steered") from None
    if address.version != VERSION:
        raise Unreachable(f"{path} is of version {address.version}, this program knows {VERSION}: update the older one")
    return address


def _check_owner(path: Path, found: os.stat_result) -> None:
    if not hasattr(os, "getuid"):
        return
    if found.st_uid != os.getuid():
        raise Unreachable(f"{path} belongs to another user: the run can be watched, not steered")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise Unreachable(
            f"{path} can be read by others (mode {stat.S_IMODE(found.st_mode):o}, wanted 600): somebody else may know its token"
        )


def connect(at: str, timeout_s: float = 5.0) -> socket.socket:
    """A connection to ``path of a Unix socket`` or ``host:port``.

    Raises:
        Unreachable: nobody is there.
    """
    host, colon, port = at.rpartition(":")
    try:
        if colon and port.isdigit() and "/" not in at:
            return socket.create_connection((host or "127.0.0.1", int(port)), timeout_s)
        if not hasattr(socket, "AF_UNIX"):
            raise Unreachable(f"{at}: wanted host:port, as 127.0.0.1:7000")
        end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    except (OSError, OverflowError) as error:
        raise Unreachable(f"nobody answers at {at}: {getattr(error, 'strerror', None) or error}") from None
    end.settimeout(timeout_s)
    try:
        end.connect(at)
    except (OSError, ValueError) as error:
        end.close()
        raise Unreachable(f"nobody answers at {at}: {getattr(error, 'strerror', None) or error}") from None
    return end


def remove(folder: Path, address: Address | None) -> None:
    """Nothing listens there any more: remove the file, and the socket with the folder that was made for it."""
    with contextlib.suppress(OSError):
        (folder / FILE).unlink()
    if address is None or not address.here or "/" not in address.at:
        return
    place = Path(address.at)
    with contextlib.suppress(OSError):
        if place.parent.name.startswith("visualnet-") and place.is_socket():
            place.unlink()
            place.parent.rmdir()


def proof(token: str, role: str, nonce: bytes) -> bytes:
    """What only one can say who knows the token; ``role`` is ``run`` or ``window``, so that no answer can be sent back."""
    return hmac.new(token.encode(), role.encode() + nonce, hashlib.sha256).digest()


def proves(token: str, role: str, nonce: bytes, said: bytes) -> bool:
    """Whether that was said by one who knows the token."""
    return hmac.compare_digest(proof(token, role, nonce), said)
