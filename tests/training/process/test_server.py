"""Both ends of the socket in one process: every event once and in order, however one comes, goes and lags; strangers get nothing."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.training.by_hand import tiny
from tests.waiting import until
from visualnet.core.storage import project_file
from visualnet.training import events
from visualnet.training.control import Control, ProbeRequest
from visualnet.training.loop.sinks import EventLog, combine
from visualnet.training.observations.observation import ObservationRequest
from visualnet.training.process import address, server
from visualnet.training.process.follow import Follower
from visualnet.training.process.protocol import messages
from visualnet.training.process.protocol.message_socket import HEAD, MARK, VERSION, Closed, MessageSocket
from visualnet.training.process.protocol.probe_messages import plain_request
from visualnet.training.process.remote_control import RemoteControl
from visualnet.training.process.server import RunServer
from visualnet.training.recipe.live_settings import Setting
from visualnet.training.runs.run_model import LOG, RunModel, create_run, read_run


def test_a_run_that_says_nothing_touches_its_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "BEAT_S", 0.05)
    run = Run(tmp_path / "run")
    file = run.folder / address.FILE
    os.utime(file, (1.0, 1.0))
    until(lambda: os.stat(file).st_mtime > 1, "a touch")
    run.close()


class Run:
    """A run that tells what a test wants: log and server, as a session has them."""

    def __init__(self, folder: Path) -> None:
        self.folder = create_run(tiny(), folder)
        self.control = Control()
        self.server = RunServer(self.folder, self.control)
        self.log = EventLog(self.folder / LOG, lambda event: None)
        self.emit = combine(self.log, self.server)
        self.step = 0
        self.closed = False

    def start(self) -> None:
        """It begins."""
        told: dict[str, Any] = {
            "run": "r",
            "device": "cpu",
            "threads": 1,
            "parameters": 1,
            "epochs": 9,
            "best_by": "loss",
        }
        self.emit(events.Started(**told, steps_per_epoch=5, batch_size=1, sizes=(5, 0, 0)))

    def go(self, count: int = 1) -> None:
        """It makes steps."""
        for _ in range(count):
            self.step += 1
            self.emit(events.Steps(step=self.step, epoch=0, lr=0.1, values={"loss": [float(self.step)]}))

    def end(self) -> None:
        """It ends in good order."""
        if not self.closed:
            self.emit(events.Finished(reason="done", step=self.step, epoch=1, seconds=1.0))
            self.close()

    def close(self) -> None:
        """Its process ends."""
        if not self.closed:
            self.closed = True
            self.log.close()
            self.server.close()


class Window:
    """One that follows a run in a thread, and keeps what it hears."""

    def __init__(self, folder: Path, whole: bool = True, at: str = "") -> None:
        self.heard: list[Any] = []
        self.refused: list[str] = []
        self.control = RemoteControl(self.refused.append)
        self.follower = Follower(folder, self.control, self.heard.append, at, whole=whole)
        self.thread = threading.Thread(target=self.follower.run)
        self.thread.start()

    @property
    def steps(self) -> list[int]:
        """The steps of which it heard, one by one."""
        return [e.step for e in self.heard if isinstance(e, events.Steps)]

    def of(self, kind: type) -> list[Any]:
        """What it heard of a kind."""
        return [e for e in self.heard if isinstance(e, kind)]

    def leave(self) -> None:
        """It closes."""
        self.control.leave()
        self.thread.join()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = Run(tmp_path / "run")
    yield made
    made.close()


def test_who_follows_from_the_beginning_hears_all(run: Run) -> None:
    window = Window(run.folder)
    run.start()
    run.go(50)
    run.end()
    window.thread.join()
    assert window.steps == list(range(1, 51))
    assert [type(e) for e in (window.heard[0], window.heard[-1])] == [events.Started, events.Finished]
    assert not (run.folder / address.FILE).exists()


def test_windows_that_come_and_go_hear_everything_once(run: Run) -> None:
    moments = random.Random(7)
    run.start()
    windows = []
    for _ in range(12):
        run.go(moments.randrange(1, 40))
        windows.append(Window(run.folder))
        run.go(moments.randrange(1, 40))
        if len(windows) % 3 == 0:
            windows[-1].leave()
            left = windows[-1].steps
            assert left == list(range(1, len(left) + 1))
    run.end()
    for window in windows:
        window.thread.join()
        if not window.control.left:
            assert window.steps == list(range(1, run.step + 1))
            assert len(window.of(events.Started)) == len(window.of(events.Finished)) == 1


def test_what_was_before_comes_as_a_model(run: Run) -> None:
    run.start()
    run.go(20)
    window = Window(run.folder, whole=False)
    until(lambda: window.heard)
    model = window.heard[0]
    assert isinstance(model, RunModel)
    assert model.state == "training"
    run.go(5)
    run.end()
    window.thread.join()
    for event in window.heard[1:]:
        model.consume(event)
    known = read_run(run.folder)
    assert (
        model.steps["loss"].values.tolist() == known.steps["loss"].values.tolist() == [float(n) for n in range(1, 26)]
    )
    assert model.state == known.state == "done"


def test_who_reads_slowly_is_sent_to_the_log_and_misses_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_WAITING", 10)
    monkeypatch.setattr(server, "BUFFERED", 1)
    run.start()
    slow = threading.Event()
    window = Window(run.folder)
    until(lambda: window.heard)
    put = window.follower._put_out

    def dawdle(event: object) -> None:
        slow.wait(60)
        put(event)

    window.follower._put_out = dawdle
    run.go(4_000)
    run.emit(events.Paused(step=run.step))  # nothing is told after it: what was left out must come all the same
    slow.set()
    until(lambda: window.of(events.Paused))
    assert window.steps == list(range(1, run.step + 1))
    assert len(window.of(events.Paused)) == 1
    window.leave()


def test_an_absent_window_makes_nobody_wait(run: Run) -> None:
    """One that shakes hands and reads nothing any more: the run's end waits for it a moment, and not for ever."""
    connection, _ = greeted(run)
    run.start()
    run.go(5_000)
    run.end()
    assert read_run(run.folder).state == "done"
    connection.close()


def test_what_the_log_cannot_take_is_told_all_the_same(run: Run) -> None:
    run.start()
    window = Window(run.folder)
    until(lambda: window.heard)
    run.log.close()  # as when the disk is full
    run.go(5)
    run.server(events.Finished(reason="done", step=5, epoch=1, seconds=1.0))
    run.close()
    window.thread.join()
    assert window.steps == [1, 2, 3, 4, 5]
    assert len(window.of(events.Finished)) == 1


def test_both_of_two_windows_steer(run: Run) -> None:
    run.control.project = tiny()
    run.start()
    first, second = Window(run.folder), Window(run.folder)
    first.control.pause()
    until(lambda: run.control.paused)
    second.control.resume()
    until(lambda: not run.control.paused)
    until(lambda: first.control.project is not None)
    first.control.change({Setting("lr"): 0.5})
    until(lambda: run.control.urgent)
    assert run.control.take_changes() == {Setting("lr"): 0.5}
    with pytest.raises(ValueError, match="at least 0"):
        first.control.change({Setting("lr"): -1.0})
    second.control.change_network(tiny())
    until(lambda: run.control.urgent)
    drawing = run.control.take_drawing()
    assert drawing is not None
    assert project_file.dumps(drawing) == project_file.dumps(tiny())
    second.control.stop()
    until(lambda: run.control.stopping)
    run.end()
    for window in (first, second):
        window.thread.join()
        with pytest.raises(ValueError, match="over"):
            window.control.change({Setting("lr"): 0.5})


def test_who_asked_last_is_looked_for_and_what_the_run_records_stays(run: Run) -> None:
    recorded = ObservationRequest("recorded")
    run.control.request_probes((), observations=(recorded,))
    base = run.control.probe_request
    run.start()
    first, second = Window(run.folder), Window(run.folder)
    one, two = (("a",), "y"), (("b",), "y")
    first.control.probe_request = ProbeRequest((one,), 3, copy=1)
    until(lambda: run.control.probe_request.ports == (one,))
    assert run.control.probe_request.observations == (recorded,)
    earlier = run.control.probe_request
    second.control.probe_request = ProbeRequest((two,), 4, copy=1)
    until(lambda: run.control.probe_request.ports == (two,))
    assert run.control.probe_request.copy != earlier.copy, "each gets a copy of its own"
    run.emit(events.ProbeReport(step=1, sample=3, arrays={}, asked=earlier, observed={recorded: "words"}))
    run.emit(events.ProbeReport(step=2, sample=4, arrays={}, asked=run.control.probe_request))
    until(lambda: first.of(events.ProbeReport) and second.of(events.ProbeReport))
    (seen,) = first.of(events.ProbeReport)
    assert (seen.step, seen.asked, seen.observed, seen.copy) == (1, first.control.probe_request, {}, 1)
    second.leave()
    until(lambda: run.control.probe_request.ports == (one,))
    first.leave()
    until(lambda: run.control.probe_request is base)


# --- strangers ------------------------------------------------------------------------------------------------------


def said(connection: MessageSocket) -> list[Any]:
    """All that comes until the other end hangs up."""
    found: list[Any] = []

    def more() -> bool:
        try:
            for body in connection.read():
                found.append(messages.read_from_run(body))
        except Closed:
            return True
        return False

    until(more)
    connection.close()
    return found


def called(run: Run) -> tuple[MessageSocket, messages.Challenge]:
    connection = MessageSocket(address.connect(run.server.address.at))
    found: list[Any] = []

    def more() -> bool:
        found.extend(messages.read_from_run(body) for body in connection.read())
        return bool(found)

    until(more)
    assert isinstance(found[0], messages.Challenge)
    return connection, found[0]


def greeted(run: Run) -> tuple[MessageSocket, messages.Welcome]:
    connection, challenge = called(run)
    proof = address.proof(run.server.address.token, "window", challenge.nonce)
    connection.put(messages.pack(messages.Proof(proof, b"nonce")))
    connection.write()
    found: list[Any] = []

    def more() -> bool:
        found.extend(messages.read_from_run(body) for body in connection.read())
        return bool(found)

    until(more)
    assert isinstance(found[0], messages.Welcome)
    return connection, found[0]


def test_a_wrong_token_is_refused(run: Run) -> None:
    connection, challenge = called(run)
    connection.put(messages.pack(messages.Proof(address.proof("0" * 64, "window", challenge.nonce), b"n")))
    connection.write()
    (refused,) = said(connection)
    assert isinstance(refused, messages.Refused)
    assert "token" in refused.words
    run.start()
    assert not run.control.stopping


@pytest.mark.parametrize(
    "bytes_",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        HEAD.pack(MARK, VERSION, 4097),
        HEAD.pack(MARK, VERSION, 3) + b"\xc1\xc1\xc1",
        HEAD.pack(MARK, VERSION, 0),
        b"\0" * 5000,
    ],
)
def test_noise_is_refused_and_the_run_goes_on(run: Run, bytes_: bytes) -> None:
    connection, _ = called(run)
    connection.socket.send(bytes_)
    assert all(isinstance(one, messages.Refused) for one in said(connection))
    window = Window(run.folder)
    run.start()
    until(lambda: window.of(events.Started))
    window.leave()


def test_a_stranger_may_not_steer_before_he_is_known(run: Run) -> None:
    connection, _ = called(run)
    connection.put(messages.pack(messages.ControlRequest("stop")))
    connection.write()
    assert all(isinstance(one, messages.Refused) for one in said(connection))
    assert not run.control.stopping


def test_who_is_known_gets_words_for_what_cannot_be(run: Run) -> None:
    connection, _ = greeted(run)
    connection.put(messages.pack(messages.ChangeNetwork(b"no project")))
    connection.put(messages.pack(plain_request(1, ProbeRequest())))
    connection.put(messages.pack(messages.ControlRequest("fly")))
    connection.write()
    told = said(connection)
    trouble = [events.decode(one.line) for one in told if isinstance(one, messages.EventLine)]
    assert [type(e) for e in trouble] == [events.Trouble]
    assert isinstance(told[-1], messages.Refused)
    assert "paused, resumed and stopped" in told[-1].words


def test_strangers_who_say_nothing_are_sent_away(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    connection, _ = called(run)
    monkeypatch.setattr(server, "STRANGER_S", 0.0)
    said(connection)


def test_more_than_so_many_are_told_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_PEERS", 1)
    first, _ = called(run)
    connection = MessageSocket(address.connect(run.server.address.at))
    (refused,) = said(connection)
    assert "close one" in refused.words
    first.close()


# --- a run that cannot be reached -----------------------------------------------------------------------------------


def test_a_run_whose_address_is_not_believed_is_watched_by_its_log(run: Run) -> None:
    os.chmod(run.folder / address.FILE, 0o644)
    run.start()
    run.go(3)
    window = Window(run.folder)
    until(lambda: window.control.readonly)
    window.control.pause()
    assert "read by others" in window.refused[0]
    run.go(4)
    until(lambda: len(window.steps) == 7)
    run.end()
    window.thread.join()
    assert window.steps == list(range(1, 8))
    assert not run.control.paused


def test_a_run_of_another_machine_is_watched_or_steered_through_a_tunnel(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address.platform, "node", lambda: "elsewhere")
    run.start()
    watcher = Window(run.folder)
    until(lambda: watcher.control.readonly)
    assert "open a tunnel" in watcher.control.readonly
    steering = Window(run.folder, at=run.server.address.at)
    steering.control.pause()
    until(lambda: run.control.paused)
    run.end()
    for window in (watcher, steering):
        window.thread.join()
        assert len(window.of(events.Finished)) == 1
    monkeypatch.undo()


def test_an_impostor_at_the_address_learns_nothing(run: Run, tmp_path: Path) -> None:
    """Another run answers at the address that the folder names: it does not know the token, and cannot pretend to."""
    other = Run(tmp_path / "other")
    window = Window(run.folder, at=other.server.address.at)
    until(lambda: window.control.readonly)
    assert "token" in window.control.readonly
    window.leave()
    other.close()


def test_two_do_not_train_in_one_folder(run: Run) -> None:
    with pytest.raises(address.Unreachable, match="another process trains"):
        server.check_free(run.folder)
    with pytest.raises(address.Unreachable, match="another process trains"):
        RunServer(run.folder, Control())
