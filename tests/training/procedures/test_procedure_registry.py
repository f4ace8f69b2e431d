"""Procedures are found by being in their folder, and what they declare is read without torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from visualnet.layers.recipe.procedure_declaration import SUPERVISED
from visualnet.layers.recipe.setting_values import OF_A_LEARNER
from visualnet.training.loop.procedures import kinds
from visualnet.training.loop.procedures.registry import find_procedures, procedure_kind
from visualnet.training.recipe.procedures import PROCEDURES, told_values
from visualnet.training.recipe.settings import known_options, options_of_run


def test_every_file_of_the_folder_is_one() -> None:
    files = {path.stem for path in Path(kinds.__path__[0]).glob("*.py")} - {"__init__"}
    assert {kind.__module__.rpartition(".")[2] for kind in find_procedures().values()} == files
    assert len(find_procedures()) == len(files)
    assert next(iter(PROCEDURES)) == SUPERVISED, "the usual one is offered first"
    assert all(PROCEDURES[name] is kind.declaration for name, kind in find_procedures().items())


def test_what_is_declared_is_read_without_torch() -> None:
    code = (
        "import sys; from visualnet.training.recipe.procedures import PROCEDURES; "
        "assert len(PROCEDURES) > 1; assert 'torch' not in sys.modules, 'torch was imported'"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr == ""


def test_an_unknown_name_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"there is no procedure “strange” \(there are supervised, "):
        procedure_kind("strange")
    assert told_values("strange") == {}


def test_a_setting_is_a_learners_or_the_runs() -> None:
    assert not OF_A_LEARNER & options_of_run()
    assert known_options().keys() <= OF_A_LEARNER | options_of_run()
