"""Undo and redo return the very same objects; drags are one step; saving never overwrites what another program wrote."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from tests.core.drawing import chain, check
from tests.counting import count_calls
from visualnet.core import edits
from visualnet.core.diff import diff
from visualnet.core.document import MAX_STEPS, Document
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Block, Project
from visualnet.core.storage import project_file


def add(document: Document, kind: str = "relu", merge: str = "") -> bool:
    return document.do(f"Add {kind}", lambda p: edits.add_node(p, MAIN, kind), merge)


def test_undo_and_redo_return_the_very_same_objects() -> None:
    document = Document(Project())
    start = document.project
    add(document, "relu")
    middle = document.project
    add(document, "conv2d")
    end = document.project
    assert (document.undo_label, document.redo_label) == ("Add conv2d", "")
    assert document.undo()
    assert document.project is middle
    assert document.undo()
    assert document.project is start
    assert not document.undo()
    assert (document.undo_label, document.redo_label) == ("", "Add relu")
    assert document.redo()
    assert document.redo()
    assert document.project is end
    assert not document.redo()
    assert [step.label for step in document.history] == ["Add relu", "Add conv2d"]


def test_a_jump_is_many_undos_at_once() -> None:
    document = Document(Project())
    for kind in ("relu", "tanh", "conv2d"):
        add(document, kind)
    walk = [document.steps[0].before, *(step.after for step in document.steps)]
    heard: list[Any] = []
    document.changed.connect(lambda before, after: heard.append((before, after)))
    assert document.jump(0)
    assert document.project is walk[0]
    assert heard == [(walk[3], walk[0])]
    assert (document.undo_label, document.redo_label, document.position) == ("", "Add relu", 0)
    assert not document.jump(0)
    assert document.jump(2)
    assert document.project is walk[2]
    assert document.redo()
    assert document.project is walk[3]
    assert [step.label for step in document.steps] == ["Add relu", "Add tanh", "Add conv2d"]
    with pytest.raises(ValueError, match="3 steps"):
        document.jump(4)


def test_the_saved_position_follows_the_steps(tmp_path: Path) -> None:
    document = Document(Project())
    assert document.saved_position == 0
    add(document)
    assert document.saved_position == 0
    document.save(tmp_path / "net.vnet")
    add(document)
    assert (document.saved_position, document.position) == (1, 2)
    document.undo()
    assert not document.modified
    document.undo()
    add(document, "tanh")
    assert document.saved_position is None, "what was saved can no longer be reached"


def test_steps_know_when_they_were_done_and_how_many_are_forgotten() -> None:
    document, began = Document(Project()), time.time()
    for _ in range(MAX_STEPS + 3):
        add(document)
    assert document.forgotten == 3
    assert began <= document.steps[0].time <= document.steps[-1].time <= time.time()


def test_a_drag_is_one_step() -> None:
    document = Document(Project())
    add(document)
    before = document.project
    for x in range(50):
        document.do("Move", lambda p, x=x: edits.move(p, MAIN, {"n1": (x, 1)}), merge="drag")
    assert len(document.history) == 2
    document.end_merge()
    document.do("Move", lambda p: edits.move(p, MAIN, {"n1": (0, 9)}), merge="drag")
    assert len(document.history) == 3
    document.undo()
    document.undo()
    assert document.project is before


def test_another_edit_or_an_undo_ends_a_drag() -> None:
    document = Document(Project())
    add(document, merge="spin")
    add(document, merge="")
    add(document, merge="spin")
    document.undo()
    add(document, merge="spin")
    assert len(document.history) == 3


def test_nothing_changed_is_no_step_and_sends_nothing() -> None:
    document = Document(Project())
    heard: list[Any] = []
    document.changed.connect(lambda before, after: heard.append((before, after)))
    document.state_changed.connect(lambda: heard.append("state"))
    assert not document.do("Nothing", lambda p: p)
    with pytest.raises(ValueError, match="no kind of node"):
        document.do("Wrong", lambda p: edits.add_node(p, MAIN, "no kind"))
    assert heard == []
    before = document.project
    assert add(document)
    assert heard == [(before, document.project), "state"]
    assert not document.history[1:]


def test_a_new_edit_forgets_what_was_undone() -> None:
    document = Document(Project())
    add(document)
    document.undo()
    add(document, "tanh")
    assert document.redo_label == ""
    assert not document.redo()


def test_history_is_bounded() -> None:
    document = Document(Project())
    for number in range(MAX_STEPS + 50):
        document.do("Count", lambda p, n=number: edits.set_constants(p, {"n": n}))
    assert len(document.history) == MAX_STEPS
    while document.undo():
        pass
    assert document.project.constants == {"n": 49}


def test_modified_follows_the_object_that_was_saved(tmp_path: Path) -> None:
    document = Document(Project())
    assert not document.modified
    with pytest.raises(project_file.FileError, match="no file yet"):
        document.save()
    add(document)
    assert document.modified
    document.save(tmp_path / "a.vnet")
    assert not document.modified
    assert document.path == tmp_path / "a.vnet"
    document.undo()
    assert document.modified
    document.redo()
    assert not document.modified
    assert Document.open(tmp_path / "a.vnet").project == document.project


def test_what_another_program_wrote_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.vnet"
    Document(chain(3)).save(path)
    document = Document.open(path)
    add(document)
    document.save()
    document.save()
    other = project_file.dumps(chain(4))
    path.write_bytes(other)
    assert document.changed_on_disk()
    with pytest.raises(project_file.ChangedOnDisk, match="another program has changed the file"):
        document.save()
    assert path.read_bytes() == other
    document.save(tmp_path / "b.vnet")
    mine = Document(chain(2), path)
    path.unlink()
    mine.save()
    path.write_bytes(other)
    with pytest.raises(project_file.ChangedOnDisk) as told:
        mine.save()
    mine.save(over=told.value.seen)
    assert project_file.load(path) == chain(2)
    assert not mine.changed_on_disk()


def test_a_file_that_was_only_touched_has_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.vnet"
    Document(chain(3)).save(path)
    document = Document.open(path)
    path.touch()
    path.write_bytes(path.read_bytes())
    assert not document.changed_on_disk()
    document.save()


def test_a_newer_file_is_not_saved(tmp_path: Path) -> None:
    path = tmp_path / "later.vnet"
    later = project_file.dumps(chain(2)).replace(b'"format": 1', b'"format": 7')
    path.write_bytes(later)
    document = Document.open(path)
    assert "newer VisualNet (format 7; this one writes 1)" in document.project.readonly
    add(document)
    for target in (None, tmp_path / "copy.vnet"):
        with pytest.raises(project_file.FileError, match="newer VisualNet"):
            document.save(target)
    assert path.read_bytes() == later
    assert not (tmp_path / "copy.vnet").exists()


def test_a_diff_names_all_that_changed_and_nothing_else() -> None:
    before = chain(5)
    after = edits.remove(before, MAIN, ["n5"])
    after = edits.add_node(after, MAIN, "tanh")
    after = edits.set_params(after, MAIN, ["n2"], {"slope": 1})
    after = edits.move(after, MAIN, {"n3": (7, 7)})
    after = edits.connect(after, MAIN, Port("n1", "y"), Port("n3", "x"))
    found = diff(before.graph, after.graph)
    assert (found.added, found.removed, found.changed, found.moved) == (("n6",), ("n5",), ("n2",), ("n3",))
    assert {(w.source.node, w.target.node) for w in found.wires_added} == {("n1", "n3")}
    assert {(w.source.node, w.target.node) for w in found.wires_removed} == {("n2", "n3"), ("n4", "n5")}
    assert not diff(before.graph, before.graph)
    assert not diff(before.graph, chain(5).graph).wires_added


def test_an_edit_and_its_diff_do_no_more_in_a_large_network() -> None:
    """It fails when an edit starts to look at what it need not."""

    def work(nodes: int) -> int:
        project = chain(nodes)
        after, calls = count_calls(lambda: edits.set_params(project, MAIN, ["n10"], {"slope": 3}))
        return calls + count_calls(lambda: diff(project.graph, after.graph))[1]

    assert work(2_000) < 200, "far fewer calls than there are nodes"


# --- any edits in any order -----------------------------------------------------------------------------------------------------------

ids = st.integers(1, 12).map(lambda n: f"n{n}")
ports = st.sampled_from(["x", "y", "image", "inside"])
sheets = st.sampled_from([MAIN, "cell", "stage", "gone"])


class Editing(RuleBasedStateMachine):
    """Whatever a person does, undo leads back over the very same projects, and the graph stays one."""

    clips = Bundle("clips")

    def __init__(self) -> None:
        super().__init__()
        self.document = Document(Project())
        self.past: list[Project] = []
        self.future: list[Project] = []

    def do(self, edit: Any) -> None:
        before = self.document.project
        with contextlib.suppress(ValueError):
            changed = self.document.do("Edit", edit)
            assert changed == (self.document.project is not before)
            if changed:
                self.past.append(before)
                self.future.clear()
                return
        assert self.document.project is before

    @rule(share=st.floats(0, 1))
    def jump(self, share: float) -> None:
        walk = [*self.past, self.document.project, *reversed(self.future)]
        target = round(share * (len(walk) - 1))
        assert self.document.jump(target) == (target != len(self.past))
        assert self.document.project is walk[target]
        self.past, self.future = walk[:target], list(reversed(walk[target + 1 :]))

    @rule(sheet=sheets, kind=st.sampled_from(["relu", "input", "output", "block:cell", "block:stage", "bad kind"]))
    def add(self, sheet: str, kind: str) -> None:
        self.do(lambda p: edits.add_node(p, sheet, kind))

    @rule(sheet=sheets, some=st.lists(ids, max_size=3))
    def remove(self, sheet: str, some: list[str]) -> None:
        self.do(lambda p: edits.remove(p, sheet, some))

    @rule(sheet=sheets, a=ids, b=ids, out=ports, into=ports)
    def connect(self, sheet: str, a: str, b: str, out: str, into: str) -> None:
        self.do(lambda p: edits.connect(p, sheet, Port(a, out), Port(b, into)))

    @rule(sheet=sheets, a=ids, into=ports)
    def disconnect(self, sheet: str, a: str, into: str) -> None:
        self.do(lambda p: edits.disconnect(p, sheet, Port(a, into)))

    @rule(sheet=sheets, a=ids, b=ids, into=ports)
    def insert(self, sheet: str, a: str, b: str, into: str) -> None:
        self.do(lambda p: edits.insert_on_wire(p, sheet, a, Port(b, into)))

    @rule(sheet=sheets, a=ids, name=st.sampled_from(["x", "y", "conv", "relu", "for", "Ⅳ", "größe"]))
    def rename(self, sheet: str, a: str, name: str) -> None:
        self.do(lambda p: edits.rename(p, sheet, a, name))

    @rule(sheet=sheets, a=ids, value=st.sampled_from([1, 1.0, True, edits.RESET, "2*n", (1, 2), float("nan")]))
    def set_params(self, sheet: str, a: str, value: Any) -> None:
        self.do(lambda p: edits.set_params(p, sheet, [a], {"size": value}))

    @rule(sheet=sheets, a=ids, b=ids)
    def share(self, sheet: str, a: str, b: str) -> None:
        self.do(lambda p: edits.set_node(p, sheet, [a], shares=b))

    @rule(sheet=sheets, a=ids, x=st.floats(-1e9, 1e9), y=st.integers(0, 9))
    def move(self, sheet: str, a: str, x: float, y: float) -> None:
        self.do(lambda p: edits.move(p, sheet, {a: (x, y)}))

    @rule(name=st.sampled_from(["cell", "stage"]), width=st.integers(1, 3))
    def put_block(self, name: str, width: int) -> None:
        self.do(lambda p: edits.put_block(p, name, p.blocks.get(name, Block(params={"width": width}))))

    @rule(name=st.sampled_from(["cell", "stage"]))
    def remove_block(self, name: str) -> None:
        self.do(lambda p: edits.remove_block(p, name))

    @rule(target=clips, sheet=sheets, some=st.lists(ids, max_size=4))
    def copy(self, sheet: str, some: list[str]) -> str:
        try:
            return edits.copy(self.document.project, sheet, some)
        except ValueError:
            return "foreign"

    @rule(sheet=sheets, text=clips)
    def paste(self, sheet: str, text: str) -> None:
        self.do(lambda p: edits.paste(p, sheet, text)[0])

    @rule(sheet=sheets, some=st.lists(ids, max_size=3))
    def duplicate(self, sheet: str, some: list[str]) -> None:
        self.do(lambda p: edits.duplicate(p, sheet, some, (8, 8))[0])

    @rule()
    def undo(self) -> None:
        before = self.document.project
        assert self.document.undo() == bool(self.past)
        if self.past:
            self.future.append(before)
            assert self.document.project is self.past.pop()

    @rule()
    def redo(self) -> None:
        before = self.document.project
        assert self.document.redo() == bool(self.future)
        if self.future:
            self.past.append(before)
            assert self.document.project is self.future.pop()

    @invariant()
    def holds(self) -> None:
        check(self.document.project)
        assert project_file.loads(project_file.dumps(self.document.project)) == self.document.project


Editing.TestCase.settings = settings(stateful_step_count=60)
TestEditing = Editing.TestCase
