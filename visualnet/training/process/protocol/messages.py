"""What a run and those who follow it say to each other. Everything that comes in is read by its type; what does not fit is refused."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from visualnet.training.process.protocol.message_socket import BadFrame
from visualnet.training.process.protocol.probe_messages import LookMessage, WatchMessage

NONCE = 32
_M = TypeVar("_M")


class SocketMessage(msgspec.Struct, frozen=True, tag_field="is"):
    """Base of all messages."""


# --- from the run -------------------------------------------------------------------------------------------------------


class Challenge(SocketMessage, frozen=True, tag="challenge"):
    """The first message: who knows the token proves it by hashing this with it."""

    nonce: bytes


class Refused(SocketMessage, frozen=True, tag="refused"):
    """The connection ends; the words say why."""

    words: str


class Welcome(SocketMessage, frozen=True, tag="welcome"):
    """The other end knows the token, and this one proves it too. The run's log is told from the byte ``at`` on; ``begun``: by this process
    it was begun already."""

    proof: bytes
    at: int
    begun: bool


class EventLine(SocketMessage, frozen=True, tag="told"):
    """An event as its line of the log. With it the log has ``at`` bytes; −1 where it is not in the log."""

    at: int
    line: bytes


class EventsSkipped(SocketMessage, frozen=True, tag="behind"):
    """Events were left out that the reader was too slow for: the log has them, up to the byte ``at``."""

    at: int


class Trained(SocketMessage, frozen=True, tag="trained"):
    """What is trained from now on: the bytes of the project's file."""

    project: bytes


class RunClosed(SocketMessage, frozen=True, tag="bye"):
    """The run has ended, and nothing more comes."""


# --- to the run ---------------------------------------------------------------------------------------------------------


class Proof(SocketMessage, frozen=True, tag="proof"):
    """The challenge hashed with the token, and one of its own."""

    proof: bytes
    nonce: bytes


class ControlRequest(SocketMessage, frozen=True, tag="steer"):
    """``pause``, ``resume`` or ``stop``."""

    wish: str


class ChangeSettings(SocketMessage, frozen=True, tag="change"):
    """Train with these settings; each is named by the five parts of a `Setting`."""

    values: tuple[tuple[tuple[str, str, str, str, str], Any], ...]


class ChangeNetwork(SocketMessage, frozen=True, tag="network"):
    """Train the network of this project's file."""

    project: bytes


FromRun = Challenge | Refused | Welcome | EventLine | EventsSkipped | Trained | LookMessage | RunClosed
ToRun = Proof | ControlRequest | ChangeSettings | ChangeNetwork | WatchMessage
_encoder = msgspec.msgpack.Encoder()
_from_run: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(FromRun)
_to_run: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(ToRun)


def pack(message: msgspec.Struct) -> bytes:
    """The bytes of a message."""
    return _encoder.encode(message)


def read_from_run(body: bytes) -> FromRun:
    """What a run says.

    Raises:
        BadFrame: it is no message of a run.
    """
    message: FromRun = _read(_from_run, body)
    return message


def read_to_run(body: bytes) -> ToRun:
    """What is said to a run.

    Raises:
        BadFrame: it is no message to a run.
    """
    message: ToRun = _read(_to_run, body)
    return message


def _read(decoder: Any, body: bytes) -> Any:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadFrame(f"a message cannot be read: {str(error)[:200]}") from None
