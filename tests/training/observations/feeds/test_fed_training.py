"""What is fed while a run goes on is seen at once, and changes nothing of the run."""

from __future__ import annotations

from tests.training.nets import small
from visualnet.data.loading import load
from visualnet.training.control import Control
from visualnet.training.events import Event, ProbeReport, Steps
from visualnet.training.loop.session import Session
from visualnet.training.observations.feeds.feed import Feed

PORT = (("n3",), "y")
ENOUGH = 12


def run(feeds: tuple[Feed, ...], watched: bool = True) -> tuple[list[float], list[ProbeReport]]:
    """The losses of the first steps, and what was seen."""
    project, control = small(), Control()
    losses: list[float] = []
    seen: list[ProbeReport] = []
    if watched:
        control.request_probes([PORT], budget=1.0, feeds=feeds)

    def take(event: Event) -> None:
        if isinstance(event, ProbeReport):
            seen.append(event)
        if isinstance(event, Steps):
            losses.extend(event.values["loss"])
            if len(losses) >= ENOUGH:
                control.stop()

    Session(project, load(project.data), take, control).run()
    return losses, seen


def test_a_run_is_the_same_to_the_bit_whatever_is_fed() -> None:
    bare, _ = run((), watched=False)
    feeds = (Feed(PORT, "zeros", tuple(range(16))), Feed(PORT, "noise", (16,)), Feed(PORT, "mean", (17,)))
    fed, seen = run(feeds)
    both = min(len(bare), len(fed))
    assert both >= 2 and bare[:both] == fed[:both]
    assert seen and all((report.arrays[PORT][:16] == 0).all() for report in seen)
    _, plain = run(())
    last, usual = seen[0], plain[0]
    assert (usual.arrays[PORT][:16] != 0).all()
    assert any((last.outputs[name] != usual.outputs[name]).any() for name in usual.outputs)
