"""Where there are no Unix sockets a run listens on the loopback, and a tunnel ends there too: reached by few, and steered all the same."""

from __future__ import annotations

import os
import platform
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.training.process.test_server import Run, Window, said
from tests.waiting import until
from visualnet.training import events
from visualnet.training.process import address, follow
from visualnet.training.process.protocol import messages
from visualnet.training.process.protocol.message_socket import MessageSocket
from visualnet.training.recipe.live_settings import Setting

HERE = "127.0.0.1"
has_unix = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no Unix sockets here")


class _NoUnix:
    """The module `socket` of a system without Unix sockets."""

    def __getattr__(self, name: str) -> Any:
        if name == "AF_UNIX":
            raise AttributeError(name)
        return getattr(socket, name)


def on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python there may know Unix sockets, but files have no modes that would keep others out."""
    monkeypatch.setattr(address, "sys", SimpleNamespace(platform="win32"))


def without_unix(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that was built without them."""
    monkeypatch.setattr(address, "socket", _NoUnix())


@pytest.fixture(params=[on_windows, without_unix], ids=["windows", "no-unix"])
def loopback(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Such a system; the folder of its temporary files."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(place))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    request.param(monkeypatch)
    return place


@pytest.fixture
def run(loopback: Path, tmp_path: Path) -> Iterator[Run]:
    """A run there."""
    made = Run(tmp_path / "run")
    yield made
    made.close()


@pytest.fixture
def unix_run(tmp_path: Path) -> Iterator[Run]:
    """A run that listens at a Unix socket."""
    made = Run(tmp_path / "run")
    assert "/" in made.server.address.at
    yield made
    made.close()


def port_of(at: str) -> int:
    host, _, port = at.rpartition(":")
    assert host == HERE
    return int(port)


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server((HERE, 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


# --- listening and calling ------------------------------------------------------------------------------------------


def test_without_unix_sockets_it_listens_on_the_loopback_and_leaves_no_files(loopback: Path) -> None:
    heard, at = address.listen()
    other, elsewhere = address.listen()
    with heard, other:
        assert heard.family == socket.AF_INET
        assert heard.getsockname() == (HERE, port_of(at))
        assert port_of(at) > 0 and at != elsewhere
    assert list(loopback.iterdir()) == []


@pytest.mark.skipif(platform.system() != "Linux", reason="only here all of 127.0.0.0/8 is the loopback")
def test_no_other_address_of_the_machine_leads_there(loopback: Path) -> None:
    heard, at = address.listen()
    with heard:
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.2", port_of(at)), 5)
        socket.create_connection((HERE, port_of(at)), 5).close()


@pytest.mark.parametrize("form", [f"{HERE}:{{}}", ":{}", "localhost:{}"])
def test_a_port_is_called_with_or_without_its_host(form: str, loopback: Path) -> None:
    heard, at = address.listen()
    with heard, address.connect(form.format(port_of(at))) as called:
        end, _ = heard.accept()
        with end:
            end.sendall(b"heard")
            assert called.recv(5) == b"heard"
            assert called.gettimeout() == 5.0, "nobody waits for ever"


@pytest.mark.parametrize("form", [f"{HERE}:{{}}", ":{}"])
def test_a_port_at_which_nobody_listens_is_said(form: str) -> None:
    at = form.format(free_port())
    with pytest.raises(address.Unreachable, match=f"^nobody answers at {at}: .*refused"):
        address.connect(at)


@pytest.mark.parametrize("at", ["/tmp/visualnet-x/run", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", ""])
def test_where_only_ports_can_be_called_it_says_so(at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without_unix(monkeypatch)
    with pytest.raises(address.Unreachable, match=f"^{at}: wanted host:port, as 127.0.0.1:7000$"):
        address.connect(at)


@has_unix
def test_a_colon_in_a_path_makes_no_port_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("a:7000")
    with socket.socket(socket.AF_UNIX) as heard:
        heard.bind(str(path))
        heard.listen()
        address.connect(f"./{path}").close()


# --- a run on the loopback ------------------------------------------------------------------------------------------


def test_a_run_on_the_loopback_is_followed_and_steered(run: Run) -> None:
    port_of(run.server.address.at)
    known = address.read(run.folder)
    assert known == run.server.address
    assert not hasattr(os, "fchmod") or stat.S_IMODE(os.stat(run.folder / address.FILE).st_mode) == 0o600
    run.start()
    run.go(20)
    window = Window(run.folder)
    window.control.pause()
    until(lambda: run.control.paused)
    window.control.resume()
    until(lambda: not run.control.paused)
    window.control.change({Setting("lr"): 0.5})
    until(lambda: run.control.urgent)
    assert run.control.take_changes() == {Setting("lr"): 0.5}
    run.go(2_000)
    run.end()
    window.thread.join()
    assert window.steps == [*range(1, 2_021)]
    assert isinstance(window.heard[-1], events.Finished)
    assert not (run.folder / address.FILE).exists()
    with pytest.raises(address.Unreachable, match="nobody answers"):
        address.connect(run.server.address.at)


def called(run: Run) -> tuple[MessageSocket, bytes]:
    """A stranger who found the port, and what the run asks him."""
    connection = MessageSocket(address.connect(run.server.address.at))
    found: list[Any] = []

    def more() -> bool:
        found.extend(messages.read_from_run(body) for body in connection.read())
        return bool(found)

    until(more)
    (challenge,) = found
    assert isinstance(challenge, messages.Challenge)
    return connection, challenge.nonce


def test_who_finds_the_port_and_not_the_token_is_refused_and_learns_nothing(run: Run) -> None:
    run.start()
    run.go(5)
    connection, nonce = called(run)
    connection.put(messages.pack(messages.Proof(address.proof("0" * 64, "window", nonce), b"n" * messages.NONCE)))
    connection.put(messages.pack(messages.ControlRequest("stop")))
    connection.write()
    told = said(connection)
    assert [type(one) for one in told] == [messages.Refused]
    assert "token" in told[0].words and run.server.address.token not in told[0].words
    assert not run.control.stopping


def test_a_page_in_a_browser_that_calls_the_port_does_nothing(run: Run) -> None:
    connection, _ = called(run)
    connection.socket.sendall(b"POST /stop HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\n\r\nstop")
    assert all(isinstance(one, messages.Refused) for one in said(connection))
    window = Window(run.folder)
    run.start()
    until(lambda: window.of(events.Started))
    window.leave()
    assert not run.control.stopping


def test_a_window_with_an_old_token_is_refused_with_words(run: Run) -> None:
    """As when it has read the address of a run before, whose port was given to this one."""
    run.start()
    file = run.folder / address.FILE
    file.write_bytes(file.read_bytes().replace(run.server.address.token.encode(), b"0" * 64))
    window = Window(run.folder)
    until(lambda: window.control.readonly)
    assert "the token is not that of this run" in window.control.readonly
    window.control.pause()
    assert window.refused == [window.control.readonly]
    window.leave()
    assert not run.control.paused


@pytest.mark.parametrize(
    ("banner", "words"),
    [(b"SSH-2.0-x\r\n", "cannot be understood"), (b"", "nobody answers")],
    ids=["banner", "silence"],
)
def test_another_program_at_the_port_is_no_run(
    banner: bytes, words: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "ANSWER_S", 0.2)
    with socket.create_server((HERE, 0)) as other:
        window = Window(run.folder, at=f"{HERE}:{other.getsockname()[1]}")
        end, _ = other.accept()
        with end:
            end.sendall(banner)
            until(lambda: window.control.readonly)
    assert words in window.control.readonly
    window.leave()


# --- through a tunnel -----------------------------------------------------------------------------------------------


class Tunnel:
    """What `ssh -L PORT:SOCKET` does: who calls the port speaks with who listens at the socket."""

    def __init__(self, to: str) -> None:
        self._to = to
        self._heard = socket.create_server((HERE, 0))
        self.port: int = self._heard.getsockname()[1]
        self._ends: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._serve, name="tunnel")]
        self._threads[0].start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._heard.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._to)
                self._ends += [near, far]
                for ends in ((near, far), (far, near)):
                    thread = threading.Thread(target=self._pump, args=ends, name="tunnel")
                    self._threads.append(thread)
                    thread.start()

    @staticmethod
    def _pump(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(7):  # no message arrives in one piece
                target.sendall(piece)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """The way to the other machine is gone."""
        for end in (self._heard, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in (self._heard, *self._ends):
            end.close()


@pytest.fixture
def tunnel(unix_run: Run) -> Iterator[Tunnel]:
    """One to this run, which goes on elsewhere."""
    made = Tunnel(unix_run.server.address.at)
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setattr(platform, "node", lambda: "elsewhere")
        yield made
    made.cut()


@has_unix
@pytest.mark.parametrize("form", [f"{HERE}:{{}}", ":{}"])
def test_through_a_tunnel_a_run_elsewhere_is_followed_and_steered(form: str, unix_run: Run, tunnel: Tunnel) -> None:
    unix_run.start()
    unix_run.go(5)
    window = Window(unix_run.folder, at=form.format(tunnel.port))
    window.control.pause()
    until(lambda: unix_run.control.paused)
    unix_run.emit(events.Paused(step=5))
    until(lambda: window.of(events.Paused))
    window.control.resume()
    until(lambda: not unix_run.control.paused)
    unix_run.go(20)
    unix_run.end()
    window.thread.join()
    assert window.steps == [*range(1, 26)]
    assert not window.control.readonly


@has_unix
def test_a_tunnel_is_no_way_around_the_token(unix_run: Run, tunnel: Tunnel, tmp_path: Path) -> None:
    """It leads to another run than the one that is asked for."""
    other = Run(tmp_path / "other")
    window = Window(other.folder, at=f":{tunnel.port}")
    until(lambda: window.control.readonly)
    assert "token" in window.control.readonly
    window.control.stop()
    window.leave()
    other.close()
    assert not unix_run.control.stopping and not other.control.stopping


@has_unix
def test_when_the_tunnel_is_cut_the_run_is_watched_by_its_log_without_a_gap(unix_run: Run, tunnel: Tunnel) -> None:
    unix_run.start()
    unix_run.go(5)
    window = Window(unix_run.folder, at=f":{tunnel.port}")
    until(lambda: window.steps)
    unix_run.go(5)
    tunnel.cut()
    unix_run.go(5)
    until(lambda: window.control.readonly)
    window.control.pause()
    assert "hung up" in window.refused[0]
    assert not unix_run.control.paused, "it goes on"
    unix_run.go(5)
    unix_run.end()
    window.thread.join()
    assert window.steps == [*range(1, 21)]
    assert isinstance(window.heard[-1], events.Finished)
