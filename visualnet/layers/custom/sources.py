"""The Python code that a project brings along."""

from __future__ import annotations

from visualnet.core.project import Project
from visualnet.layers.declaration.layer import LAYERS
from visualnet.layers.declaration.params import Code


def foreign_code(project: Project) -> list[tuple[str, str]]:
    """The Python sources that a project holds, each with the name of its node. Nothing of them is run."""
    found = []
    for _, graph in project.sheets():
        for node in graph:
            kind = LAYERS.get(node.kind)
            for name, value in node.params.items() if kind is not None else ():
                param = kind.params.get(name) if kind is not None else None
                if isinstance(param, Code) and isinstance(value, str) and value != param.default:
                    found.append((node.name, value))
    return found
