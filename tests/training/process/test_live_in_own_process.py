"""A training in a process of its own does what it is asked: other settings, another network, looks inside; and runs out of memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from tests.training.by_hand import tiny
from tests.training.nets import Row, chain
from tests.training.process.test_spawn import LONG, Window
from tests.training.process_server import NEEDS_FORK
from tests.waiting import PATIENCE_S, until
from visualnet.analysis import infer
from visualnet.core import edits
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import MAIN, DataChoice, Project, Recipe
from visualnet.core.user import trusted_code
from visualnet.training import checkpoints, events
from visualnet.training.control import ProbePort, ProbeRequest
from visualnet.training.events import ProbeReport
from visualnet.training.idle_probe import IdleProbe, ProbeQuestion
from visualnet.training.observations.observation import ObservationRequest
from visualnet.training.process import address
from visualnet.training.recipe.live_settings import Setting
from visualnet.training.runs.run_model import create_run, read_run

pytestmark = NEEDS_FORK
LR = 0.0123
HIDDEN: ProbePort = (("n2",), "y")
LOGITS: ProbePort = (("n4",), "y")
SAMPLE = 7


class Live(Window):
    """A window whose training goes on until it is stopped."""

    def __init__(self, folder: Path, project: Project | None = None) -> None:
        self.project = project or tiny(epochs=LONG)
        super().__init__(self.project, create_run(self.project, folder))

    def of(self, kind: type) -> list[Any]:
        """What it heard of a kind."""
        return [event for event in self.heard if isinstance(event, kind)]

    def hear(self, kind: type, count: int = 1) -> Any:
        """Wait for the so manieth event of a kind."""
        until(lambda: len(self.of(kind)) >= count or not self.thread.is_alive(), f"{kind.__name__} {count}")
        assert len(self.of(kind)) >= count, self.heard[-3:]
        return self.of(kind)[count - 1]

    def goes_on(self) -> None:
        """Wait until it makes further steps."""
        self.hear(events.Steps, len(self.of(events.Steps)) + 3)

    def pause(self) -> int:
        """Halt it; the step after which it does."""
        self.control.pause()
        step: int = self.hear(events.Paused, len(self.of(events.Paused)) + 1).step
        return step

    def end(self) -> None:
        """Stop it, and wait until it is over."""
        self.control.stop()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()
        assert self.last.reason == "stopped"
        assert not address.is_running(self.folder)

    def without_a_gap(self) -> None:
        """Every step was told once, and stands once in the record."""
        numbers = [number for event in self.of(events.Steps) for number in event.numbers]
        assert numbers == [*range(1, len(numbers) + 1)]
        assert read_run(self.folder).step == len(numbers)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """A small training in a process of its own, that makes steps."""
    window = Live(tmp_path / "run")
    window.hear(events.Steps)
    yield window
    if window.thread.is_alive():
        window.control.stop()
        window.thread.join(PATIENCE_S)


def deeper(project: Project) -> Project:
    """With one more layer before the last one."""
    graph = project.graph
    nodes = {**graph.nodes, "n50": Node(id="n50", kind="linear", name="between", params={"out_features": 8})}
    wires = {**graph.wires, Port("n4", "x"): Port("n50", "y"), Port("n50", "x"): Port("n3", "y")}
    return replace(project, graph=Graph(nodes=nodes, wires=wires))


# --- settings and the network ---------------------------------------------------------------------------------------


def test_a_learning_rate_acts_from_the_step_that_is_told_and_a_pause_halts(live: Live) -> None:
    first = live.project.recipe.lr
    until(lambda: live.control.project is not None)
    live.control.change({Setting("lr"): LR})
    changed = live.hear(events.Changed)
    assert [(one.setting, one.before, one.after) for one in changed.changes] == [(Setting("lr"), first, LR)]
    live.goes_on()
    halted = live.pause()
    assert halted == max(event.step for event in live.of(events.Steps))
    assert checkpoints.read_state(live.folder / "last").step == halted, "nothing is lost if the program ends now"
    live.control.resume()
    assert live.hear(events.Resumed).step == halted
    live.goes_on()
    live.end()
    rates = {event.step: event.lr for event in live.of(events.Steps)}
    assert {lr for step, lr in rates.items() if step <= changed.step} == {first}
    assert {lr for step, lr in rates.items() if step > changed.step} == {LR}
    live.without_a_gap()
    assert [(c.step, c.changes) for c in read_run(live.folder).changes] == [(changed.step, changed.changes)]


def test_a_drawing_is_trained_from_the_next_step_on_and_ends_a_pause(live: Live) -> None:
    halted = live.pause()
    live.control.change_network(deeper(live.project))
    changed = live.hear(events.NetworkChanged)
    assert (changed.step, changed.number, changed.kept) == (halted, 1, ("linear_0", "linear_2"))
    assert set(changed.anew) == {"between"}
    live.hear(events.Resumed)
    live.goes_on()
    project = live.control.project
    assert project is not None and "n50" in project.graph.nodes, "the window knows what is trained now"
    live.control.change_network(edits.set_params(live.project, MAIN, ["n4"], {"out_features": 1}))
    refused = live.hear(events.Trouble).words
    assert refused.startswith("the network stays as it was: ")
    assert len(live.of(events.NetworkChanged)) == 1
    live.goes_on()
    live.end()
    live.without_a_gap()
    model = read_run(live.folder)
    assert [one.number for one in model.networks] == [1] and model.troubles == [refused]


@pytest.mark.wide
def test_what_the_window_finds_wrong_never_reaches_the_process(live: Live) -> None:
    until(lambda: live.control.project is not None)
    for setting, value in ((Setting("lr"), -1.0), (Setting("optimizer"), "SGD"), (Setting("p", node="n2"), 0.5)):
        with pytest.raises(ValueError, match=setting.name):
            live.control.change({setting: value})
    live.goes_on()
    live.end()
    assert live.of(events.Changed) == [] and live.of(events.Trouble) == []


@pytest.mark.wide
def test_weights_that_went_come_back_with_their_layer(live: Live) -> None:
    drawings = (deeper(live.project), live.project, deeper(live.project))
    told = []
    for number, drawing in enumerate(drawings, 1):
        live.control.change_network(drawing)
        told.append(live.hear(events.NetworkChanged, number))
        live.goes_on()
    there, back, again = told
    assert set(there.anew) == {"between"} and back.gone == ("between",)
    assert again.back == {"between": back.step} and again.anew == {}
    live.end()
    live.without_a_gap()
    assert live.of(events.Trouble) == []


# --- looks inside ---------------------------------------------------------------------------------------------------


def seen_here(window: Live, request: ProbeRequest) -> ProbeReport:
    """What the same look finds in this process, with the weights that the run has left."""
    project = window.project
    found = IdleProbe()(ProbeQuestion(1, project, infer(project), request, run=window.folder))
    assert found.trained and found.seen is not None, found.words
    return found.seen


def same(there: ProbeReport, here: ProbeReport) -> None:
    """Both found the same, to the bit."""
    assert (there.step, there.sample) == (here.step, here.sample)
    pairs: list[tuple[Any, Any]] = [(here.arrays, there.arrays), (here.outputs, there.outputs)]
    for ours, theirs in (*pairs, (here.fields, there.fields)):
        assert ours.keys() == theirs.keys() and len(ours) > 0
        for name, array in ours.items():
            assert array.dtype == theirs[name].dtype
            np.testing.assert_array_equal(theirs[name], array)
    assert there.grid is not None and here.grid is not None
    assert (there.grid.low, there.grid.high, there.grid.share) == (here.grid.low, here.grid.high, here.grid.share)
    np.testing.assert_array_equal(there.grid.values, here.grid.values)


def test_a_look_finds_in_the_other_process_what_it_finds_in_this_one(live: Live) -> None:
    live.control.request_probes([HIDDEN, LOGITS], SAMPLE, 1.0, grid=True)
    running = live.hear(ProbeReport)
    assert running.asked == live.control.probe_request
    assert running.arrays[HIDDEN].shape == (8,) and running.arrays[LOGITS].shape == (2,)
    assert np.isfinite(running.arrays[HIDDEN]).all() and np.abs(running.arrays[HIDDEN]).max() > 0
    until(lambda: live.of(ProbeReport)[-1].step > running.step, "a look at later weights")
    assert not np.array_equal(live.of(ProbeReport)[-1].arrays[HIDDEN], running.arrays[HIDDEN]), "it learns"
    halted = live.pause()
    # Other ports, asked for in the pause.
    live.control.request_probes([HIDDEN], SAMPLE, 1.0, grid=True, copy=1)
    request = live.control.probe_request
    until(lambda: any(report.asked == request for report in live.of(ProbeReport)))
    report = next(report for report in live.of(ProbeReport) if report.asked == request)
    assert report.step == halted and set(report.arrays) == {HIDDEN}
    here = seen_here(live, request)
    same(report, here)
    assert report.weights is not None and report.weights.keys() == here.weights.keys()
    assert all(np.array_equal(report.weights[name], here.weights[name]) for name in here.weights)
    live.control.resume()
    live.hear(events.Resumed)
    live.end()


@pytest.mark.wide
def test_an_observation_finds_in_the_other_process_what_it_finds_in_this_one(live: Live) -> None:
    live.pause()
    wanted = ObservationRequest("values", HIDDEN, (("most", 4),))
    live.control.request_probes([], SAMPLE, 1.0, observations=(wanted,))
    until(lambda: any(wanted in report.observed for report in live.of(ProbeReport)))
    there = next(report.observed[wanted] for report in live.of(ProbeReport) if wanted in report.observed)
    here = seen_here(live, live.control.probe_request).observed[wanted]
    assert there.arrays.keys() == here.arrays.keys() and len(here.arrays) > 0
    for name, array in here.arrays.items():
        np.testing.assert_array_equal(there.arrays[name], array)
    live.control.resume()
    live.end()


# --- memory ---------------------------------------------------------------------------------------------------------

HUNGRY = """class Hungry(nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        if self.training and self.calls > 12:
            {act}
        return x
"""
LIMITED = (
    "import resource as r; had = int(open('/proc/self/statm').read().split()[0]) * r.getpagesize(); "
    "r.setrlimit(r.RLIMIT_AS, (had + (1 << 28), -1)); torch.zeros(1 << 31)"
)
"""No more than 256 MiB beyond what the process has, and a tensor of 8 GiB."""
ACTS = {
    "limit": LIMITED,
    "torch": "torch.empty(1 << 60)",
    "gpu": "raise torch.OutOfMemoryError('CUDA out of memory. Tried to allocate 20.00 GiB')",
    "python": "bytearray(1 << 60)",
}


def hungry(act: str) -> Project:
    """A network with a layer of one's own that wants too much in its thirteenth step, in batches of 64."""
    source = HUNGRY.format(act=act)
    trusted_code.trust_for_now(source)
    rows: list[Row] = [
        ("linear", {"out_features": 8}),
        ("python", {"source": source, "sizes": "x: F -> y: F", "arguments": "", "tensors": "", "mac_count": "0"}),
        ("linear", {"out_features": 2}),
    ]
    data, recipe = DataChoice(name="points", options={"n": 400}), Recipe(epochs=50, batch_size=64, device="cpu")
    return chain(rows, data, recipe, ("input", {"field": "point", "size": (2,)}), ("target", {}), "cross_entropy")


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(
            "limit", marks=pytest.mark.skipif(sys.platform != "linux", reason="nothing says here what it has")
        ),
        *(pytest.param(act, marks=pytest.mark.wide) for act in ACTS if act != "limit"),
    ],
)
def test_a_process_whose_memory_runs_out_ends_the_run_with_words_and_a_way_out(
    act: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trusted_code, "_for_now", set())
    window = Live(tmp_path / "run", hungry(ACTS[act]))
    window.thread.join(PATIENCE_S)
    assert not window.thread.is_alive()
    failed = window.last
    assert isinstance(failed, events.Failed), window.heard
    assert (failed.kind, failed.path) == ("memory", ("n3",))
    assert failed.words.startswith("there is not enough memory for a training step at “python_1” (")
    assert failed.words.endswith("make the batch smaller (it is 64; try 32)")
    assert failed.step == window.of(events.Steps)[-1].step > 0, "the steps that went well are told"
    assert read_run(window.folder).failed == failed
    assert not (window.folder / address.FILE).exists()


@pytest.mark.wide
def test_a_process_that_the_system_ends_for_its_memory_names_that_and_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the kernel does where memory is promised and not there: SIGKILL, and no word."""
    monkeypatch.setattr(trusted_code, "_for_now", set())
    window = Live(tmp_path / "run", hungry("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
    window.thread.join(PATIENCE_S)
    assert isinstance(window.last, events.Failed), window.heard
    assert window.last.kind == "process"
    assert "memory ran out: try a smaller batch" in window.last.words
    assert read_run(window.folder).failed == window.last
