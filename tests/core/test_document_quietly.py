"""Changes beside the user's steps: run history survives undo and redo."""

from __future__ import annotations

from msgspec.structs import replace

from visualnet.core.document import Document
from visualnet.core.edits import add_node
from visualnet.core.project import MAIN, Project, RunRef


def record(project: Project) -> Project:
    return replace(project, runs=(*project.runs, RunRef(id="r1")))


def test_a_quiet_change_is_no_step_and_survives_undo_and_redo() -> None:
    document = Document(Project())
    for kind in ("relu", "tanh"):
        document.do(f"Add {kind}", lambda project, kind=kind: add_node(project, MAIN, kind))
    document.undo()
    seen: list[tuple[Project, Project]] = []
    document.changed.connect(lambda before, after: seen.append((before, after)))
    assert document.replace_quietly(record)
    assert len(seen) == 1
    assert document.undo_label == "Add relu" and document.redo_label == "Add tanh"
    states = [document.project]
    document.undo()
    states.append(document.project)
    document.redo()
    document.redo()
    states.append(document.project)
    assert [len(state.graph.nodes) for state in states] == [1, 0, 2]
    assert all([run.id for run in state.runs] == ["r1"] for state in states)
    assert document.history[0].after is document.history[1].before


def test_a_quiet_change_counts_as_unsaved() -> None:
    document = Document(Project())
    assert document.replace_quietly(record)
    assert document.modified and document.undo_label == ""


def test_a_quiet_change_of_nothing_is_none() -> None:
    document = Document(Project())
    seen: list[object] = []
    document.changed.connect(lambda before, after: seen.append(after))
    assert not document.replace_quietly(lambda project: project)
    assert not seen and not document.modified
