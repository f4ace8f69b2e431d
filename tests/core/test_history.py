"""The steps of a document in words."""

from __future__ import annotations

from pathlib import Path

from visualnet.core.document import Document
from visualnet.core.edits import add_node, move
from visualnet.core.history import History
from visualnet.core.project import MAIN, Project


def worked_on() -> Document:
    document = Document(Project())
    for kind in ("relu", "tanh"):
        document.do(f"Add {kind}", lambda p, k=kind: add_node(p, MAIN, k))
    return document


def test_each_row_says_where_one_is(tmp_path: Path) -> None:
    document = worked_on()
    document.save(tmp_path / "net.vnet")
    document.jump(1)
    rows = [History.of(document).row(at) for at in range(3)]
    assert [(row.words, row.state, row.saved) for row in rows] == [
        ("Opened net.vnet", "done", False),
        ("Add relu", "current", False),
        ("Add tanh", "undone", True),
    ]
    assert rows[0].time == "" and rows[1].tip == f"Add relu · {rows[1].time} · you are here"
    assert rows[2].tip.endswith("taken back · as it was saved")


def test_what_goes_on_and_what_is_another_history() -> None:
    document = worked_on()
    old = History.of(document)
    document.do("Move", lambda p: move(p, MAIN, {"n1": (8, 8)}), merge="drag")
    moved = History.of(document)
    document.do("Move", lambda p: move(p, MAIN, {"n1": (16, 8)}), merge="drag")
    assert moved.continues(old) and History.of(document).continues(moved), (
        "the last step may be merged with a newer edit"
    )
    document.jump(1)
    assert History.of(document).continues(old), "what is taken back is still among the steps"
    document.do("Add gelu", lambda p: add_node(p, MAIN, "gelu"))
    assert not History.of(document).continues(moved)
    assert not History.of(worked_on()).continues(old)


def test_another_step_in_the_middle_is_another_history() -> None:
    document = worked_on()
    document.do("Add gelu", lambda p: add_node(p, MAIN, "gelu"))
    old = History.of(document)
    document.jump(1)
    for kind in ("elu", "selu"):
        document.do(f"Add {kind}", lambda p, k=kind: add_node(p, MAIN, k))
    assert not History.of(document).continues(old), "the first step alone is the same"
