"""Messages over a socket that never waits: each is a frame of a mark, a version, a length and so many bytes."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator

from visualnet.core.text.format import format_bytes

MARK = b"VN"
VERSION = 1
HEAD = struct.Struct(">2sBxI")
CHUNK = 1 << 18
STRANGER_MOST = 4096
"""Bytes that a message has at most before the other end has proved that it knows the token."""
REQUEST_MOST = 64 << 20
"""Bytes of a request to a run at most: a project, or a sample that a person made."""
ANSWER_MOST = 1 << 30
"""Bytes that a run tells at once at most: a copy of its weights."""


class Closed(Exception):
    """The other end has closed the connection, or is gone."""


class BadFrame(ValueError):
    """What came is no message of this program; the words say why."""


class MessageSocket:
    """One end of a connection. ``most`` is how many bytes a message may have that comes in."""

    def __init__(self, end: socket.socket, most: int = STRANGER_MOST) -> None:
        self.socket, self.most = end, most
        end.setblocking(False)
        self._coming = bytearray()
        self._going = bytearray()

    @property
    def waiting(self) -> int:
        """Bytes that are yet to be sent."""
        return len(self._going)

    def put(self, body: bytes) -> None:
        """Send this message as soon as the other end takes it."""
        self._going += HEAD.pack(MARK, VERSION, len(body))
        self._going += body

    def write(self) -> None:
        """Send what the socket takes now.

        Raises:
            Closed: nobody is there any more.
        """
        try:
            while self._going:
                sent = self.socket.send(memoryview(self._going)[:CHUNK])
                del self._going[:sent]
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            raise Closed from error

    def read(self) -> Iterator[bytes]:
        """The messages that have come.

        Raises:
            Closed: no more will come.
            BadFrame: it is no message, or too long.
        """
        ended = False
        try:
            while True:
                piece = self.socket.recv(CHUNK)
                ended = not piece
                self._coming += piece
                if len(piece) < CHUNK:
                    break
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            ended = True
        yield from self._messages()
        if ended:
            raise Closed

    def _messages(self) -> Iterator[bytes]:
        while len(self._coming) >= HEAD.size:
            mark, version, length = HEAD.unpack_from(self._coming)
            if mark != MARK:
                raise BadFrame("what came is not of this program")
            if version != VERSION:
                raise BadFrame(
                    f"it speaks version {version} of this protocol, here it is {VERSION}: update the older one"
                )
            if length > self.most:
                raise BadFrame(
                    f"a message of {format_bytes(length)} was announced; at most {format_bytes(self.most)} are taken"
                )
            if len(self._coming) < HEAD.size + length:
                return
            body = bytes(memoryview(self._coming)[HEAD.size : HEAD.size + length])
            del self._coming[: HEAD.size + length]
            yield body

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(OSError):
            self.socket.close()


class WakeupSocket:
    """Wakes a thread that waits for sockets: ``end`` becomes readable for it. Nothing here ever blocks."""

    def __init__(self) -> None:
        self.end, self._far = socket.socketpair()
        self.end.setblocking(False)
        self._far.setblocking(False)

    def wake(self) -> None:
        """Make ``end`` readable; where the socket is full, it is readable already."""
        with contextlib.suppress(OSError):
            self._far.send(b"!")

    def clear(self) -> None:
        """Read and discard what `wake` has sent."""
        with contextlib.suppress(OSError):
            while len(self.end.recv(4096)) == 4096:
                pass

    def close(self) -> None:
        """Close both ends."""
        self.end.close()
        self._far.close()
