"""What is said of every strange value in every place of a file, as a page to be read: `python -m tests.core.storage.refusals`."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from visualnet.core.storage import project_file

PAGE = Path(__file__).with_name("refusals.txt")
GONE = object()

TREE: dict[str, Any] = {
    "program": "visualnet",
    "format": 1,
    "name": "small",
    "note": "words",
    "graph": {
        "nodes": [
            {"id": "n1", "kind": "input", "name": "image", "params": {"size": [1, 8, 8]}},
            {
                "id": "n2",
                "kind": "conv2d",
                "name": "conv1",
                "params": {"stride": 2},
                "trainable": False,
                "statistics": "updated",
                "init": {"kind": "normal", "std": 0.1},
                "mode": "mute",
                "folded": True,
            },
            {"id": "n3", "kind": "block:part", "name": "part1", "repeat": 3},
            {"id": "n4", "kind": "conv2d", "name": "conv2", "shares": "n2"},
        ],
        "wires": [["n1.x", "n2.image"], ["n2.features", "n3.x"]],
        "layout": {"n1": [0, 0], "n2": [240, 0]},
        "bends": {"n2.image": [[100, 50]]},
        "direction": "down",
        "spent": 9,
        "remarks": [{"id": "r1", "kind": "frame", "area": [0, 0, 300, 200], "text": "part", "colour": "blue"}],
        "bookmarks": {"here": [0, 0, 1]},
    },
    "blocks": {
        "part": {
            "graph": {"nodes": [{"id": "n1", "kind": "input", "name": "x"}], "wires": []},
            "params": {"width": 8},
            "about": {"width": {"note": "how wide", "low": 1, "high": 64}},
            "note": "a part",
        }
    },
    "constants": {"channels": 16},
    "data": {"name": "digits", "options": {"noise": 0.5}, "split": [0.7, 0.2, 0.1], "seed": 3, "normalise": False},
    "recipe": {
        "optimizer": "SGD",
        "device": "cpu",
        "lr": 0.01,
        "momentum": 0.9,
        "weight_decay": 0.1,
        "batch_size": 32,
        "epochs": 3,
        "seed": 4,
        "best_by": "accuracy",
        "nesterov": True,
        "learners": [{"name": "first", "steps": 2, "lr": 0.1, "options": {"gamma": 0.5}}, {"name": "second"}],
    },
    "runs": [
        {
            "id": "run1",
            "folder": "one",
            "started": "2026-11-21T10:00:00",
            "state": "done",
            "epochs": 3,
            "summary": {"loss": 0.25},
        }
    ],
}
STRANGE: dict[str, Any] = {
    "left out": GONE,
    "null": None,
    "true": True,
    "−1": -1,
    "0": 0,
    "0.5": 0.5,
    "2⁵³ + 1": 2**53 + 1,
    "“”": "",
    "“a b”": "a b",
    "“n2”": "n2",
    "a hidden character": "a\u200bb",
    "300 letters": "a" * 300,
    "[]": [],
    "[1, 2, 3, 4, 5]": [1, 2, 3, 4, 5],
    "{}": {},
    "{“a”: 1}": {"a": 1},
    "{“a b”: true}": {"a b": True},
    "{300 letters: 1}": {"a" * 300: 1},
}


def page() -> str:
    """Every place of the file."""
    return "\n".join(line for place in places(TREE) for line in lines(place))


def places(tree: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of all values in a tree of JSON."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield (*above, key)
        yield from places(value, (*above, key))


def lines(place: tuple[str | int, ...]) -> Iterator[str]:
    """One place: what each strange value there brings."""
    answers: dict[str, list[str]] = {}
    for name, value in STRANGE.items():
        answers.setdefault(said(place, value), []).append(name)
    yield "/".join(map(str, place))
    yield from (f"  {', '.join(names)}: {answer}" for answer, names in answers.items())
    yield ""


def said(place: tuple[str | int, ...], value: Any) -> str:
    """What the reader says of the file with this value there; what it would write in its stead where it opens."""
    tree = copy.deepcopy(TREE)
    inner: Any = tree
    for key in place[:-1]:
        inner = inner[key]
    if value is GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    try:
        project = project_file.loads(json.dumps(tree, ensure_ascii=False).encode())
    except project_file.FileError as error:
        return (
            str(error)
            .removeprefix("this text, ")
            .removesuffix(" Mend it in a text editor, or open an earlier copy.")[:160]
        )
    again = json.loads(project_file.dumps(project))
    return "opens" if again == whole() else f"opens as {difference(again)}"


@cache
def whole() -> Any:
    """The file as it is written when nothing is strange."""
    return json.loads(project_file.dumps(project_file.loads(json.dumps(TREE).encode())))


def difference(again: Any) -> str:
    """The values that are written otherwise, each with its place."""
    before, after = ({place: _at(tree, place) for place in places(tree)} for tree in (whole(), again))
    found = [f"{'/'.join(map(str, p))} {_short(v)}" for p, v in after.items() if p not in before or before[p] != v]
    gone = [f"no {'/'.join(map(str, p))}" for p in before if p not in after]
    return ", ".join([text for text in found if not text.endswith(("{…}", "[…]"))] + gone)[:160]


def _at(tree: Any, place: tuple[str | int, ...]) -> Any:
    for key in place:
        tree = tree[key]
    return tree


def _short(value: Any) -> str:
    if isinstance(value, dict | list):
        return ("{…}" if isinstance(value, dict) else "[…]") if value else json.dumps(value)
    return json.dumps(value, ensure_ascii=True)[:40]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
