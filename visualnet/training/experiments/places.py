"""What of a project can be varied, by address: ``lr``, ``conv1.out_channels``, ``init``, ``samples``, ``constant.width`` …

An address is what a person writes on the command line and what a project's file keeps; everything it leads to is a declared setting, read
and checked by its declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from visualnet.core import edits
from visualnet.core.graph import Init, Node, Value
from visualnet.core.project import MAIN, Project
from visualnet.data.declare import DataSet
from visualnet.data.registry import make_data_set
from visualnet.layers import LAYERS
from visualnet.layers.declaration.initialization import INITIALIZATIONS
from visualnet.layers.declaration.layer import Layer
from visualnet.layers.declaration.params import Choice, Float, Int, Param
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.settings import PLAIN, change, declared, raw_value

MODES = {"": "it works", "mute": "it hands its input on unchanged"}


class Place(NamedTuple):
    """Something that can be varied: its address, a title, how its values are read and offered, its value, and the edit that sets one."""

    address: str
    title: str
    param: Param
    value: Any
    edit: Callable[[Project, Value], Project]

    def read(self, text: str) -> Value:
        """A value as a person writes it.

        Raises:
            ValueError: it cannot be read; the words say what is wanted.
        """
        raw = _plain(text)
        if isinstance(self.param, Choice):
            raw = next((option for option in self.param.options if str(option) == text.strip()), raw)
        try:
            self.param.read(raw, {})
        except ValueError as error:
            raise ValueError(f"{self.address}: {error}") from None
        return raw


def list_places(project: Project) -> list[Place]:
    """All that can be varied of a project: recipe, data, first weights, constants, and the parameters of the main sheet's nodes."""
    return [*_of_recipe(project), *_of_data(project), *_of_constants(project), *_of_nodes(project)]


def find_place(project: Project, address: str) -> Place:
    """The place of this address.

    Raises:
        ValueError: there is none; the words name some that are like it.
    """
    import difflib

    places = {place.address: place for place in list_places(project)}
    if address in places:
        return places[address]
    near = difflib.get_close_matches(address, places, n=4, cutoff=0.4) or list(places)[:6]
    raise ValueError(f"this project has nothing called “{address}” that could be varied (it has {', '.join(near)} …)")


def _plain(text: str) -> Value:
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _named(name: str, param: Param) -> Param:
    param.name = name
    return param


def _of_recipe(project: Project) -> Iterator[Place]:
    if project.recipe.learners:
        return
    names = {name: optimizer.words for name, optimizer in OPTIMIZERS.items()}
    optimizer = _named("optimizer", Choice("Adam", "How a step is made of the gradient.", names))
    params = {**PLAIN, **declared(project.recipe), "optimizer": optimizer}
    for name in ("lr", "optimizer", "batch_size", "epochs", *params):
        if name in params:
            param = params.pop(name)
            yield Place(
                name, f"Recipe: {param.title or name}", param, raw_value(project.recipe, param), _set_recipe(name)
            )


def _set_recipe(name: str) -> Callable[[Project, Value], Project]:
    return lambda project, value: edits.set_recipe(project, **change(project.recipe, {name: value}))


def _of_data(project: Project) -> Iterator[Place]:
    own = project.data.division_options.get("samples") if project.data.division == "per_class" else None
    few = _named("samples", Int(10, "How many samples of each class are trained on.", low=1, high=1_000_000))

    def per_class(project: Project, value: Value) -> Project:
        return edits.set_data(project, division="per_class", division_options={"samples": value})

    yield Place("samples", "Data: samples of each class", few, own, per_class)
    try:
        source: DataSet = make_data_set(project.data)
    except ValueError:
        return
    for name, param in source.params.items():
        value = project.data.options.get(name, param.default)
        yield Place(f"data.{name}", f"Data: {param.title or name}", param, value, _set_data(name))


def _set_data(name: str) -> Callable[[Project, Value], Project]:
    return lambda project, value: edits.set_data(project, options={**project.data.options, name: value})


def _of_constants(project: Project) -> Iterator[Place]:
    for name, number in project.constants.items():
        kind: Any = Int if isinstance(number, int) else Float
        param = _named(name, kind(number, f"The constant {name}.", low=-1_000_000, high=1_000_000))
        yield Place(f"constant.{name}", f"Constant {name}", param, number, _set_constant(name))


def _set_constant(name: str) -> Callable[[Project, Value], Project]:
    def edit(project: Project, value: Value) -> Project:
        assert isinstance(value, int | float)
        return edits.set_constants(project, {**project.constants, name: value})

    return edit


def _of_nodes(project: Project) -> Iterator[Place]:
    inits = {name: kind.label for name, kind in INITIALIZATIONS.items()}
    weighty = [node for node in project.graph if _has_weights(node)]
    if weighty:
        param = _named("init", Choice("default", "How the weights of all layers begin.", inits))
        kinds = {node.init.kind for node in weighty}
        yield Place(
            "init", "All layers: first weights", param, kinds.pop() if len(kinds) == 1 else None, _set_init(None)
        )
    for node in project.graph:
        if node.block is not None or node.kind not in LAYERS:
            continue
        for name, param in LAYERS[node.kind].params.items():
            value = node.params.get(name, param.default)
            yield Place(
                f"{node.name}.{name}", f"{node.name}: {param.title or name}", param, value, _set_node(node.name, name)
            )
        if _has_weights(node):
            first = _named("init", Choice("default", "How the weights of this layer begin.", inits))
            yield Place(f"{node.name}.init", f"{node.name}: first weights", first, node.init.kind, _set_init(node.name))
        if not _hands_on(project, node):
            continue
        mode = _named("mode", Choice("", "Whether the layer works.", MODES))
        yield Place(f"{node.name}.mode", f"{node.name}: works, or mute", mode, node.mode, _set_field(node.name, "mode"))


def _has_weights(node: Node) -> bool:
    return node.block is None and node.kind in LAYERS and LAYERS[node.kind].weights is not Layer.weights


def _hands_on(project: Project, node: Node) -> bool:
    """Whether it takes something and gives something, so that it can be muted; not where its parameters cannot be read."""
    try:
        layer = LAYERS[node.kind](node.params, project.constants)
    except ValueError:
        return False
    return bool(dict(layer.inputs()) and dict(layer.outputs()))


def _ids(project: Project, name: str | None) -> list[str]:
    found = [node.id for node in project.graph if (node.name == name if name is not None else _has_weights(node))]
    if not found:
        raise ValueError(f"there is no “{name}” any more")
    return found


def _set_init(name: str | None) -> Callable[[Project, Value], Project]:
    return lambda project, value: edits.set_node(project, MAIN, _ids(project, name), init=Init(kind=str(value)))


def _set_field(name: str, field: str) -> Callable[[Project, Value], Project]:
    return lambda project, value: edits.set_node(project, MAIN, _ids(project, name), **{field: value})


def _set_node(name: str, param: str) -> Callable[[Project, Value], Project]:
    return lambda project, value: edits.set_params(project, MAIN, _ids(project, name), {param: value})
