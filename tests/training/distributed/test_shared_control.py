"""What rank 0 is asked all processes do at the same step: pause, resume, changes; a stop from any. What cannot be is said once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.training.by_hand import tiny
from tests.training.distributed.conftest import Launcher, said
from tests.training.distributed.ranks_as_threads import Exchange, Pair, losses
from tests.training.process.test_server import Window
from tests.training.process_server import NEEDS_FORK
from tests.waiting import PATIENCE_S, until
from visualnet.cli.common import INTERRUPTED
from visualnet.core.storage import project_file
from visualnet.training import events
from visualnet.training.control import Control, ProbePort, ProbeRequest
from visualnet.training.distributed import exchange
from visualnet.training.distributed.shared_control import SharedControl
from visualnet.training.recipe.live_settings import Setting
from visualnet.training.runs.run_model import read_run

LR = Setting("lr")
PORT: ProbePort = (("n2",), "y")
STAYS = "the network stays as it was: where several processes train it, it cannot be changed while the run goes on"
DIVIDED = "nothing inside the network can be seen: its weights are divided over the processes (--shard)"


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Exchange:
    """What two threads say to each other takes the place of what two processes do."""
    made = Exchange(2)
    monkeypatch.setattr(exchange, "maximum", made.maximum)
    monkeypatch.setattr(exchange, "broadcast", made.broadcast)
    return made


class Ranks:
    """The controls of two ranks: what each was given, and what its loop obeys."""

    def __init__(self, threads: Exchange, looks: bool = True) -> None:
        self._threads = threads
        self.sources = (Control(), Control())
        self.told: tuple[list[Any], list[Any]] = ([], [])
        self.looked_up = [0, 0]
        self.controls = tuple(
            SharedControl(rank, self._look_up(rank), self.sources[rank], self.told[rank].append, looks)
            for rank in (0, 1)
        )

    def _look_up(self, rank: int) -> Callable[[], None]:
        def look_up() -> None:
            self.looked_up[rank] += 1
            self.controls[rank].agree(1)

        return look_up

    def both(self, act: Callable[[SharedControl], Any]) -> list[Any]:
        """What both give for it, each in its thread."""
        found: list[Any] = [None, None]

        def be(rank: int) -> None:
            self._threads.be(rank)
            found[rank] = act(self.controls[rank])

        other = threading.Thread(target=be, args=(1,))
        other.start()
        be(0)
        other.join()
        return found

    def agree(self) -> list[int]:
        """Both look up; after how many batches they do again."""
        return self.both(lambda control: control.agree(7 if control is self.controls[0] else 999))

    def states(self) -> list[tuple[bool, bool, bool]]:
        """Of both: whether there is something to obey, a pause, a stop."""
        return [(control.urgent, control.paused, control.stopping) for control in self.controls]

    def words(self) -> list[list[str]]:
        """What each has told."""
        return [[event.words for event in told if isinstance(event, events.Trouble)] for told in self.told]


CALM, HALTED, ENDED = (False, False, False), (True, True, False), (True, False, True)


# --- what is agreed -------------------------------------------------------------------------------------------------


def test_nothing_is_obeyed_before_all_have_agreed(threads: Exchange) -> None:
    ranks = Ranks(threads)
    ranks.sources[0].pause()
    ranks.sources[0].change({LR: 0.5})
    assert ranks.states() == [CALM, CALM]
    ranks.agree()
    assert ranks.states() == [HALTED, HALTED]


def test_a_pause_is_that_of_rank_0_and_so_is_its_end(threads: Exchange) -> None:
    ranks = Ranks(threads)
    ranks.sources[1].pause()
    ranks.agree()
    assert ranks.states() == [CALM, CALM]
    ranks.sources[0].pause()
    ranks.agree()
    ranks.sources[1].resume()
    ranks.agree()
    assert ranks.states() == [HALTED, HALTED]
    ranks.sources[0].resume()
    ranks.agree()
    assert ranks.states() == [CALM, CALM]


@pytest.mark.parametrize("rank", [0, 1])
def test_a_stop_of_any_stops_all_and_is_not_taken_back(rank: int, threads: Exchange) -> None:
    ranks = Ranks(threads)
    ranks.sources[rank].stop()
    for _ in range(2):
        ranks.agree()
        assert ranks.states() == [ENDED, ENDED]


def test_changes_of_rank_0_reach_all_once(threads: Exchange) -> None:
    ranks = Ranks(threads)
    ranks.sources[1].change({LR: 9.0})
    ranks.sources[0].change({LR: 0.5, Setting("epochs"): 3})
    ranks.agree()
    assert [control.urgent for control in ranks.controls] == [True, True]
    ranks.sources[0].change({LR: 0.25})
    ranks.agree()
    wanted = {LR: 0.25, Setting("epochs"): 3}
    assert ranks.both(lambda control: control.take_changes()) == [wanted, wanted]
    ranks.agree()
    assert ranks.both(lambda control: control.take_changes()) == [{}, {}]
    assert ranks.states() == [CALM, CALM]


def test_rank_0_says_when_to_ask_again(threads: Exchange) -> None:
    assert Ranks(threads).agree() == [7, 7]


def test_a_drawing_is_refused_with_words_of_rank_0(threads: Exchange) -> None:
    ranks = Ranks(threads)
    for source in ranks.sources:
        source.change_network(tiny())
    ranks.agree()
    ranks.agree()
    assert ranks.words() == [[STAYS], []]
    assert ranks.states() == [CALM, CALM]
    assert [control.take_drawing() for control in ranks.controls] == [None, None]
    ranks.sources[0].change_network(tiny())
    ranks.agree()
    assert ranks.words() == [[STAYS] * 2, []], "each drawing gets its words"


def test_divided_weights_are_looked_into_by_nobody_which_is_told_once(threads: Exchange) -> None:
    ranks = Ranks(threads, looks=False)
    ranks.agree()
    assert ranks.words() == [[], []]
    for sample in range(3):
        for source in ranks.sources:
            source.request_probes([PORT], sample)
        ranks.agree()
        assert [control.probe_request for control in ranks.controls] == [ProbeRequest()] * 2
    assert ranks.words() == [[DIVIDED], []]


def test_whole_weights_are_looked_into_in_rank_0_alone(threads: Exchange) -> None:
    ranks = Ranks(threads)
    for source in ranks.sources:
        source.request_probes([PORT])
    ranks.agree()
    assert ranks.controls[0].probe_request == ranks.sources[0].probe_request == ProbeRequest((PORT,))
    assert ranks.controls[1].probe_request == ProbeRequest()
    assert ranks.words() == [[], []]
    ranks.controls[0].request_probes(())  # as the loop does where a look has failed
    assert not ranks.sources[0].probe_request.is_wanted


def test_what_is_trained_is_known_to_who_checks_what_is_asked(threads: Exchange) -> None:
    ranks = Ranks(threads)
    ranks.controls[0].project = tiny()
    assert ranks.sources[0].project is ranks.controls[0].project is not None
    with pytest.raises(ValueError, match="at least 0"):
        ranks.sources[0].change({LR: -1.0})
    ranks.controls[0].close()
    with pytest.raises(ValueError, match="the run is over"):
        ranks.sources[0].change({LR: 0.5})


def test_in_a_pause_all_look_up_again_and_again_until_rank_0_ends_it(threads: Exchange) -> None:
    ranks = Ranks(threads)
    ranks.sources[0].pause()
    ranks.agree()
    for count in (1, 2):
        assert ranks.both(lambda control: control.wait(0.0)) == [False, False]
        assert ranks.looked_up == [count, count]
    ranks.sources[0].resume()
    assert ranks.both(lambda control: control.wait(PATIENCE_S)) == [True, True]
    assert ranks.states() == [CALM, CALM]
    ranks.sources[0].pause()
    ranks.agree()
    ranks.sources[1].stop()
    assert ranks.both(lambda control: control.wait(0.0)) == [True, True], "a stop ends it too"


# --- two trainings that agree ---------------------------------------------------------------------------------------


@pytest.fixture
def pair(threads: Exchange) -> Iterator[Pair]:
    made = Pair(threads, tiny(epochs=1_000_000))
    yield made
    made.end()


def test_two_trainings_halt_at_the_same_step_and_go_on_from_there(pair: Pair) -> None:
    for turn in (1, 2):
        pair.go_on()
        pair.sources[0].pause()
        halted = pair.hear(events.Paused, turn)
        assert [max(event.step for event in found) for found in pair.of(events.Steps)] == [halted, halted]
        pair.sources[0].resume()
        assert pair.hear(events.Resumed, turn) == halted
    pair.go_on()
    pair.end()
    assert [found[0].reason for found in pair.of(events.Finished)] == ["stopped", "stopped"]


def test_a_change_acts_in_both_trainings_in_the_same_step(pair: Pair) -> None:
    pair.go_on()
    pair.sources[0].change({LR: 0.25})
    changed = pair.hear(events.Changed)
    pair.sources[0].pause()
    halted = pair.hear(events.Paused)
    pair.sources[0].change({LR: 0.5})  # also one that is asked for in a pause
    pair.sources[0].resume()
    assert pair.hear(events.Changed, 2) == halted
    pair.go_on()
    pair.sources[1].stop()
    ended = pair.hear(events.Finished)
    for told in pair.of(events.Steps):
        rates = {event.step: event.lr for event in told}
        assert {lr for step, lr in rates.items() if step <= changed} == {tiny().recipe.lr}
        assert {lr for step, lr in rates.items() if changed < step <= halted} == {0.25}
        assert {lr for step, lr in rates.items() if step > halted} == {0.5}
    ours, theirs = map(losses, pair.told)
    assert ours == theirs and len(ours) == ended, "they stay alike to the bit"
    assert pair.of(events.Trouble) == [[], []]


@pytest.mark.parametrize("paused", [False, True], ids=["training", "paused"])
def test_a_stop_of_the_other_ends_both_at_the_same_step(paused: bool, pair: Pair) -> None:
    pair.go_on()
    halted = 0
    if paused:
        pair.sources[0].pause()
        halted = pair.hear(events.Paused)
    pair.sources[1].stop()
    ended = pair.hear(events.Finished)
    assert ended == (halted or ended) > 0
    assert [found[0].reason for found in pair.of(events.Finished)] == ["stopped", "stopped"]


def test_a_drawing_in_a_pause_is_refused_and_the_pause_goes_on(pair: Pair) -> None:
    pair.go_on()
    pair.sources[0].pause()
    halted = pair.hear(events.Paused)
    pair.sources[0].change_network(replace(tiny(), name="other"))
    until(lambda: pair.of(events.Trouble)[0])
    assert [event.words for event in pair.of(events.Trouble)[0]] == [STAYS]
    assert pair.of(events.Resumed) == pair.of(events.NetworkChanged) == [[], []]
    pair.sources[0].resume()
    assert pair.hear(events.Resumed) == halted
    pair.go_on()


# --- two processes that are steered from a window -------------------------------------------------------------------


@NEEDS_FORK
@pytest.mark.wide
def test_two_processes_are_paused_changed_and_stopped_through_the_socket_of_the_run(
    launcher: Launcher, tmp_path: Path
) -> None:
    run, net = tmp_path / "run", tmp_path / "net.vnet"
    project_file.save(net, tiny())
    launcher.start(tmp_path, arguments=["train", str(net), "--run", str(run), "--epochs", "100000"])
    until(lambda: read_run(run).epochs, "the first epoch")
    window = Window(run)

    def hear(kind: type) -> Any:
        until(lambda: window.of(kind) or not window.thread.is_alive(), kind.__name__)
        return window.of(kind)[0]

    window.control.pause()
    halted = hear(events.Paused).step
    assert halted == max(window.steps)
    window.control.change({LR: 0.25})
    window.control.change_network(tiny())
    assert hear(events.Trouble).words == STAYS
    window.control.resume()
    assert hear(events.Resumed).step == halted
    changed = hear(events.Changed)
    assert changed.step == halted and changed.changes[0].after == 0.25
    until(lambda: max(window.steps) > halted + 10, "further steps")
    window.control.stop()
    window.thread.join(PATIENCE_S)
    assert launcher.end() == [INTERRUPTED] * 2, said(tmp_path)
    assert hear(events.Finished).reason == "stopped"
    assert {event.lr for event in window.of(events.Steps) if event.step > halted} == {0.25}
    model = read_run(run)
    assert model.state == "stopped" and model.step == max(window.steps)
    assert model.started is not None and model.started.processes.count == 2
