"""Named numbers that others rest on: a block's parameters and the project's constants, made, told of, renamed and taken away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from visualnet.core import expressions
from visualnet.core.edits import put_block, substitution
from visualnet.core.edits.clipboard import names_used
from visualnet.core.graph import Graph, Node, Value
from visualnet.core.names import MAX_TEXT, free
from visualnet.core.project import MAIN, Block, ParameterDescription, Project
from visualnet.core.text.hidden_characters import clean
from visualnet.core.validation import check_numbers, node_of


def promote_parameter(project: Project, block: str, id: str, param: str, value: Value, name: str = "") -> Project:
    """Make a node's number a parameter of its block, which each use may set: the node then names it. ``value`` is what it is now.

    Raises:
        ValueError: it is no number, or the sheet is no block.
    """
    if block not in project.blocks:
        raise ValueError("only inside a block can a number become the block's parameter")
    node = node_of(project.sheet(block), id)
    if not is_number(value):
        raise ValueError(f"{param} of “{node.name}” is not one number, so it cannot become one")
    definition = project.blocks[block]
    called = free(name or param, {*definition.params, *project.constants}, "value")
    (number,) = set(value if isinstance(value, tuple) else (value,))
    named: Value = (called,) * len(value) if isinstance(value, tuple) else called
    nodes = {**definition.graph.nodes, id: replace(node, params={**node.params, param: named})}
    params: dict[str, Any] = {**definition.params, called: number}
    return put_block(project, block, replace(definition, graph=replace(definition.graph, nodes=nodes), params=params))


def is_number(value: Any) -> bool:
    """Whether it is one number, or the same one for every axis."""
    parts = value if isinstance(value, tuple) else (value,)
    plain = all(isinstance(p, int | float) and not isinstance(p, bool) for p in parts)
    return bool(parts) and plain and len(set(parts)) == 1


def numbers(project: Project, sheet: str) -> Mapping[str, int | float]:
    """The named numbers of a sheet: the project's constants, or a block's parameters.

    Raises:
        ValueError: there is no such block.
    """
    return project.constants if sheet == MAIN else _block(project, sheet).params


def users(project: Project, sheet: str, name: str) -> list[tuple[str, Node]]:
    """The nodes whose expressions name this number of the sheet, each with the sheet on which it stands."""
    return [
        (where, node)
        for where, graph in _reach(project, sheet, name)
        for node in graph
        if name in names_used([Graph(nodes={node.id: node})])
    ]


def _reach(project: Project, sheet: str, name: str) -> Iterator[tuple[str, Graph]]:
    """The sheets on which the name means this number: a block's parameter hides a constant."""
    if sheet != MAIN:
        yield sheet, project.sheet(sheet)
        return
    yield MAIN, project.graph
    for block, definition in project.blocks.items():
        if name not in definition.params:
            yield block, definition.graph


def rename_number(project: Project, sheet: str, old: str, new: str) -> Project:
    """Call a number otherwise; every expression that names it, and every use of the block that sets it, follows.

    Raises:
        ValueError: the name is taken or cannot be in an expression.
    """
    values = numbers(project, sheet)
    if old not in values:
        raise ValueError(f"there is no number “{old}” here")
    if new == old:
        return project
    check_numbers({new: 0})
    if expressions.parse(new).names() != {new}:
        raise ValueError(f"an expression cannot name “{new}”")
    blocks = [b for b in project.blocks.values() if sheet == MAIN and old not in b.params]
    taken = {*values, *project.constants, *(p for b in blocks for p in b.params)}
    if new in taken:
        raise ValueError(f"another number is called “{new}”; “{free(new, taken, 'value')}” is free")
    project = _filled(project, sheet, old, new)
    if sheet == MAIN:
        return replace(project, constants=_recalled(project.constants, old, new))
    block = project.blocks[sheet]
    block = replace(block, params=_recalled(block.params, old, new), about=_recalled(block.about, old, new))
    return _uses(put_block(project, sheet, block), sheet, lambda params: _recalled(params, old, new))


def remove_number(project: Project, sheet: str, name: str, substitute: bool = False) -> Project:
    """Take a number away. ``substitute`` puts its value (a block's default) wherever it is named.

    Raises:
        ValueError: expressions name it and it is not to be substituted; the words say which.
    """
    values = numbers(project, sheet)
    if name not in values:
        return project
    if (found := users(project, sheet, name)) and not substitute:
        raise ValueError(f"{name} is used by {quote_names(found)}: put {values[name]:g} in its place, or keep it")
    project = _filled(project, sheet, name, values[name]) if found else project
    left = {k: v for k, v in values.items() if k != name}
    if sheet == MAIN:
        return replace(project, constants=left)
    project = put_block(project, sheet, replace(project.blocks[sheet], params=left))
    return _uses(project, sheet, lambda params: {k: v for k, v in params.items() if k != name})


def quote_names(found: list[tuple[str, Node]]) -> str:
    """``“conv”, “fc” and 3 more``."""
    names = [f"“{node.name}”" for _, node in found]
    if len(names) > 3:
        names = [*names[:2], f"{len(names) - 2} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def set_about(project: Project, block: str, name: str, about: ParameterDescription) -> Project:
    """Say what a block's parameter means, and between which numbers it may lie.

    Raises:
        ValueError: the bounds leave nothing, or the parameter's own default out.
    """
    definition = _block(project, block)
    if name not in definition.params:
        raise ValueError(f"the block has no parameter “{name}”")
    note = clean(about.note, lines=True)
    if len(note) > MAX_TEXT:
        raise ValueError(f"a note may have {MAX_TEXT:,} characters; this one has {len(note):,}")
    check_numbers({k: v for k, v in (("low", about.low), ("high", about.high)) if v is not None})
    if about.low is not None and about.high is not None and about.low > about.high:
        raise ValueError(f"{name} cannot be at least {about.low:,} and at most {about.high:,}")
    if wrong := about.fault(definition.params[name]):
        raise ValueError(f"the default of {name}: {wrong}; change the default first")
    about = replace(about, note=note)
    abouts = {k: v for k, v in definition.about.items() if k != name} | (
        {name: about} if about != ParameterDescription() else {}
    )
    return project if abouts == definition.about else put_block(project, block, replace(definition, about=abouts))


def set_default(project: Project, sheet: str, name: str, value: int | float) -> Project:
    """Give a number another value; a block's parameter another default.

    Raises:
        ValueError: it lies outside the parameter's bounds.
    """
    values = {**numbers(project, sheet), name: value}
    check_numbers(values)
    if sheet == MAIN:
        return project if values == project.constants else replace(project, constants=values)
    block = project.blocks[sheet]
    if name in block.about and (wrong := block.about[name].fault(value)):
        raise ValueError(f"{name}: {wrong}")
    return put_block(project, sheet, replace(block, params=values))


# --- small parts ------------------------------------------------------------------------------------------------------------------------


def _block(project: Project, name: str) -> Block:
    if name not in project.blocks:
        raise ValueError(f"there is no block “{name}” in this project")
    return project.blocks[name]


def _filled(project: Project, sheet: str, name: str, value: Value) -> Project:
    """The project with the name replaced wherever it means this number."""
    for where, graph in list(_reach(project, sheet, name)):
        nodes = {i: substitution.substitute_names(n, {name: value}) for i, n in graph.nodes.items()}
        if any(nodes[i] is not n for i, n in graph.nodes.items()):
            project = project.with_sheet(where, replace(graph, nodes=nodes))
    return project


def _recalled(values: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    return {new if k == old else k: v for k, v in values.items()}


def _uses(project: Project, block: str, change: Any) -> Project:
    """The project with the parameters of every use of the block changed."""
    for where, graph in list(project.sheets()):
        changed = {n.id: replace(n, params=change(n.params)) for n in graph if n.block == block and n.params}
        changed = {i: n for i, n in changed.items() if n.params != graph.nodes[i].params}
        if changed:
            project = project.with_sheet(where, replace(graph, nodes={**graph.nodes, **changed}))
    return project
