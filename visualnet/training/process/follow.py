"""Follows a run in another process, from its beginning: every event once and in order, whenever one comes and how often one comes back."""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from visualnet.core.errors import FileError
from visualnet.core.storage import project_file
from visualnet.core.text.format import format_duration
from visualnet.training import events
from visualnet.training.process import address
from visualnet.training.process.exit_report import record_lost_ending
from visualnet.training.process.liveness import SILENT_S, may_be_trained
from visualnet.training.process.log_tail import LogTail, whole_size_of
from visualnet.training.process.protocol.message_socket import (
    ANSWER_MOST,
    BadFrame,
    Closed,
    MessageSocket,
    WakeupSocket,
)
from visualnet.training.process.protocol.messages import (
    NONCE,
    Challenge,
    EventLine,
    EventsSkipped,
    FromRun,
    Proof,
    Refused,
    RunClosed,
    Trained,
    Welcome,
    pack,
    read_from_run,
)
from visualnet.training.process.protocol.probe_messages import LookMessage, read_report
from visualnet.training.process.remote_control import RemoteControl
from visualnet.training.runs.run_model import RunModel, read_project

ANSWER_S = 10.0
"""So long a run may take to answer when it is called."""
LOOK_S = 0.25
"""How often the log of a run that cannot be reached is looked at."""
CALM_S = 10.0
"""A conversation that lasted so long is no reason to give up calling."""
LOST = (
    f"nothing has moved in the folder of this run for {format_duration(SILENT_S)}: it ended without a word, its machine sleeps, or the "
    "way to its folder is cut. If it goes on, follow it again"
)
TRIES = 5
"""So often a run is called again that hung up."""
Put = Callable[[object], None]


class Process(Protocol):
    """A process that we have started."""

    def wait(self) -> int | None:
        """Wait until it has ended; its exit code, negative: the signal."""

    def lives(self) -> bool:
        """Whether it has not ended yet."""


class Follower:
    """Follows the run of a folder and puts what it tells; ``at`` stands for the address in the folder, where a tunnel leads elsewhere.
    ``process`` is its process, where that is one of ours; ``before`` then is how long the log was before that began. ``lost`` says, once it
    is followed no more, why nothing more is heard of it: another machine trained it, and nobody here can tell how it ended.

    First of all the `RunModel` of what it has told so far is put, where it has told anything or was begun by others; or, ``whole``,
    each event since its beginning.
    """

    def __init__(
        self,
        folder: Path,
        control: RemoteControl,
        put: Put,
        at: str = "",
        process: Process | None = None,
        whole: bool = False,
        before: int = -1,
    ) -> None:
        self.folder, self.control, self._put_out, self._at, self._process = folder, control, put, at, process
        self._before = before
        self._tail = LogTail(folder)
        self._model: RunModel | None = None if whole else RunModel(folder.name, folder, watched=True)
        """What was told before we came; None once it is put."""
        self._over = self._bye = self._met = False
        self.lost = ""

    def run(self) -> None:
        """Follow until the run has ended, or nobody wants to hear of it."""
        control, tries = self.control, 0
        while not (self._over or self._bye or control.left):
            begin = time.monotonic()
            try:
                with self._connected() as connection:
                    self._converse(connection)
            except address.Unreachable as error:
                tries = 1 if time.monotonic() - begin > CALM_S else tries + 1
                if not self._may_be_called(tries):
                    self._watch_only(str(error))
                    break
                time.sleep(0.05 * tries)
        if control.left:
            return
        self._read_log()
        self._tell_model()
        self._finish()
        control.close()

    def _may_be_called(self, tries: int) -> bool:
        """Whether to try again: the process is there, and has only hung up."""
        return tries < TRIES and not self._at and address.is_running(self.folder) and self._met

    def _finish(self) -> None:
        code = self._process.wait() if self._process is not None else None
        if not self._over:
            self._read_log()  # what it wrote while it ended
        told = self._over and whole_size_of(self.folder) > self._before  # else that is the end of an earlier session
        if told or (self._bye and not code) or code == 0:
            return
        if (failed := record_lost_ending(self.folder, code)) is not None:
            self._put(failed)
        else:
            self._read_log()  # another window may have written it down

    # --- over the socket ------------------------------------------------------------------------------------------------

    @contextmanager
    def _connected(self) -> Iterator[MessageSocket]:
        found = address.read(self.folder)
        if found is None:
            raise address.Unreachable("the run goes on, if it does, without saying where it can be reached")
        if not (found.here or self._at):
            raise address.Unreachable(
                f"it trains on {found.host}: to steer it, open a tunnel to {found.at} there and name its end here"
            )
        connection = MessageSocket(address.connect(self._at or found.at))
        try:
            self._greet(connection, found.token)
            yield connection
        except (Closed, OSError) as error:
            raise address.Unreachable("the run hung up") from error
        except BadFrame as error:
            raise address.Unreachable(f"the run cannot be understood: {error}") from None
        finally:
            connection.close()

    def _greet(self, connection: MessageSocket, token: str) -> None:
        nonce = os.urandom(NONCE)
        for message in self._answers(connection):
            if isinstance(message, Challenge):
                connection.put(pack(Proof(address.proof(token, "window", message.nonce), nonce)))
                connection.write()
            elif isinstance(message, Refused):
                raise address.Unreachable(message.words)
            elif isinstance(message, Welcome):
                if not address.proves(token, "run", nonce, message.proof):
                    raise address.Unreachable("who answers there is not this run")
                connection.most = ANSWER_MOST
                self._read_log(message.at)
                self._tell_model(begun=message.begun)
                self._met = True
                return
            else:
                raise BadFrame("it says something before it was asked")
        raise address.Unreachable("nobody answers")

    def _answers(self, connection: MessageSocket) -> Iterator[FromRun]:
        """What comes, until nothing has come for long."""
        end = time.monotonic() + ANSWER_S
        with selectors.DefaultSelector() as selector:
            selector.register(connection.socket, selectors.EVENT_READ)
            while (left := end - time.monotonic()) > 0 and not self.control.left:
                if selector.select(min(left, LOOK_S)):
                    for body in connection.read():
                        yield read_from_run(body)

    def _converse(self, connection: MessageSocket) -> None:
        control = self.control
        waker = WakeupSocket()
        control.begin_anew()
        control.wake = waker.wake
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(waker.end, selectors.EVENT_READ)
                selector.register(connection.socket, selectors.EVENT_READ)
                while True:
                    for wish in control.take():
                        connection.put(pack(wish))
                    connection.write()
                    for body in connection.read():  # first: something may have come with the welcome
                        self._take(read_from_run(body))
                    if control.left or self._bye:
                        break
                    writes = selectors.EVENT_WRITE if connection.waiting else 0
                    selector.modify(connection.socket, selectors.EVENT_READ | writes)
                    selector.select(None if not connection.waiting else 1.0)
                    waker.clear()
            for wish in control.take():  # what was asked before one left is still to go out
                connection.put(pack(wish))
            connection.write()
        finally:
            control.wake = lambda: None
            waker.close()

    def _take(self, message: FromRun) -> None:
        if isinstance(message, EventLine):
            if message.at <= 0 or message.at > self._tail.at:  # else it is known from the log
                self._tail.at = max(message.at, self._tail.at)
                self._tell(message.line)
        elif isinstance(message, EventsSkipped):
            self._read_log(message.at)
        elif isinstance(message, LookMessage):
            if (request := self.control.asked(message.number)) is not None:
                try:
                    self._put(read_report(message, request))
                except ValueError as error:
                    raise BadFrame(str(error)) from None
        elif isinstance(message, Trained):
            try:
                self.control.project = project_file.loads(message.project, "what the run trains")
            except FileError as error:
                raise BadFrame(str(error)) from None
        elif isinstance(message, Refused):
            raise address.Unreachable(message.words)
        elif isinstance(message, RunClosed):
            self._bye = True

    def _tell(self, line: bytes) -> None:
        try:
            self._put(events.decode(line))
        except ValueError:
            return  # of a newer version: its log is read by that too

    # --- from the log ---------------------------------------------------------------------------------------------------

    def _read_log(self, limit: int | None = None) -> None:
        for event in self._tail.read(limit):
            if self._model is None:
                self._put(event)
            else:
                self._model.consume(event)
                self._note(event)

    def _tell_model(self, begun: bool = True) -> None:
        """Put what was told before we came, as a whole; ``begun``: it is told by the process that trains now."""
        model, self._model = self._model, None
        self._over = self._over and begun
        if model is None:
            return
        if not begun and not model.over and model.state != "waiting":
            model.state = "interrupted"
        if self._process is None or model.started is not None:
            self._put_out(model)
        elif model.failed is not None:  # it failed before its first step, and before we came
            self._put_out(model.failed)

    def _watch_only(self, words: str) -> None:
        """The run cannot be reached: what its log tells is all that is seen of it."""
        away, alive = address.is_elsewhere(self.folder), self._lives()
        self._read_log()
        self._tell_model(begun=self._over or alive)
        if alive and not self._over:
            self.control.only_watch(f"this run can only be watched: {words}")
            if self.control.project is None:
                self.control.project = read_project(self.folder)
        while alive and not (self._over or self.control.left):
            time.sleep(LOOK_S)
            alive = self._lives()
            self._read_log()
        if away and not (self._over or self.control.left):
            self.lost = LOST
            self._put(events.Trouble(words=LOST))

    def _lives(self) -> bool:
        """Whether its process is there; one of another machine counts as there until nothing has moved in the folder for long."""
        if self._process is not None:
            return self._process.lives()
        return may_be_trained(self.folder) if address.is_elsewhere(self.folder) else address.is_running(self.folder)

    def _put(self, event: events.Event) -> None:
        self._note(event)
        self._put_out(event)

    def _note(self, event: events.Event) -> None:
        if isinstance(event, events.Started):
            self._over = False
        elif isinstance(event, events.Finished | events.Failed):
            self._over = True
