"""What is shown of the inside of a network, a state each, for ``python -m tests.pictures --only NAME``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.pictures.photographer import Photographer


def backprop(p: Photographer) -> None:
    """Both passes of XOR by hand: forward, backward, a step; and inside a block."""
    import torch  # noqa: F401 - what the program loads in the background

    for template, places in (("xor", {"forward": 0, "backward": 7, "step": 8}), ("transformer-small", {"block": 30})):
        p.open(template)
        p.window.spaces.reveal("backprop")
        panel = p.window.panel("backprop")
        p.until(lambda panel=panel: panel.passes is not None)
        for name, at in places.items():
            panel.go_to(at)
            p.shot(f"backprop-{name}")


def dashboard(p: Photographer) -> None:
    """Cards and wires drawn by what is observed of them: before a training, and from far."""
    import torch  # noqa: F401 - what the program loads in the background

    p.open("lenet5")
    board = p.window.overlay("dashboard")
    board.choose_wires("gradients")
    for cards in ("dead", "weights", "run"):
        board.choose_cards(cards)
        p.until(lambda: bool(board.card_figures and board.wire_figures))
        p.shot(f"dashboard-{cards}")
    board.choose_cards("weights")
    p.until(lambda: bool(board.layer.tints))
    p.window.canvas.view.look(p.window.canvas.view.pose()._replace(zoom=0.3))
    p.shot("dashboard-far")
    board.choose_cards("")
    board.choose_wires("")


def rcnn(p: Photographer) -> None:
    """R-CNN: objects of a scene with their proposals, the held-out scenes judged, a picture of one's own."""
    from visualnet.core import edits

    p.open("rcnn")
    p.window.studio.do("Fewer scenes", lambda project: edits.set_data(project, options={"n": 80}))
    p.window.studio.do("Epochs", lambda project: edits.set_recipe(project, epochs=6))
    p.shot("rcnn")
    p.window.train()
    runner = p.window.runner
    p.until(lambda: runner.model is not None and len(runner.model.epochs) >= 6)
    p.until(lambda: runner.state == "idle")
    panel = p.window.show_panel("see_inside")
    first, second = panel.add("objects"), panel.add("objects", {"proposals": True, "score": 30})
    for view in (first, second):
        p.until(lambda view=view: view.stack.currentWidget() is view.widget)
    p.shot("rcnn-objects")
    p.picture(second, "rcnn-objects-alone")
    judging = p.window.show_panel("evaluation")
    judging.evaluate()
    p.until(lambda: judging.evaluation is not None)
    p.rest(1.0)
    p.shot("rcnn-evaluate")
    own = p.window.show_panel("try_it")
    p.until(lambda: bool(own.editors))
    own.begin.click()
    p.until(lambda: p.window.runner.probes.own is not None)
    p.rest(1.0)
    p.shot("rcnn-try-it")


def writing(p: Photographer) -> None:
    """A sentence that is translated as it is typed, with several texts followed; and a story that is gone on with."""
    import torch  # noqa: F401 - what the program loads in the background

    from visualnet.core import edits

    for template, typed in (
        ("translation", "today the small dog has seen a flower"),
        ("gpt-small", "once there was a"),
    ):
        p.open(template)
        p.window.studio.do("Start from", lambda made, t=template: edits.set_recipe(made, start_from=f"trained/{t}"))
        panel = p.window.show_panel("writing")
        panel.text.setPlainText(typed)
        p.until(lambda panel=panel: panel.probes.observed.last(panel.state.request) is not None)
        p.shot(f"writing-{template}")
        panel.choosing.ways.part(2).click()
        p.until(lambda panel=panel: panel.probes.observed.last(panel.state.request) is not None)
        p.shot(f"writing-{template}-beam")
