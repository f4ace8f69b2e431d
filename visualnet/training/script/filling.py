"""The text of a template filled in: the lines that a recipe uses, with its values, laid out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from string import Template

from visualnet.compiling.source_code.code_layout import indent, lay_out
from visualnet.training.script.template import OWN_NAMES

_MARK = re.compile(r"\s*#\? (.+)$")
_OWN = re.compile(rf"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\b({"|".join(OWN_NAMES)})\b""")


def own_name(name: str, learner: str) -> str:
    """What one of several learners calls its own: ``LR`` of ``maker`` is ``MAKER_LR``."""
    if not learner:
        return name
    if name == "scale_rates":
        return f"scale_{learner}_rates"
    plain = name.removeprefix("own_").removeprefix("group_")
    return f"{learner.upper()}_{plain}" if plain.isupper() else f"{learner}_{plain}"


def fill(text: str, holds: Collection[str], values: Mapping[str, str], learner: str = "", depth: int = 0) -> str:
    """The lines of a text that hold, with their values; long ones are broken as `lay_out` does where they stand so deep. With a
    ``learner`` what is its own has its name before it."""
    lines: list[str] = []
    for line in text.splitlines():
        mark = _MARK.search(line)
        if mark is not None and not _all_hold(mark[1], holds):
            continue
        line = line[: mark.start()] if mark is not None else line
        code = line.lstrip(" ")
        deep = (len(line) - len(code)) // 4
        filled = Template(code).substitute(values)
        parts = filled.splitlines() if code else [""]
        if learner:
            parts = [_OWN.sub(lambda found: found[1] or own_name(found[2], learner), part) for part in parts]
        laid_out = "$" in code or learner
        lines += indent(
            [short for part in parts for short in (lay_out(part, depth + deep) if laid_out else [part])], deep
        )
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines).strip("\n"))


def _all_hold(words: str, holds: Collection[str]) -> bool:
    """Whether ``a, not b`` holds."""
    return all((name.removeprefix("not ") in holds) != name.startswith("not ") for name in words.split(", "))
