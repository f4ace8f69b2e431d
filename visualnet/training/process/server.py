"""The server of a run: sends its events to all who follow it and takes their requests. The training never waits for a client."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.training import events
from visualnet.training.control import Control, ProbeRequest
from visualnet.training.events import Event
from visualnet.training.loop.sinks import Sink
from visualnet.training.process import address, log_tail
from visualnet.training.process.protocol import message_socket
from visualnet.training.process.protocol.message_socket import BadFrame, Closed, MessageSocket, WakeupSocket
from visualnet.training.process.protocol.messages import (
    NONCE,
    Challenge,
    ChangeNetwork,
    ChangeSettings,
    ControlRequest,
    EventLine,
    EventsSkipped,
    Proof,
    Refused,
    RunClosed,
    ToRun,
    Trained,
    Welcome,
    pack,
    read_to_run,
)
from visualnet.training.process.protocol.probe_messages import WatchMessage, plain_report, read_request, read_value
from visualnet.training.recipe.live_settings import Setting

MOST_PEERS = 16
STRANGER_S = 10.0
"""So long one may take to prove that he knows the token."""
MOST_WAITING = 1000
"""So many events wait for one who reads slowly; what is more, he reads in the log."""
BUFFERED = 1 << 20
"""Bytes on their way to somebody, above which nothing new is given to him."""
FAREWELL_S = 2.0
"""So long the end of a run waits for those who have not heard all of it yet."""
KNOWN = 8
"""So many requests for looks are remembered, to know whose an answer is."""


class Peer:
    """One who follows the run, or wants to."""

    def __init__(self, end: socket.socket) -> None:
        self.connection = MessageSocket(end)
        self.nonce = os.urandom(NONCE)
        self.since = time.monotonic()
        self.known = False
        self.asked: tuple[int, ProbeRequest] | None = None
        self._queue: deque[tuple[int, bytes]] = deque()
        self._behind = 0
        """Up to here the log is to be read by him, as soon as he takes something again; 0: nothing was left out."""
        self._newest: dict[str, bytes] = {}

    def tell(self, at: int, body: bytes) -> None:
        """A message that must arrive, or (``at`` > 0) that can be read in the log instead."""
        if at > 0 and self._behind:
            self._behind = at
            return
        self._queue.append((at, body))
        if len(self._queue) > MOST_WAITING:
            self._behind = max(place for place, _ in self._queue)
            self._queue = deque(one for one in self._queue if one[0] <= 0)

    def report(self, words: str) -> None:
        """Tell this peer alone of a trouble; it is not in the log."""
        self.tell(-1, pack(EventLine(-1, events.encode(events.Trouble(words=words)))))

    def show(self, key: str, body: bytes) -> None:
        """A message of which the newest of a key counts."""
        self._newest[key] = body

    def advance(self) -> None:
        """Send what can be sent.

        Raises:
            Closed: nobody is there any more.
        """
        self.connection.write()
        while self.connection.waiting < BUFFERED and (self._queue or self._behind > 0 or self._newest):
            if self._queue:
                self.connection.put(self._queue.popleft()[1])
            elif self._behind > 0:
                self.connection.put(pack(EventsSkipped(self._behind)))
                self._behind = 0
            else:
                self.connection.put(self._newest.pop(next(iter(self._newest))))
            self.connection.write()

    @property
    def has_more(self) -> bool:
        """Whether something waits to be sent."""
        return bool(self.connection.waiting or self._queue or self._behind > 0 or self._newest)


class RunServer:
    """Stands beside one run, in a thread of its own. It is a sink: what the run tells is given to it after the log.

    Raises:
        OSError: the folder cannot be written, or no socket can be had.
        Unreachable: another process trains in this folder.
    """

    def __init__(self, folder: Path, control: Control) -> None:
        self.folder, self.control = folder, control
        held = address.acquire_lock(folder)
        if held is None:
            raise address.Unreachable(address.TAKEN.format(folder))
        self._held = held
        try:
            address.remove(folder, _old_address(folder))
            self._heard, at = address.listen()
            self.address = address.write(folder, at)
        except BaseException:
            held.close()
            raise
        self._heard.setblocking(False)
        self._at = log_tail.whole_size_of(folder)
        self._seen_at = self._at
        self._begun = self._over = False
        self._told: deque[tuple[int, Event]] = deque()
        self._peers: list[Peer] = []
        self._base: ProbeRequest | None = None
        """What the run looks at where nobody follows it; None as long as nobody has asked for anything else."""
        self._aims: deque[tuple[ProbeRequest, Peer, int, ProbeRequest]] = deque(maxlen=KNOWN)
        self._copies: dict[tuple[int, int], int] = {}
        self._trained: tuple[Project, bytes] | None = None
        self._waker = WakeupSocket()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._heard, selectors.EVENT_READ)
        self._selector.register(self._waker.end, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, name="run server", daemon=True)
        self._thread.start()

    def __call__(self, event: Event) -> None:
        """Tell this event to all who follow; from the thread that trains."""
        at = 0
        if event.logged:
            size = log_tail.size_of(self.folder)
            at, self._seen_at = (size, size) if size > self._seen_at else (-1, self._seen_at)
        self._told.append((at, event))
        self._waker.wake()

    def close(self) -> None:
        """The run is over: say so to all, and stand here no longer."""
        self._over = True
        self._waker.wake()
        self._thread.join()
        address.remove(self.folder, self.address)
        self._held.close()

    # --- the thread -----------------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        try:
            touched = time.monotonic()
            while not self._over:
                self._turn(self._wait_s())
                touched = address.touch(self.folder, touched)
            self._say_farewell()
        finally:
            for peer in self._peers:
                peer.connection.close()
            for one in (self._heard, self._waker):
                one.close()
            self._selector.close()

    def _wait_s(self) -> float:
        """Until a stranger has had his time, or the folder is to be touched again."""
        return 1.0 if any(not peer.known for peer in self._peers) else address.BEAT_S

    def _turn(self, wait_s: float) -> None:
        for key, _ in self._selector.select(wait_s):
            if key.fileobj is self._heard:
                self._welcome()
            elif key.fileobj is self._waker.end:
                self._waker.clear()
            else:
                self._hear(key.data)
        self._pass_on()
        for peer in list(self._peers):
            if not peer.known and time.monotonic() - peer.since > STRANGER_S:
                self._drop(peer)
            else:
                self._advance(peer)

    def _say_farewell(self) -> None:
        self._pass_on()
        for peer in self._peers:
            peer.tell(0, pack(RunClosed()))
        end = time.monotonic() + FAREWELL_S
        while any(peer.has_more for peer in self._peers) and (left := end - time.monotonic()) > 0:
            for peer in list(self._peers):
                self._advance(peer)
            self._selector.select(min(left, 0.05))

    def _welcome(self) -> None:
        try:
            end, _ = self._heard.accept()
        except OSError:
            return
        peer = Peer(end)
        if len(self._peers) >= MOST_PEERS:
            with contextlib.suppress(Closed):
                peer.tell(0, pack(Refused(f"{MOST_PEERS} windows follow this run already: close one of them")))
                peer.advance()
            peer.connection.close()
            return
        self._peers.append(peer)
        self._selector.register(end, selectors.EVENT_READ, peer)
        peer.tell(0, pack(Challenge(peer.nonce)))

    def _hear(self, peer: Peer) -> None:
        try:
            for body in peer.connection.read():
                self._obey(peer, read_to_run(body))
        except Closed:
            self._drop(peer)
        except BadFrame as error:
            with contextlib.suppress(Closed):
                peer.tell(0, pack(Refused(str(error))))
                peer.advance()
            self._drop(peer)

    def _advance(self, peer: Peer) -> None:
        try:
            peer.advance()
        except Closed:
            self._drop(peer)
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if peer.has_more else 0)
        if self._selector.get_key(peer.connection.socket).events != wanted:
            self._selector.modify(peer.connection.socket, wanted, peer)

    def _drop(self, peer: Peer) -> None:
        if peer in self._peers:
            self._peers.remove(peer)
            self._selector.unregister(peer.connection.socket)
            peer.connection.close()
            peer.asked = None
            self._aim()

    # --- what the run tells ---------------------------------------------------------------------------------------------

    def _pass_on(self) -> None:
        self._tell_project()
        known = [peer for peer in self._peers if peer.known]
        while self._told:
            at, event = self._told.popleft()
            self._at = max(self._at, at)
            self._begun = self._begun or isinstance(event, events.Started)
            if isinstance(event, events.ProbeReport):
                self._tell_look(event)
            elif known:
                body = pack(EventLine(at, events.encode(event)))
                for peer in known:
                    if event.key is None:
                        peer.tell(at, body)
                    else:
                        peer.show(event.key, body)
        self._tell_project()

    def _tell_project(self) -> None:
        project = self.control.project
        if project is None or (self._trained is not None and self._trained[0] is project):
            return
        self._trained = project, pack(Trained(project_file.dumps(project)))
        for peer in self._peers:
            if peer.known:
                peer.tell(0, self._trained[1])

    def _tell_look(self, report: events.ProbeReport) -> None:
        found = next((aim for aim in reversed(self._aims) if aim[0] is report.asked), None)
        if found is None:
            return
        _, peer, number, request = found
        if peer not in self._peers:
            return
        try:
            body = pack(plain_report(number, request, report))
        except ValueError as error:
            peer.report(f"what was seen cannot be shown here: {error}")
            return
        if report.weights is None:
            peer.show("watched", body)
        else:
            peer.tell(0, body)

    # --- what it is told ------------------------------------------------------------------------------------------------

    def _obey(self, peer: Peer, message: ToRun) -> None:
        if not peer.known:
            self._admit(peer, message)
            return
        try:
            if isinstance(message, ControlRequest):
                {"pause": self.control.pause, "resume": self.control.resume, "stop": self.control.stop}[message.wish]()
            elif isinstance(message, ChangeSettings):
                self.control.change({Setting(*name): read_value(value) for name, value in message.values})
            elif isinstance(message, ChangeNetwork):
                self.control.change_network(project_file.loads(message.project, "the drawing"))
            elif isinstance(message, WatchMessage):
                peer.asked = message.number, read_request(message)
                self._peers.remove(peer)  # who asked last is looked for
                self._peers.append(peer)
                self._aim()
        except KeyError:
            raise BadFrame("a run can be paused, resumed and stopped") from None
        except (ValueError, FileError) as error:
            peer.report(f"what was asked of the run cannot be: {error}")

    def _admit(self, peer: Peer, message: Any) -> None:
        token = self.address.token
        if not isinstance(message, Proof) or not address.proves(token, "window", peer.nonce, message.proof):
            raise BadFrame("the token is not that of this run: read it anew from the run's folder")
        peer.known, peer.connection.most = True, message_socket.REQUEST_MOST
        self._pass_on_before(peer)
        peer.tell(0, pack(Welcome(address.proof(token, "run", message.nonce), self._at, self._begun)))
        if self._trained is not None:
            peer.tell(0, self._trained[1])

    def _pass_on_before(self, peer: Peer) -> None:
        """What was told before he came, he reads in the log."""
        peer.known = False
        self._pass_on()
        peer.known = True

    def _aim(self) -> None:
        """Look at what was asked for last, and at what the run looks at by itself."""
        peer = next((one for one in reversed(self._peers) if one.asked is not None and one.asked[1].is_wanted), None)
        if self._base is None:
            if peer is None:
                return
            self._base = self.control.probe_request
        if peer is None or peer.asked is None:
            self.control.probe_request = self._base
            return
        number, request = peer.asked
        own = [one for one in self._base.observations if one not in request.observations]
        copy = self._copies.setdefault((id(peer), request.copy), len(self._copies) + 1) if request.copy else 0
        joined = request._replace(observations=(*request.observations, *own), copy=copy)
        self._aims.append((joined, peer, number, request))
        self.control.probe_request = joined


def check_free(folder: Path) -> None:
    """Refuse to train where another process does.

    Raises:
        Unreachable: one does; the words say what can be done.
    """
    if address.is_running(folder):
        raise address.Unreachable(address.TAKEN.format(folder))


def _old_address(folder: Path) -> address.Address | None:
    try:
        return address.read(folder)
    except address.Unreachable:
        return None


@contextmanager
def serving(folder: Path, control: Control) -> Iterator[Sink]:
    """Within, windows may follow the run of this folder; what it tells goes to the sink that is given. Where that cannot be, the run
    goes on without, and says why on the standard error.

    Raises:
        Unreachable: another process trains in this folder.
    """
    try:
        server = RunServer(folder, control)
    except OSError as error:
        print(f"visualnet: no window can follow this run: {error.strerror or error}", file=sys.stderr)
        yield lambda event: None
        return
    try:
        yield server
    finally:
        server.close()
