"""A wire while it is drawn: where it ends, what is said of it, and which ports take it, a few in each frame."""

from __future__ import annotations

import pytest

from tests.analysis.drawing import project as drawn
from visualnet.analysis import infer
from visualnet.analysis.connect import wire_draft
from visualnet.analysis.connect.check import Acceptance
from visualnet.analysis.connect.wire_draft import FittingPorts, UnfittingNodes, WireDraft
from visualnet.core.graph import Port
from visualnet.core.project import MAIN


class Card:
    def __init__(self, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> None:
        self.inputs, self.outputs = inputs, outputs


def sheet() -> tuple[Acceptance, dict[str, str]]:
    project = drawn("i:input a:conv2d r:relu c:conv1d i>a")
    accept = Acceptance(project, MAIN, (), infer(project), None)
    return accept, {node.name: node.id for node in project.graph}


def test_a_wire_goes_forward_or_backwards() -> None:
    accept, ids = sheet()
    forward = WireDraft(accept, Port(ids["a"], "features"), forward=True)
    assert forward.hint()[1] == "" and forward.fits
    forward.aim(ids["r"])
    assert forward.over == Port(ids["r"], "x") and forward.fits and forward.hint()[1] == "ok"
    forward.aim(ids["a"])
    assert forward.over is None and forward.verdict is None, "a card does not feed itself"
    back = WireDraft(accept, Port(ids["r"], "x"), forward=False)
    back.aim(ids["i"], "x", out=True)
    assert back.ends(Port(ids["i"], "x")) == (Port(ids["i"], "x"), Port(ids["r"], "x")) and back.hint()[1] == "ok"
    assert WireDraft(accept, Port(ids["i"], "x"), True, Port(ids["a"], "image")).hint()[0].startswith("drop here")


def test_ports_are_found_out_a_few_in_each_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_draft, "FRAME_S", 0.0)
    accept, ids = sheet()
    fitting = FittingPorts(WireDraft(accept, Port(ids["a"], "features"), forward=True))
    cards = {ids["r"]: Card(("x",), ("y",)), ids["c"]: Card(("signal",), ("features",))}
    unfitting = UnfittingNodes(fitting, cards)
    fitting.begin_frame()
    assert (ids["r"], "x", False) in fitting and not fitting.more
    assert (ids["r"], "y", True) not in fitting, "an output takes no wire from an output"
    assert ids["c"] not in unfitting and fitting.more, "what is not found out yet is not dimmed"
    for _ in range(2):
        fitting.begin_frame()
        dimmed = ids["c"] in unfitting
    assert dimmed and not fitting.more and ids["r"] not in unfitting and ids["a"] not in unfitting
