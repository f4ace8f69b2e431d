"""The templates that come with the program, as their index tells them: no file of theirs is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from visualnet.resources import resource

SUFFIX = ".vnet"


class Template(NamedTuple):
    """A shipped project. ``group`` is where the start page shows it, ``line`` what it says there in a few words; ``note`` is the
    project's own; ``parameters`` how many it learns."""

    name: str
    path: Path
    group: str
    title: str
    line: str
    note: str
    parameters: int


def template_list() -> list[Template]:
    """Every shipped template, in the order in which a student meets them. One that the index lacks comes last, under its name."""
    folder = resource("templates")
    index = folder / "index.json"
    rows = json.loads(index.read_text(encoding="utf-8")) if index.is_file() else []
    found = {path.stem: path for path in sorted(folder.glob(f"*{SUFFIX}"))}
    listed = [Template(path=found.pop(row["name"]), **row) for row in rows if row["name"] in found]
    return [*listed, *(Template(name, path, "", name, "", "", 0) for name, path in found.items())]
