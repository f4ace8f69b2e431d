"""The recipes of docs/adding.md, line by line, in a copy of the program: each addition is seen where its recipe says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import DOCS, ROOT, blocks

PAGE = DOCS / "adding.md"
LOOK = Path(__file__).parent / "look_at_additions.py"


def edits() -> Iterator[tuple[str, str, str, str]]:
    """File, “behind” or “before” or nothing for the end, the line that is meant, and what is put there."""
    for block in blocks(PAGE):
        if block.file:
            file, _, where = block.file.partition(", ")
            way, _, line = where.partition(": ")
            yield file, way, line, block.code


def apply(root: Path) -> None:
    """Put every block into its file."""
    for file, way, line, code in edits():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if way:
            at = text.index(line)
            before = way == "before"
            at = text.rindex("\n", 0, at) + 1 if before else text.index("\n", at) + 1
            text = text[:at] + (f"{code}\n\n" if before else code) + text[at:]
        else:
            text = f"{text}\n\n{code}" if text else code
        path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What is seen in a copy to which the page was applied."""
    copy = tmp_path_factory.mktemp("copy")
    leave = shutil.ignore_patterns("__pycache__", "*.pyc")
    for folder in ("visualnet", "packaging", "resources"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=leave)
    apply(copy)
    home = {"VISUALNET_HOME": str(copy / "home"), "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    environment = {**os.environ, **home, "PYTHONPATH": str(copy)}
    found: dict[str, dict[str, Any]] = {}
    for script in (copy / "packaging" / "architectures", LOOK):
        run = subprocess.run(
            [sys.executable, str(script)], cwd=copy, env=environment, capture_output=True, text=True, timeout=170
        )
        assert run.returncode == 0, run.stderr
        found = json.loads(run.stdout) if script == LOOK else {}
    return found


def test_the_page_has_a_recipe_for_each() -> None:
    files = [file for file, *_ in edits()]
    assert len(files) == 16
    kinds = (
        "layers/catalog/",
        "data/",
        "layers/recipe/optimizers.py",
        "training/observations/",
        "app/features/",
        "packaging/architectures/",
    )
    assert all(any(kind in file for file in files) for kind in kinds)


@pytest.mark.wide
def test_a_layer(seen: dict[str, dict[str, Any]]) -> None:
    wanted = {"listed": True, "shape": [4], "equal": True, "code": True, "schema": True, "reference": True}
    assert seen["layer"] == wanted


@pytest.mark.wide
def test_a_data_set(seen: dict[str, dict[str, Any]]) -> None:
    wanted = {"offered": "Stripes", "fields": ["image", "label"], "shape": [1, 8, 8], "learns": True}
    assert seen["data_set"] == wanted


@pytest.mark.wide
def test_an_optimizer(seen: dict[str, dict[str, Any]]) -> None:
    numbers = 2 * 100 + 2  # two for each of 100 trained numbers, one for each of 2 tensors
    form = ["optimizer", "lr", "eta_minus"]
    wanted = {"offered": True, "form": form, "epochs": [[1], [2]], "file": "Rprop", "memory": 4 * numbers}
    assert seen["optimizer"] == wanted


@pytest.mark.wide
def test_a_procedure(seen: dict[str, dict[str, Any]]) -> None:
    wanted = {
        "offered": True,
        "form": True,
        "schema": True,
        "drawn_from": 20,
        "same_when_resumed": True,
        "a_learner_has": {"clip_norm": 1.0},
        "script": True,
    }
    assert seen["procedure"] == wanted


@pytest.mark.wide
def test_an_observation(seen: dict[str, dict[str, Any]]) -> None:
    assert seen["observation"] == {"offered": "Sparsity", "exact": True, "drawn": 2}


@pytest.mark.wide
def test_a_panel(seen: dict[str, dict[str, Any]]) -> None:
    assert seen["panel"] == {"dock": True, "menu": True, "text": "61,706 parameters"}


@pytest.mark.wide
def test_an_experiment(seen: dict[str, dict[str, Any]]) -> None:
    assert seen["experiment"] == {
        "first": "batch-sizes",
        "ended": "done",
        "holds": [True],
        "seen": ["Observed", "Observed"],
    }


@pytest.mark.wide
def test_a_template(seen: dict[str, dict[str, Any]]) -> None:
    parameters = 4 * 9 + 4 + 4 * 36 * 10 + 10
    assert seen["template"] == {
        "group": "First networks",
        "line": "One convolution, one dense layer",
        "parameters": parameters,
        "trains": True,
        "step": True,
    }
