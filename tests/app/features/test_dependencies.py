"""A feature that takes something of another says so where it is described, and no two need each other."""

from __future__ import annotations

import ast
import graphlib
from pathlib import Path

import visualnet.app.features as features

ROOT = Path(features.__path__[0])
PACKAGE = features.__name__
FOLDERS = sorted(folder.name for folder in ROOT.iterdir() if (folder / "__init__.py").is_file())


def taken(name: str) -> set[str]:
    """The features that a feature imports from."""
    found = set()
    for path in (ROOT / name).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE}."):
                found.add((node.module or "").removeprefix(f"{PACKAGE}.").partition(".")[0])
    return (found & set(FOLDERS)) - {name}


def test_a_feature_says_from_which_others_it_takes_something() -> None:
    silent = {}
    for name in FOLDERS:
        words = ast.get_docstring(ast.parse((ROOT / name / "__init__.py").read_text(encoding="utf-8"))) or ""
        if missing := {other for other in taken(name) if f"`{other}`" not in words}:
            silent[name] = sorted(missing)
    assert not silent, f"name them in the docstring of the folder: {silent}"


def test_no_features_need_each_other() -> None:
    order = list(graphlib.TopologicalSorter({name: taken(name) for name in FOLDERS}).static_order())
    assert set(order) == set(FOLDERS) and sum(map(len, map(taken, FOLDERS))) > 10
