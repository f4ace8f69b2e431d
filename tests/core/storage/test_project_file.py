"""Save then load is identity; refusals name file, place and reason; a failing write leaves the old file whole."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from tests.core.drawing import chain, projects
from tests.counting import count_calls
from visualnet.core import edits
from visualnet.core.graph import Graph, Init, Node, Port
from visualnet.core.project import MAIN, Project, RunRef
from visualnet.core.storage import project_file
from visualnet.core.storage.project_file import FileError

FIXTURES = Path(__file__).parents[2] / "fixtures"

SMALL = """{
  "program": "visualnet",
  "format": 1,
  "name": "small",
  "graph": {
    "nodes": [
      {"id": "n1", "kind": "input", "name": "image"},
      {"id": "n2", "kind": "conv2d", "name": "conv1", "params": {"stride": 2}}
    ],
    "wires": [
      ["n1.x", "n2.x"]
    ]
  }
}
"""


@given(project=projects)
def test_save_then_load_is_identity(project: Project) -> None:
    data = project_file.dumps(project)
    again = project_file.loads(data)
    assert again == project
    assert project_file.dumps(again) == data


def test_files_of_every_released_format_open_for_ever() -> None:
    found = sorted(FIXTURES.glob("format*.vnet"))
    assert [f.name for f in found] == [f"format{n}.vnet" for n in range(1, project_file.FORMAT + 1)]
    for path in found:
        project = project_file.load(path)
        assert not project.readonly
        assert project.graph.nodes
    assert project_file.dumps(project) == path.read_bytes(), "the newest format is written as it is read"


def test_the_keys_of_the_format_are_frozen() -> None:
    """Who changes these raises FORMAT, adds a migration and a fixture."""
    project = project_file.load(FIXTURES / "format1.vnet")
    block = project.blocks["residual"]
    node = project.graph.named("deep")
    assert (block.params, node.repeat, node.trainable) == ({"channels": 16}, "depth", False)
    assert node.init == Init("normal", {"std": 0.02})
    assert project.graph.named("twin").shares == project.graph.named("conv1").id
    assert project.graph.named("conv1").params == {"out_channels": 16, "kernel_size": (3, 3), "padding": "same"}
    assert project.graph.named("oracle").kind == "hologram"
    assert project.graph.named("oracle").extra == {"beams": [1, {"phase": 0.5}]}
    assert project.extra == {"mood": "calm"}
    assert (project.data.name, project.data.split, project.recipe.optimizer) == ("mnist5k", (0.7, 0.2, 0.1), "AdamW")
    assert project.runs[0].summary == {"best": 0.97}
    assert project.constants == {"depth": 2}
    assert project.graph.places["n1"] == (0, 40.5)


def test_a_recipe_keeps_its_schedule_and_options_and_an_older_one_stays_as_it_was() -> None:
    project = project_file.loads(SMALL.encode())
    assert (project.recipe.schedule, project.recipe.options) == ("constant", {})
    assert b"schedule" not in project_file.dumps(project)
    options = {"gamma": 0.5, "milestones": [3, 5], "of_a_newer_version": True}
    chosen = edits.set_recipe(project, schedule="MultiStepLR", options=options)
    again = project_file.loads(project_file.dumps(chosen))
    assert again == chosen
    assert again.recipe.options["milestones"] == (3, 5)
    with pytest.raises(ValueError, match=r"recipe\.options\.gamma"):
        edits.set_recipe(project, options={"gamma": float("nan")})
    with pytest.raises(ValueError, match=r"recipe\.lr is nan; a number is wanted"):
        edits.set_recipe(project, lr=float("nan"))


def test_one_node_and_one_wire_a_line() -> None:
    text = project_file.dumps(chain(3)).decode()
    assert '      {"id": "n2", "kind": "relu", "name": "node2"},\n' in text
    assert '      ["n1.y", "n2.x"],\n' in text
    assert '      "n3": [480, 0]\n' in text


def test_the_same_project_gives_the_same_bytes() -> None:
    project = chain(30)
    shuffled = Graph(
        project.graph.nodes, dict(reversed(project.graph.wires.items())), dict(reversed(project.graph.places.items()))
    )
    assert project_file.dumps(Project(graph=shuffled)) == project_file.dumps(project)


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ('"stride": 2', '"stride": NaN', "line 8", "NaN and Infinity"),
        ('"stride": 2', '"stride": 1e400', "graph.nodes[1].params.stride (line 8)", "larger than a computer"),
        ('"stride": 2', f'"stride": {"9" * 400}', "line 8", "more than 40 digits"),
        ('"stride": 2', f'"stride": {2**60}', "graph.nodes[1] “conv1” → params.stride (line 8)", "whole numbers go to"),
        ('"stride": 2', '"stride": 2, "stride": 3', "graph.nodes[1] “conv1” → params.stride (line 8)", "stands twice"),
        (
            '"stride": 2',
            f'"stride": "{"x" * 65_537}"',
            "graph.nodes[1] “conv1” → params.stride (line 8)",
            "65,537 characters",
        ),
        ('"stride": 2', '"str\\u202eide": 2', "graph.nodes[1] “conv1” → params (line 8)", "name of a parameter"),
        (
            '"name": "conv1"',
            '"name": "image"',
            "graph.nodes[1] “image” → name (line 8)",
            "another node is called “image”",
        ),
        ('"name": "conv1"', '"name": "class"', "graph.nodes[1] “class” → name (line 8)", "word of Python"),
        ('"name": "conv1"', f'"name": "{"c" * 65}"', "name (line 8)", "64 characters"),
        ('"id": "n2"', '"id": "n1"', "graph.nodes[1] “conv1” → id (line 8)", "another node has the id"),
        ('"id": "n2"', '"id": "../x"', "graph.nodes[1] “conv1” → id (line 8)", "is no id"),
        ('"id": "n2"', '"id": 2', "graph.nodes[1] “conv1” → id (line 8)", "here should stand a text, not 2"),
        ('"id": "n2", ', "", "graph.nodes[1] “conv1” (line 8)", "“id” is missing"),
        ('"kind": "conv2d"', '"kind": "os.system(1)"', "graph.nodes[1] “conv1” → kind (line 8)", "no kind of node"),
        ('{"stride": 2}', "[2]", "graph.nodes[1] “conv1” → params (line 8)", "here should stand an object {…}"),
        ('{"stride": 2}', '{}, "trainable": 1', "graph.nodes[1] “conv1” → trainable (line 8)", "true or false"),
        ('{"stride": 2}', '{}, "init": {"kind": "a b"}', "→ init.kind (line 8)", "no way to start weights"),
        ('{"stride": 2}', '{}, "shares": "n9"', "graph.nodes[1] “conv1” → shares (line 8)", "no other node “n9”"),
        ('"n2.x"', '"n9.x"', "graph.wires[0][1] (line 11)", "names no node"),
        ('"n2.x"', '"n2"', "graph.wires[0][1] (line 11)", "names no port"),
        ('"n2.x"', '"n1.x"', "graph.wires[0] (line 11)", "ends at the node where it begins"),
        ('["n1.x", "n2.x"]', '["n1.x", "n2.x"], ["n1.y", "n2.x"]', "graph.wires[1][1] (line 11)", "takes one"),
        ('["n1.x", "n2.x"]', '"n1.x"', "graph.wires[0] (line 11)", "a wire is written"),
        ('"wires"', '"layout": {"n3": [0, 0]}, "wires"', "graph.layout.n3 (line 10)", "no such node"),
        ('"wires"', '"layout": {"n1": [0, 1e99]}, "wires"', "graph.layout.n1 (line 10)", "a number between"),
        ('"small"', "7", "name (line 4)", "here should stand a text, not 7"),
        ('"small"', '"small", "blocks": {"a b": {}}', "blocks.a b (line 4)", "no name in Python"),
        ('"small"', '"small", "constants": {"n": "1"}', "constants.n (line 4)", "should stand a number"),
        ('"small"', '"small", "recipe": {"epochs": 1.5}', "recipe.epochs (line 4)", "a whole number"),
        ('"small"', '"small", "data": {"split": [1, 1, 0]}', "data.split (line 4)", "add to 2"),
        ('"small"', '"small", "data": {"name": "../../etc"}', "data.name (line 4)", "a word of letters"),
        ('"small"', '"small", "runs": [{"id": "a", "folder": "/etc"}]', "runs[0].folder (line 4)", "not a path"),
        ('"format": 1', '"format": "1"', "format (line 3)", "number of the format"),
        ('"program": "visualnet"', '"program": "other"', "", "no VisualNet project"),
        ('"nodes": [', '"nodes": [\n\n,', "line 8", "no valid JSON"),
        ("    ]\n  }\n}", "", "line 13", "ends in the middle"),
    ],
)
def test_a_refusal_names_file_place_and_reason(old: str, new: str, place: str, reason: str) -> None:
    assert SMALL.count(old) >= 1
    with pytest.raises(FileError, match=reason) as told:
        project_file.loads(SMALL.replace(old, new, 1).encode(), "small.vnet")
    assert told.value.file == "small.vnet"
    assert place in told.value.place
    assert told.value.way_out
    assert str(told.value).startswith("small.vnet")


def test_the_example_of_the_refusals_is_itself_good() -> None:
    assert project_file.loads(SMALL.encode()).graph.nodes["n2"].params == {"stride": 2}


def test_a_newer_file_opens_to_be_looked_at_and_keeps_all_it_holds() -> None:
    text = SMALL.replace('"format": 1', '"format": 2, "holograms": [1]').replace(
        '"stride": 2', '"stride": {"auto": [1]}'
    )
    project = project_file.loads(text.encode(), "later.vnet")
    assert "newer" in project.readonly
    assert project.extra == {"holograms": [1]}
    assert project.graph.nodes["n2"].params == {"stride": {"auto": (1,)}}


def test_a_path_in_the_run_history_is_saved_as_the_name_of_its_folder() -> None:
    project = Project(runs=(RunRef(id="a", folder="/somewhere/runs/lenet 3"),))
    assert project_file.loads(project_file.dumps(project)).runs[0].folder == "lenet 3"


def test_a_thousand_nodes_open_quickly() -> None:
    nodes = (
        Node(id=f"n{i}", kind="conv2d", name=f"c{i}", params={"out_channels": i, "kernel_size": (3, 3)})
        for i in range(1, 1001)
    )
    project = Project(graph=Graph({n.id: n for n in nodes}, chain(1000).graph.wires, chain(1000).graph.places))
    data = project_file.dumps(project)
    _, calls = count_calls(lambda: project_file.loads(data))
    assert calls < 40_000


@pytest.mark.wide
def test_the_largest_project_that_is_allowed_opens() -> None:
    project = chain(20_000)
    wires = {Port(t.node, f"{t.port}{k}"): s for t, s in project.graph.wires.items() for k in range(4)}
    project = Project(graph=Graph(project.graph.nodes, wires, project.graph.places))
    assert project_file.loads(project_file.dumps(project)) == project
    more = edits.add_node(project, MAIN, "relu")
    with pytest.raises(FileError, match="20,001 nodes; 20,000 are allowed"):
        project_file.loads(project_file.dumps(more))


# --- reading ----------------------------------------------------------------------------------------------------------------------------


def test_what_is_no_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such file"):
        project_file.load(tmp_path / "gone.vnet")
    with pytest.raises(FileError, match="a folder, not a file"):
        project_file.load(tmp_path)
    with pytest.raises(FileError, match="name of a file"):
        project_file.load("a\0b")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.vnet")
        with pytest.raises(FileError, match="a pipe, not a file"):
            project_file.load(tmp_path / "pipe.vnet")


def test_a_huge_file_is_refused_by_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.vnet"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    monkeypatch.setattr("visualnet.core.storage.embedded_project.is_picture", lambda *_: pytest.fail("it was read"))
    with pytest.raises(FileError, match=r"has 95\.4 MiB; a project has at most 8 MiB"):
        project_file.load(path)


# --- writing ----------------------------------------------------------------------------------------------------------------------------


def test_rights_and_links_are_kept(tmp_path: Path) -> None:
    real, link = tmp_path / "real.vnet", tmp_path / "link.vnet"
    project_file.save(real, chain(1))
    assert stat.S_IMODE(real.stat().st_mode) == 0o666 & ~_umask()
    real.chmod(0o640)
    link.symlink_to(real)
    project_file.save(link, chain(2))
    assert link.is_symlink()
    assert project_file.load(real) == chain(2)
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.vnet", "real.vnet"]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errno.ENOSPC, "Free some space"),
        (errno.EACCES, "folder of your own"),
        (errno.EROFS, "folder of your own"),
        (errno.EIO, "Try again"),
    ],
)
@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace", "fchmod"])
def test_a_failing_write_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: int, words: str
) -> None:
    path = tmp_path / "net.vnet"
    project_file.save(path, chain(3))
    old = path.read_bytes()

    def fails(*args: Any, **kwargs: Any) -> Any:
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fails)
        with pytest.raises(FileError) as told:
            project_file.save(path, chain(4))
    assert words in told.value.way_out
    assert "as it was" in told.value.reason
    assert path.read_bytes() == old
    assert [p.name for p in tmp_path.iterdir()] == ["net.vnet"]


def test_whichever_call_fails_the_file_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The k-th call of the operating system fails, for every k: the file is all of the old, or all of the new project."""
    path = tmp_path / "net.vnet"
    both = {project_file.dumps(chain(3)), project_file.dumps(chain(4))}
    calls = ["open", "write", "fsync", "replace", "fchmod", "close", "stat", "unlink", "access"]
    seen = set()
    for k in count():
        project_file.save(path, chain(3))
        with monkeypatch.context() as patch:
            counter = _failing_at(patch, calls, k)
            with contextlib.suppress(FileError):
                project_file.save(path, chain(4))
        assert path.read_bytes() in both
        left = [p.name for p in tmp_path.iterdir() if p.name != "net.vnet"]
        assert not left or counter["failed"] == "unlink", (counter, left)
        for name in left:
            (tmp_path / name).unlink()
        if not counter["failed"]:
            break
        seen.add(counter["failed"])
    assert seen >= {"open", "write", "fsync", "replace", "fchmod", "close"}


def _failing_at(patch: pytest.MonkeyPatch, calls: list[str], k: int) -> dict[str, Any]:
    state: dict[str, Any] = {"number": 0, "failed": ""}

    def failing(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            state["number"] += 1
            if state["number"] == k + 1:
                state["failed"] = name
                if name == "close":
                    real(*args)
                raise OSError(errno.EIO, "input/output error")
            return real(*args, **kwargs)

        return call

    for name in calls:
        patch.setattr(os, name, failing(name, getattr(os, name)))
    return state


def test_a_short_write_is_carried_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, bytes(data[:7])))
    project_file.save(tmp_path / "net.vnet", chain(3))
    assert project_file.load(tmp_path / "net.vnet") == chain(3)


def test_a_protected_file_and_a_missing_folder_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.vnet"
    project_file.save(path, chain(1))
    with pytest.raises(FileError, match="save it in another one"):
        project_file.save(tmp_path / "gone" / "net.vnet", chain(1))
    with pytest.raises(FileError, match="a folder has this name"):
        project_file.save(tmp_path, chain(1))
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(FileError, match="write-protected"):
        project_file.save(path, chain(2))
    assert project_file.load(path) == chain(1)


def test_what_could_not_be_opened_again_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "net.vnet"
    project_file.save(path, chain(1))
    for broken in (
        Project(graph=Graph({"n1": Node(id="n1", kind="relu", name="class")})),
        Project(constants={"n": float("nan")}),
        Project(extra={"code": object()}),
    ):
        with pytest.raises(FileError):
            project_file.save(path, broken)
    assert project_file.load(path) == chain(1)
    assert len(list(tmp_path.iterdir())) == 1


def test_long_texts_open_where_they_may_stand() -> None:
    """Source of 20,000 characters is a parameter like any other; a note of that length is refused with its place."""
    project = edits.set_params(edits.add_node(Project(), MAIN, "relu"), MAIN, ["n1"], {"a": "x" * 20_000})
    assert project_file.loads(project_file.dumps(project), "long") == project
    with pytest.raises(FileError, match="20,000 characters; 10,000 are allowed"):
        project_file.loads(project_file.dumps(replace(project, note="x" * 20_000)), "long")
