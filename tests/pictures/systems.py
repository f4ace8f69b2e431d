"""What the course's systems show, a state each, for ``python -m tests.pictures OUT --only NAME``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from visualnet.core import edits

if TYPE_CHECKING:
    from tests.pictures.photographer import Photographer


def _train(p: Photographer, epochs: int) -> None:
    """So many epochs of the open network; the panel that a training brings to the front stays there."""
    runner = p.window.runner
    p.window.studio.do("Epochs", lambda project: edits.set_recipe(project, epochs=max(epochs, project.recipe.epochs)))
    p.until(lambda: not runner.why_not())
    p.window.train()
    p.until(lambda: runner.model is not None and len(runner.model.epochs) >= epochs, 300)
    runner.stop()
    p.until(lambda: runner.state == "idle")


def _observed(p: Photographer, names: tuple[str, ...]) -> list[Any]:
    """Pictures in See inside, drawn."""
    panel = p.window.show_panel("see_inside")
    views = [panel.add(name) for name in names]
    for view in views:
        p.until(lambda view=view: view.stack.currentWidget() is view.widget)
    return views


def gan(p: Photographer) -> None:
    """Digits that a generator makes, before any training and after some, with the discriminator's scores; made points."""
    import torch  # noqa: F401 - what the program loads in the background

    p.open("dcgan")
    p.window.studio.do("Fewer", lambda made: edits.set_data(made, split=(0.3, 0.05, 0.65)))
    _observed(p, ("generated", "judge_scores"))
    p.rest(1.0)
    p.shot("gan-untrained")
    _train(p, 4)
    p.window.show_panel("see_inside")
    p.rest(1.5)
    p.shot("gan-digits")
    p.open("wgan-gp")
    _observed(p, ("made_points", "judge_scores"))
    _train(p, 8)
    p.window.show_panel("see_inside")
    p.rest(1.5)
    p.shot("gan-points")


def flow(p: Photographer) -> None:
    """The density, the samples and the path of a flow after some epochs."""
    import torch  # noqa: F401 - what the program loads in the background

    p.open("realnvp-points")
    views = _observed(p, ("flow_density", "flow_samples", "flow_path"))
    _train(p, 6)
    p.window.show_panel("see_inside")
    p.rest(1.5)
    p.shot("flow")
    for view, name in zip(views, ("density", "samples", "path"), strict=True):
        view.enlarge.click()
        p.rest(0.5)
        p.shot(f"flow-{name}")
        view.enlarge.click()


def play(p: Photographer) -> None:
    """The mouse with its Q-values over the grid, before and after some training; the pole."""
    import torch  # noqa: F401 - what the program loads in the background

    p.open("mouse")
    panel = p.window.show_panel("play")
    p.until(lambda: p.window.runner.why_not() == "" and panel.q is not None)
    p.shot("play-untrained")
    short = {"rounds": 300, "learning_starts": 200, "episodes": 5, "epsilon_steps": 1000}
    p.window.studio.do("Short", lambda made: edits.set_recipe(made, options={**made.recipe.options, **short}))
    _train(p, 3)
    panel = p.window.show_panel("play")
    p.until(lambda: panel.q is not None)
    p.rest(1.0)
    p.shot("play-mouse")
    panel.field_button.click()
    p.rest(1.5)
    p.shot("play-mouse-values")
    p.open("cartpole")
    panel = p.window.show_panel("play")
    p.until(lambda: p.window.runner.why_not() == "" and panel.q is not None)
    p.rest(0.5)
    p.shot("play-cartpole")


def generate(p: Photographer) -> None:
    """Digits drawn from the prior by the weights that come along; before anything was made, and with fresh weights."""
    import torch  # noqa: F401 - what the program loads in the background

    p.open("vae")
    panel = p.window.show_panel("generate")
    p.shot("generate-empty")
    panel.go.click()
    p.until(lambda: panel.made is not None and not panel.maker.running)
    p.shot("generate-fresh")
    p.window.studio.do("Start from", lambda made: edits.set_recipe(made, start_from="trained/vae"))
    _train(p, 1)
    panel = p.window.show_panel("generate")
    p.until(lambda: panel.go.isEnabled())
    panel.go.click()
    p.until(lambda: panel.made is not None and not panel.maker.running)
    p.rest(0.5)
    p.shot("generate-digits")


def own_points(p: Photographer) -> None:
    """Points set by hand, with the hidden space that a layer bends."""
    import torch  # noqa: F401 - what the program loads in the background

    p.open("points-by-hand")
    panel = p.window.show_panel("points")
    p.until(lambda: p.window.runner.why_not() == "" and bool(panel.plane.points))
    p.shot("own-points-one-line")
    panel.add_layer.click()
    p.rest(0.5)
    p.window.studio.do("Rate", lambda made: replace(made, recipe=replace(made.recipe, lr=0.05, optimizer="Adam")))
    _train(p, 150)
    p.window.show_panel("points")
    p.rest(1.0)
    p.shot("own-points-bent")


def zoo(p: Photographer) -> None:
    """The gallery of the Neural Network Zoo: all cells, a search, a search that finds nothing."""
    from visualnet.app.features.zoo.gallery import ZooDialog

    dialog = ZooDialog(p.window)
    p.dialog(dialog, "zoo", close=False)
    for words, name in (("memory", "zoo-found"), ("quux", "zoo-nothing")):
        dialog.search.edit.setText(words)
        p.rest(0.5)
        p.picture(dialog, name)
    dialog.close()
    dialog.deleteLater()
