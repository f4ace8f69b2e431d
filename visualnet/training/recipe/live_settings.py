"""Settings that can be changed while a run goes on: which a project has, how two projects differ in them, and how they are set.

Each declaration says by itself whether its value can be changed (``Param.live``), and from when on another one acts. A setting is named by
where it is said (the recipe, one of its learners, a node, the data) and by its own name; nothing here knows what it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from visualnet.core import edits
from visualnet.core.edits.learners import index_of, set_learner
from visualnet.core.graph import Node, Value
from visualnet.core.project import DataChoice, Project, Recipe
from visualnet.data.registry import DATASETS
from visualnet.layers import LAYERS
from visualnet.layers.declaration.params import Bool, Choice, Param
from visualnet.layers.param_words import param_words
from visualnet.layers.recipe.node_training import NODE_TRAINING
from visualnet.layers.recipe.schedules import SCHEDULES
from visualnet.layers.recipe.setting_values import PLAIN, raw_value, read_setting
from visualnet.training.recipe.settings import change, declared, options_of_run

Plain = bool | int | float | str | tuple[int | float | str, ...] | None
"""What a live setting can be: no list within a list, so that a line of a log can be read by its type."""


class Setting(NamedTuple):
    """Where a setting is said, and its name: of a ``node`` on a ``sheet``, of one of several learners, of the ``data`` set of that name,
    or else of the recipe."""

    name: str
    learner: str = ""
    sheet: str = ""
    node: str = ""
    data: str = ""


class SettingChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """A setting with the value that it had, and the one that it has now. ``words`` name it as they did at that time."""

    name: str
    before: Plain
    after: Plain
    learner: str = ""
    sheet: str = ""
    node: str = ""
    words: str = ""
    data: str = ""

    @property
    def setting(self) -> Setting:
        """What was changed."""
        return Setting(self.name, self.learner, self.sheet, self.node, self.data)


Values = Mapping[Setting, Value]


def _named(name: str, param: Param) -> Param:
    param.name = name
    return param


SCHEDULE = _named(
    "schedule",
    Choice("constant", "How the learning rate changes.", {name: s.words for name, s in SCHEDULES.items()}, live="step"),
)
NODE_FIELDS: Mapping[str, Param] = {
    "trainable": _named("trainable", Bool(True, "Whether the weights are trained.", live="step")),
    "statistics": _named(
        "statistics",
        Choice(
            "fixed",
            "What becomes of the running statistics of normalizations in a frozen node.",
            {"fixed": "They stay.", "updated": "Each batch moves them."},
            title="Running statistics",
            live="step",
        ),
    ),
}
"""What a node says in fields of its own."""


def find_changes(before: Project, after: Project) -> list[SettingChange]:
    """The live settings in which ``after`` differs, of all that both have. What else differs is left aside."""
    return [
        *_recipe_changes(before.recipe, after.recipe),
        *_node_changes(before, after),
        *_data_changes(before.data, after.data),
    ]


def _recipe_changes(before: Recipe, after: Recipe) -> Iterator[SettingChange]:
    of_run = {name for name, param in live_params(before).items() if _is_of_run(name, param)}
    if not before.learners and not after.learners:
        yield from _differences(before, after, live_params(before, after))
        return
    both = {name: param for name, param in live_params(before, after).items() if name in of_run}
    yield from _differences(before, after, both)
    theirs = {learner.name: learner for learner in after.learners}
    for learner in before.learners:
        if (other := theirs.get(learner.name)) is not None:
            old, new = before.of_learner(learner), after.of_learner(other)
            own = {name: param for name, param in live_params(old, new).items() if not _is_of_run(name, param)}
            yield from _differences(old, new, own, learner.name)


def _is_of_run(name: str, param: Param) -> bool:
    return name in PLAIN or name in options_of_run()


def live_params(recipe: Recipe, other: Recipe | None = None) -> dict[str, Param]:
    """What of a recipe can be changed while it is followed. ``other``: one that it may change into; it stays with its optimizer."""
    known = {**declared(recipe)}
    if other is not None:
        known |= declared(msgspec.structs.replace(other, optimizer=recipe.optimizer))
    known |= {**PLAIN, SCHEDULE.name: SCHEDULE}
    return {name: param for name, param in known.items() if param.live}


def _differences(
    before: Recipe, after: Recipe, params: Mapping[str, Param], learner: str = ""
) -> Iterator[SettingChange]:
    for name, param in params.items():
        old, new = raw_value(before, param), raw_value(after, param)
        if old != new:
            place = f"{learner}: " if learner else ""
            yield SettingChange(
                name, _plain(old), _plain(new), learner=learner, words=f"{place}{_lower(param_words(param))}"
            )


def _node_changes(before: Project, after: Project) -> Iterator[SettingChange]:
    if before.graph.nodes is after.graph.nodes and before.blocks is after.blocks:
        return
    theirs = dict(after.sheets())
    for sheet, graph in before.sheets():
        if sheet not in theirs or theirs[sheet].nodes is graph.nodes:
            continue
        for node in graph:
            other = theirs[sheet].nodes.get(node.id)
            if other is None or other is node or other.kind != node.kind:
                continue
            for name, param in node_params(node).items():
                old, new = _node_value(node, param), _node_value(other, param)
                if old != new:
                    words = f"“{other.name}”" if name == "trainable" else f"“{other.name}” {_lower(param_words(param))}"
                    yield SettingChange(name, _plain(old), _plain(new), sheet=sheet, node=node.id, words=words)


def _data_changes(before: DataChoice, after: DataChoice) -> Iterator[SettingChange]:
    if before.name != after.name or before.options == after.options:
        return
    for name, param in data_params(before).items():
        old, new = (one.options.get(name, param.default) for one in (before, after))
        if old != new:
            yield SettingChange(
                name, _plain(old), _plain(new), data=before.name, words=f"data: {_lower(param_words(param))}"
            )


def data_params(data: DataChoice) -> Mapping[str, Param]:
    """What of a data set can be changed while a run learns from it."""
    kind = DATASETS.get(data.name)
    return {} if kind is None else {name: param for name, param in kind.params.items() if param.live}


def without_live_options(data: DataChoice) -> DataChoice:
    """What of a choice of data stays as it is while a run learns from it."""
    live = data_params(data)
    return msgspec.structs.replace(data, options={name: v for name, v in data.options.items() if name not in live})


def node_params(node: Node) -> dict[str, Param]:
    """What of a node can be changed while a run trains it."""
    layer = LAYERS.get(node.kind)
    own = {name: param for name, param in layer.params.items() if param.live} if layer is not None else {}
    return {**NODE_FIELDS, **{name: param for name, param in NODE_TRAINING.items() if param.live}, **own}


def _node_value(node: Node, param: Param) -> Value:
    if param.name in NODE_FIELDS:
        value: Value = getattr(node, param.name)
        return value
    return (node.training if param.name in NODE_TRAINING else node.params).get(param.name, param.default)


def _plain(value: Value) -> Plain:
    if not isinstance(value, tuple):
        return value
    return tuple(one if isinstance(one, int | float | str) else str(one) for one in value)


def _lower(words: str) -> str:
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


# --- setting them --------------------------------------------------------------------------------------------------


def find_param(project: Project, setting: Setting) -> Param:
    """The declaration of a setting.

    Raises:
        ValueError: it cannot be changed while a run goes on, or there is no such thing.
    """
    if setting.node:
        graph = project.sheet(setting.sheet) if setting.sheet in dict(project.sheets()) else None
        node = graph.nodes.get(setting.node) if graph is not None else None
        if node is None:
            raise ValueError("the node is not in the network that is trained")
        found, of = node_params(node), f" of “{node.name}”"
    elif setting.data:
        found, of = {**(data_params(project.data) if setting.data == project.data.name else {})}, " of the data"
    else:
        recipe = project.recipe
        if setting.learner:
            recipe = recipe.of_learner(recipe.learners[index_of(project, setting.learner)])
        found, of = live_params(recipe), f" of {setting.learner}" if setting.learner else ""
        found |= {name: param for kind in SCHEDULES.values() for name, param in kind.params.items() if param.live}
        if recipe.learners and not (setting.name in PLAIN or setting.name in options_of_run()):
            names = ", ".join(learner.name for learner in recipe.learners)
            raise ValueError(f"{setting.name} is said by each learner; name one of them ({names})")
    if setting.name not in found:
        raise ValueError(f"{setting.name}{of} cannot be changed while a run goes on")
    return found[setting.name]


def is_live(project: Project, setting: Setting) -> bool:
    """Whether the project has the setting, and it can be changed while a run goes on."""
    try:
        find_param(project, setting)
    except ValueError:
        return False
    return True


def check_value(project: Project, setting: Setting, value: Value) -> None:
    """Raise ValueError, with the words of its form, unless the setting can be changed to this value while a run goes on."""
    param = find_param(project, setting)
    if setting.node:
        # A number may be written as arithmetic in what is known where the node stands; the analysis reads it.
        if not isinstance(value, str) or isinstance(param, Choice):
            read_setting(param, value)
    else:
        read_setting(param, value)


def set_values(project: Project, values: Values) -> Project:
    """The project with these settings.

    Raises:
        ValueError: one of them cannot be set.
    """
    for learner in dict.fromkeys(s.learner for s in values if not (s.node or s.data)):
        said = {s.name: value for s, value in values.items() if not (s.node or s.data) and s.learner == learner}
        if learner:
            recipe = project.recipe.of_learner(project.recipe.learners[index_of(project, learner)])
            project = set_learner(project, learner, **change(recipe, said))
        else:
            project = edits.set_recipe(project, **change(project.recipe, said))
    for sheet, node in dict.fromkeys((s.sheet, s.node) for s in values if s.node):
        own = {s.name: value for s, value in values.items() if (s.sheet, s.node) == (sheet, node)}
        project = _set_node(project, sheet, node, own)
    given = {s.name: value for s, value in values.items() if s.data == project.data.name}
    return edits.set_data(project, options={**project.data.options, **given}) if given else project


def _set_node(project: Project, sheet: str, node: str, values: Mapping[str, Value]) -> Project:
    fields: dict[str, Any] = {name: value for name, value in values.items() if name in NODE_FIELDS}
    training = {name: value for name, value in values.items() if name in NODE_TRAINING}
    params = {name: value for name, value in values.items() if name not in NODE_FIELDS and name not in NODE_TRAINING}
    if fields:
        project = edits.set_node(project, sheet, [node], **fields)
    if training:
        project = edits.set_training(project, sheet, [node], training)
    return edits.set_params(project, sheet, [node], params) if params else project


def with_live_settings(project: Project, other: Project) -> Project:
    """The project with all live settings as ``other`` has them, written as there."""
    found = set_values(project, {one.setting: one.after for one in find_changes(project, other) if not one.node})
    theirs = dict(other.sheets())
    for sheet, graph in project.sheets():
        nodes = dict(graph.nodes)
        for node in graph:
            twin = theirs[sheet].nodes.get(node.id) if sheet in theirs else None
            if twin is not None and twin is not node and twin.kind == node.kind:
                given = _with_live(node, twin)
                nodes[node.id] = given if given != node else node
        if any(nodes[i] is not node for i, node in graph.nodes.items()):
            found = found.with_sheet(sheet, msgspec.structs.replace(graph, nodes=nodes))
    return found


def _with_live(node: Node, twin: Node) -> Node:
    live = node_params(node).keys()
    params = {name: value for name, value in node.params.items() if name not in live}
    params |= {name: value for name, value in twin.params.items() if name in live}
    training = {name: value for name, value in node.training.items() if name not in live}
    training |= {name: value for name, value in twin.training.items() if name in live}
    return msgspec.structs.replace(
        node, params=params, training=training, trainable=twin.trainable, statistics=twin.statistics
    )


# --- in words ------------------------------------------------------------------------------------------------------


def merge_changes(changes: Iterable[SettingChange]) -> tuple[SettingChange, ...]:
    """Changes in order as one: of each setting what it was before the first, and what it is after the last."""
    found: dict[Setting, SettingChange] = {}
    for one in changes:
        first = found.get(one.setting)
        found[one.setting] = one if first is None else msgspec.structs.replace(one, before=first.before)
    return tuple(one for one in found.values() if one.before != one.after)


MOST_WORDS = 40


def describe_change(change: SettingChange) -> str:
    """A change in words: “learning rate 0.01 → 0.001”; of what is too long to be read, that it was changed."""
    if any(isinstance(value, str) and len(value) > MOST_WORDS for value in (change.before, change.after)):
        return f"{change.words} changed"
    if change.name == "trainable":
        return f"{change.words} {'trained again' if change.after else 'frozen'}"
    return f"{change.words} {_format(change.before, change)} → {_format(change.after, change)}"


def _format(value: Plain, change: SettingChange) -> str:
    if value is None:
        return "as the recipe says" if change.node else "off"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(_format(one, change) for one in value)
    return value if isinstance(value, str) else f"{value:,}" if isinstance(value, int) else f"{value:g}"
