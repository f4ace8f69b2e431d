"""Edits of a preparation: steps come, go, move and rest; all of it is in the file."""

from __future__ import annotations

import pytest

from visualnet.core.edits import preparation
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.storage.decoding.decode_data import MAX_STEPS


def test_steps_come_go_move_and_rest_and_a_file_keeps_them() -> None:
    project = preparation.add_step(Project(), "resize", {"height": 8})
    project = preparation.add_step(project, "grey", {}, at=0)
    project = preparation.add_step(project, "mixup", {})
    assert [step.kind for step in project.data.preparation] == ["grey", "resize", "mixup"]
    project = preparation.move_step(project, 2, 0)
    project = preparation.set_step(project, 2, "width", 9)
    project = preparation.switch_step(project, 1, off=True)
    assert [(step.kind, step.off) for step in project.data.preparation] == [
        ("mixup", False),
        ("grey", True),
        ("resize", False),
    ]
    assert project.data.preparation[2].options == {"height": 8, "width": 9}
    assert project_file.loads(project_file.dumps(project)).data.preparation == project.data.preparation
    assert preparation.switch_step(project, 1, off=True) is project, "nothing changed"
    assert [s.kind for s in preparation.remove_step(project, 0).data.preparation] == ["grey", "resize"]


def test_no_preparation_is_longer_than_a_file_may_say() -> None:
    project = Project()
    for _ in range(MAX_STEPS):
        project = preparation.add_step(project, "grey", {})
    with pytest.raises(ValueError, match=f"at most {MAX_STEPS} steps"):
        preparation.add_step(project, "grey", {})
    with pytest.raises(ValueError, match="cannot be the name of a parameter"):
        preparation.set_step(project, 0, "", 1)
