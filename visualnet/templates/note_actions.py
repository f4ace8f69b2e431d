"""What the notes of a template propose to break, as edits: ``set:conv1.stride=2``, ``constant:alpha=0.5``, ``mute:relu1,relu2`` …

A step in a note is a link whose address says the edit. Only what is spelled here can be done, and nothing else is followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from visualnet.core import edits
from visualnet.core.graph import Value
from visualnet.core.project import MAIN, Project

_LINK = re.compile(r"\[([^\]]+)\]\(((?:set|constant|repeat|mute|data):[^)\s]+)\)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def steps(markdown: str) -> Iterator[tuple[str, str]]:
    """Every step of a note: its words and its address."""
    for found in _LINK.finditer(markdown):
        yield found[1].replace("`", ""), found[2]


def without_steps(markdown: str) -> str:
    """The note with the words of its steps only, where there is no network to change."""
    return _LINK.sub(r"\1", markdown)


def apply_step(project: Project, address: str) -> Project:
    """The project after a step.

    Raises:
        ValueError: the step cannot be read, or what it changes is not there (any more).
    """
    verb, _, rest = address.partition(":")
    if verb == "mute":
        return edits.set_node(project, MAIN, _ids(project, MAIN, rest.split(",")), mode="mute")
    values = {name: _value(text) for name, text in _assigned(rest)}
    if verb == "constant":
        numbers = {name: value for name, value in values.items() if isinstance(value, int | float)}
        if unknown := [name for name in numbers if name not in project.constants]:
            raise ValueError(f"this network has no constant “{unknown[0]}” any more")
        return edits.set_constants(project, {**project.constants, **numbers})
    if verb == "data":
        data = project.data
        divided = {name: value for name, value in values.items() if name in data.division_options}
        options = {name: value for name, value in values.items() if name not in divided}
        if divided:
            project = edits.set_data(project, division_options={**data.division_options, **divided})
        return edits.set_data(project, options={**data.options, **options}) if options else project
    if verb == "repeat":
        for name, times in values.items():
            project = edits.set_node(project, MAIN, _ids(project, MAIN, [name]), repeat=times)
        return project
    if verb != "set":
        raise ValueError(f"“{verb}” is nothing that a note can do")
    for place, value in values.items():
        where, _, parameter = place.rpartition(".")
        sheet, _, name = where.rpartition("/")
        if sheet != MAIN and sheet not in project.blocks:
            raise ValueError(f"there is no block “{sheet}” any more")
        project = edits.set_params(project, sheet, _ids(project, sheet, [name]), {parameter: value})
    return project


def _assigned(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split("&"):
        name, equals, value = part.partition("=")
        if not (name and equals and value):
            raise ValueError(f"“{part}” says nothing that could be set")
        yield name, value


def _value(text: str) -> Value:
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return {"true": True, "false": False}.get(text, text)


def _ids(project: Project, sheet: str, names: Iterable[str]) -> list[str]:
    ids = {node.name: node.id for node in project.sheet(sheet)}
    wanted = list(names)
    if missing := [name for name in wanted if name not in ids]:
        raise ValueError(f"there is no “{missing[0]}” any more")
    return [ids[name] for name in wanted]
