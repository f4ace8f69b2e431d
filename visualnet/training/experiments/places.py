"""What of a project can be varied, by address: ``lr``, ``conv1.out_channels``, ``init``, ``samples``, ``constant.width`` …

An address is what a person writes on the command line and what a project's file keeps; everything it leads to is a declared setting, read
and checked by its declaration. Of several learners each says its own (``learner.generator.lr``); a node within a block is named with its
sheet (``pair/conv1.kernel_size``), a block's parameter for all its uses (``block.pair.channels``) or for one (``body.channels``), a step of
the preparation by its number (``preparation.2.mean``). How the data are divided is ``division``, its settings are ``division.column``,
``division.seed``, ``split.validation``; options of the data set are ``data.n``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from visualnet.core import edits
from visualnet.core.edits.learners import index_of, set_learner
from visualnet.core.edits.preparation import set_step
from visualnet.core.graph import Init, Node, Value
from visualnet.core.project import MAIN, DataChoice, ParameterDescription, Project, Recipe
from visualnet.core.storage.decoding.decode import START_FROM, START_FROM_FORMS
from visualnet.core.text.format import format_percent
from visualnet.core.text.values import read_value
from visualnet.data.declare import DataSet
from visualnet.data.division.division_settings import BALANCES, begin_division, division_params
from visualnet.data.division.registry import DIVISIONS
from visualnet.data.preparation.registry import STEPS
from visualnet.data.registry import make_data_set
from visualnet.layers import LAYERS
from visualnet.layers.declaration.initialization import INITIALIZATIONS
from visualnet.layers.declaration.layer import Layer
from visualnet.layers.declaration.params import Bool, Choice, Float, Int, Param, Text
from visualnet.layers.recipe.setting_values import PLAIN, raw_value
from visualnet.training.recipe.settings import change, declared, options_of_run
from visualnet.training.recipe_params import best_by_options, recipe_params

Edit = Callable[[Project, Value], Project]
_NOTHING_SAID = ParameterDescription()
OF_RUN_ALONE = ("best_by", "procedure", "seed", "device", "start_from")
"""Fields that a recipe says once, however many learners it has."""
MODES = {"": "it works", "mute": "it hands its input on unchanged"}


class VariedPlace(NamedTuple):
    """Something that can be varied: its address, a title, how its values are read and offered, its value, and the edit that sets one."""

    address: str
    title: str
    param: Param
    value: Any
    edit: Edit

    def read(self, text: str) -> Value:
        """A value as a person writes it.

        Raises:
            ValueError: it cannot be read; the words say what is wanted.
        """
        raw = {"true": True, "false": False}.get(text.strip(), read_value(text, several=False))
        if isinstance(self.param, Choice):
            raw = next((option for option in self.param.options if str(option) == text.strip()), raw)
        try:
            self.param.read(raw, {})
        except ValueError as error:
            raise ValueError(f"{self.address}: {error}") from None
        return raw


def list_places(project: Project) -> list[VariedPlace]:
    """All that can be varied of a project: recipe, data, first weights, constants, parameters of blocks and of every sheet's nodes."""
    found = [*_of_recipe(project), *_of_data(project), *_of_constants(project), *_of_blocks(project)]
    for sheet, _ in project.sheets():
        found += _of_nodes(project, sheet)
    return found


def find_place(project: Project, address: str) -> VariedPlace:
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


def _named(name: str, param: Param) -> Param:
    param.name = name
    return param


def _of_recipe(project: Project) -> Iterator[VariedPlace]:
    recipe = project.recipe
    fields = {param.name: param for param in recipe_params(recipe, best_by_options(project))}
    fields["start_from"] = _named("start_from", Text("", "Weights to begin with, by name.", check=_check_weights))
    of_run = (*PLAIN, *OF_RUN_ALONE, *options_of_run())
    if not recipe.learners:
        yield from _of_steps(
            recipe, "", "Recipe", {**PLAIN, **declared(recipe), **fields}, lambda name: _set_recipe(name)
        )
        return
    for name, param in {**PLAIN, **declared(recipe), **fields}.items():
        if name in of_run:
            yield VariedPlace(
                name, f"Recipe: {param.title or name}", param, raw_value(recipe, param), _set_recipe(name)
            )
    for learner in recipe.learners:
        own = recipe.of_learner(learner)
        params = {name: param for name, param in {**declared(own), **fields}.items() if name not in of_run}
        before = f"learner.{learner.name}."
        yield from _of_steps(own, before, learner.name, params, partial(_set_learner, learner.name))
        steps = _named("steps", Int(1, "How many steps it makes in a round.", low=1, high=1_000_000))
        edit = partial(_set_steps, learner.name)
        yield VariedPlace(f"{before}steps", f"{learner.name}: steps of a round", steps, learner.steps, edit)


def _check_weights(name: str) -> None:
    if not START_FROM.fullmatch(name):
        raise ValueError(f"“{name}” names no weights; {START_FROM_FORMS}")


def _of_steps(
    recipe: Recipe, before: str, title: str, params: dict[str, Param], edit: Callable[[str], Edit]
) -> Iterator[VariedPlace]:
    params = {**params}
    for name in ("lr", "optimizer", "batch_size", "epochs", *params):
        if name in params:
            param = params.pop(name)
            yield VariedPlace(
                f"{before}{name}", f"{title}: {param.title or name}", param, raw_value(recipe, param), edit(name)
            )


def _set_steps(learner: str, project: Project, value: Value) -> Project:
    return set_learner(project, learner, steps=value)


def _set_recipe(name: str) -> Edit:
    return lambda project, value: edits.set_recipe(project, **change(project.recipe, {name: value}))


def _set_learner(learner: str, name: str) -> Edit:
    def edit(project: Project, value: Value) -> Project:
        own = project.recipe.of_learner(project.recipe.learners[index_of(project, learner)])
        return set_learner(project, learner, **change(own, {name: value}))

    return edit


def _of_data(project: Project) -> Iterator[VariedPlace]:
    own = project.data.division_options.get("samples") if project.data.division == "per_class" else None
    few = _named("samples", Int(10, "How many samples of each class are trained on.", low=1, high=1_000_000))

    def per_class(project: Project, value: Value) -> Project:
        return edits.set_data(project, division="per_class", division_options={"samples": value})

    yield VariedPlace("samples", "Data: samples of each class", few, own, per_class)
    yield from _of_division(project.data)
    for number, step in enumerate(project.data.preparation, 1):
        kind = STEPS.get(step.kind)
        for name, param in kind.params.items() if kind is not None else ():
            value = step.options.get(name, param.default)
            title = f"Preparation, step {number}: {param.title or name}"
            yield VariedPlace(f"preparation.{number}.{name}", title, param, value, _set_step(number - 1, name))
    try:
        source: DataSet = make_data_set(project.data)
    except ValueError:
        return
    for name, param in source.params.items():
        value = project.data.options.get(name, param.default)
        yield VariedPlace(f"data.{name}", f"Data: {param.title or name}", param, value, _set_data(name))


def _of_division(data: DataChoice) -> Iterator[VariedPlace]:
    """How the samples are divided and weighed: what the chosen division heeds."""
    kind = DIVISIONS.get(data.division)
    uses = kind.uses if kind is not None else frozenset()
    ways = _named(
        "division", Choice("shares", "By what the samples are divided.", {n: d.title for n, d in DIVISIONS.items()})
    )
    yield VariedPlace("division", "Data: how they are divided", ways, data.division, _set_division)
    for param in division_params(data):
        if (data.division, param.name) != ("per_class", "samples"):  # that has a place of its own
            value = data.division_options.get(param.name, param.default)
            title = f"Data: {param.title or param.name} of the division"
            yield VariedPlace(f"division.{param.name}", title, param, value, _set_division_option(param.name))
    if "seed" in uses:
        seed = _named("seed", Int(0, "Draws which samples come into which part.", low=0, high=2**31 - 1))
        yield VariedPlace("division.seed", "Data: seed of the division", seed, data.seed, _set_data_field("seed"))
    for at, part in ((1, "validation"), (2, "test")) if "split" in uses else ():
        share = _named(part, Float(data.split[at], f"Share of the samples that is kept for {part}.", low=0, high=0.99))
        yield VariedPlace(f"split.{part}", f"Data: share for {part}", share, data.split[at], _set_share(at))
    normalise = _named("normalise", Bool(True, "Take the training set's mean and deviation from the inputs."))
    yield VariedPlace("normalise", "Data: normalise", normalise, data.normalise, _set_data_field("normalise"))
    balances = _named(
        "balance", Choice("", "How rare classes are made up for.", {n: words for n, _, words in BALANCES})
    )
    yield VariedPlace("balance", "Data: rare classes", balances, data.balance, _set_data_field("balance"))


def _set_division(project: Project, value: Value) -> Project:
    name = str(value)
    if name == project.data.division:
        return project
    return edits.set_data(project, division=name, division_options=begin_division(name, project.data))


def _set_division_option(name: str) -> Edit:
    return lambda project, value: edits.set_data(
        project, division_options={**project.data.division_options, name: value}
    )


def _set_data_field(name: str) -> Edit:
    return lambda project, value: edits.set_data(project, **{name: value})


def _set_share(at: int) -> Edit:
    """Set one share; the share of the training set is what is left."""

    def edit(project: Project, value: Value) -> Project:
        assert isinstance(value, int | float)
        shares = [float(share) for share in project.data.split]
        shares[at] = float(value)
        shares[0] = 1 - shares[1] - shares[2]
        if shares[0] <= 0:
            raise ValueError(
                f"validation and test would take {format_percent(shares[1] + shares[2], 0)}, which leaves nothing to train on"
            )
        return edits.set_data(project, split=tuple(shares))

    return edit


def _set_data(name: str) -> Edit:
    return lambda project, value: edits.set_data(project, options={**project.data.options, name: value})


def _set_step(at: int, name: str) -> Edit:
    def edit(project: Project, value: Value) -> Project:
        if at >= len(project.data.preparation):
            raise ValueError(f"the preparation has no step {at + 1} any more")
        return set_step(project, at, name, value)

    return edit


def _of_constants(project: Project) -> Iterator[VariedPlace]:
    for name, number in project.constants.items():
        param = _number(name, number, f"The constant {name}.")
        yield VariedPlace(f"constant.{name}", f"Constant {name}", param, number, _set_constant(name))


def _number(name: str, number: float, words: str, about: ParameterDescription = _NOTHING_SAID) -> Param:
    """A number of a person's own, whole or not as its value is, within the bounds that were said of it."""
    kind: Any = Int if isinstance(number, int) else Float
    low = -1_000_000 if about.low is None else about.low
    high = 1_000_000 if about.high is None else about.high
    return _named(name, kind(number, words, low=low, high=high))


def _of_blocks(project: Project) -> Iterator[VariedPlace]:
    for name, block in project.blocks.items():
        for key, number in block.params.items():
            param = _number(key, number, f"Parameter {key} of the block {name}.", block.about.get(key, _NOTHING_SAID))
            yield VariedPlace(f"block.{name}.{key}", f"Block {name}: {key}", param, number, _set_block(name, key))


def _set_block(name: str, key: str) -> Edit:
    def edit(project: Project, value: Value) -> Project:
        if name not in project.blocks:
            raise ValueError(f"there is no block “{name}” any more")
        assert isinstance(value, int | float)
        return edits.set_block_params(project, name, {**project.blocks[name].params, key: value})

    return edit


def _set_constant(name: str) -> Edit:
    def edit(project: Project, value: Value) -> Project:
        assert isinstance(value, int | float)
        return edits.set_constants(project, {**project.constants, name: value})

    return edit


def _of_nodes(project: Project, sheet: str) -> Iterator[VariedPlace]:
    inits = {name: kind.label for name, kind in INITIALIZATIONS.items()}
    graph, before = project.sheet(sheet), f"{sheet}/" if sheet else ""
    weighty = [node for node in graph if _has_weights(node)]
    if weighty and not sheet:
        param = _named("init", Choice("default", "How the weights of all layers begin.", inits))
        kinds = {node.init.kind for node in weighty}
        yield VariedPlace(
            "init", "All layers: first weights", param, kinds.pop() if len(kinds) == 1 else None, _set_init(MAIN, None)
        )
    for node in graph:
        title, address = f"{before}{node.name}", f"{before}{node.name}"
        for name, param in _params_of(project, node):
            value = node.params.get(name, param.default)
            yield VariedPlace(
                f"{address}.{name}", f"{title}: {param.title or name}", param, value, _set_node(sheet, node.name, name)
            )
        if node.kind not in LAYERS:
            continue
        if _has_weights(node):
            first = _named("init", Choice("default", "How the weights of this layer begin.", inits))
            edit = _set_init(sheet, node.name)
            yield VariedPlace(f"{address}.init", f"{title}: first weights", first, node.init.kind, edit)
        if not _hands_on(project, node):
            continue
        mode = _named("mode", Choice("", "Whether the layer works.", MODES))
        yield VariedPlace(
            f"{address}.mode", f"{title}: works, or mute", mode, node.mode, _set_field(sheet, node.name, "mode")
        )


def _params_of(project: Project, node: Node) -> Iterator[tuple[str, Param]]:
    """What a node may be given: by its layer, or by the block that it is a use of."""
    if node.block is None:
        yield from LAYERS[node.kind].params.items() if node.kind in LAYERS else ()
    elif (block := project.blocks.get(node.block)) is not None:
        for name, number in block.params.items():
            words = f"Parameter {name} of the block {node.block}, here."
            yield name, _number(name, number, words, block.about.get(name, _NOTHING_SAID))


def _has_weights(node: Node) -> bool:
    return node.block is None and node.kind in LAYERS and LAYERS[node.kind].weights is not Layer.weights


def _hands_on(project: Project, node: Node) -> bool:
    """Whether it takes something and gives something, so that it can be muted; not where its parameters cannot be read."""
    try:
        layer = LAYERS[node.kind](node.params, project.constants)
    except ValueError:
        return False
    return bool(dict(layer.inputs()) and dict(layer.outputs()))


def _ids(project: Project, sheet: str, name: str | None) -> list[str]:
    graph = project.sheet(sheet) if sheet in dict(project.sheets()) else ()
    found = [node.id for node in graph if (node.name == name if name is not None else _has_weights(node))]
    if not found:
        raise ValueError(f"there is no “{name}” any more")
    return found


def _set_init(sheet: str, name: str | None) -> Edit:
    return lambda project, value: edits.set_node(project, sheet, _ids(project, sheet, name), init=Init(kind=str(value)))


def _set_field(sheet: str, name: str, field: str) -> Edit:
    return lambda project, value: edits.set_node(project, sheet, _ids(project, sheet, name), **{field: value})


def _set_node(sheet: str, name: str, param: str) -> Edit:
    return lambda project, value: edits.set_params(project, sheet, _ids(project, sheet, name), {param: value})
