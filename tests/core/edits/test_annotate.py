"""What only the eye needs of a sheet: bends, frames and notes, bookmarks; and nodes that are muted."""

from __future__ import annotations

import pytest

from tests.core.drawing import chain, check
from visualnet.core import edits
from visualnet.core.diff import diff
from visualnet.core.edits import annotate
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project
from visualnet.core.storage import project_file
from visualnet.core.storage.project_file import FileError

WIRE = Port("n2", "x")


def bent() -> Project:
    return annotate.set_waypoints(chain(3), MAIN, {WIRE: [(100, 50), (140.2, -20)]})


def test_a_bend_is_kept_in_the_file_and_goes_with_its_wire() -> None:
    project = bent()
    assert project.graph.bends == {WIRE: ((100.0, 50.0), (140.0, -20.0))}
    assert project_file.loads(project_file.dumps(project)) == project
    assert diff(chain(3).graph, project.graph).bent == (WIRE,)
    for after in (
        edits.disconnect(project, MAIN, WIRE),
        edits.remove(project, MAIN, ["n1"]),
        edits.connect(project, MAIN, Port("n3", "y"), WIRE),
        annotate.set_waypoints(project, MAIN, {WIRE: ()}),
    ):
        assert not after.graph.bends
        check(after)
    assert annotate.set_waypoints(project, MAIN, {WIRE: project.graph.bends[WIRE]}) is project
    assert annotate.set_waypoints(project, MAIN, {Port("n9", "x"): [(0, 0)]}) is project


def test_a_bend_moves_with_its_two_cards_and_with_copies() -> None:
    project = edits.move(bent(), MAIN, {"n1": (10, 10), "n2": (250, 10), "n3": (480, 0)})
    assert project.graph.bends[WIRE] == ((110.0, 60.0), (150.0, -10.0))
    assert edits.move(project, MAIN, {"n1": (0, 0)}).graph.bends == project.graph.bends
    after, new = edits.duplicate(project, MAIN, ["n1", "n2"], (100, 0))
    assert after.graph.bends[Port(new[1], "x")] == ((210.0, 60.0), (250.0, -10.0))
    pasted, ids = edits.paste(chain(1), MAIN, edits.copy(project, MAIN, ["n1", "n2"]), (10, 10))
    assert pasted.graph.bends[Port(ids[1], "x")] == ((110.0, 60.0), (150.0, -10.0))
    check(pasted)


def test_too_many_bends_are_refused() -> None:
    with pytest.raises(ValueError, match="64 points"):
        annotate.set_waypoints(chain(3), MAIN, {WIRE: [(0, 0)] * 65})


def test_frames_and_notes() -> None:
    project, frame = annotate.add_annotation(chain(2), MAIN, "frame", (0, 0, 500, 200), "Stem", "blue")
    project, note = annotate.add_annotation(project, MAIN, "note", (0, 300, 1, 1), "# why\n*because*")
    assert (frame, note) == ("r1", "r2")
    assert project.graph.annotations[note].area == (0.0, 300.0, 48.0, 32.0)
    assert project_file.loads(project_file.dumps(project)) == project
    after = annotate.set_annotations(project, MAIN, [frame], text="Head", colour="red")
    after = annotate.place_annotations(after, MAIN, {frame: (8, 8, 100, 100), "r9": (0, 0, 1, 1)})
    assert after.graph.annotations[frame].text == "Head"
    assert diff(project.graph, after.graph).changed_annotations == (frame,)
    assert annotate.remove_annotations(after, MAIN, [frame, "r9"]).graph.annotations.keys() == {note}
    assert annotate.set_annotations(after, MAIN, [frame], text="Head") is after
    with pytest.raises(ValueError, match="known colours"):
        annotate.set_annotations(project, MAIN, [frame], colour="mauve")
    with pytest.raises(ValueError, match="characters"):
        annotate.set_annotations(project, MAIN, [note], text="x" * 200_000)


def test_bookmarks() -> None:
    project = annotate.set_bookmark(chain(1), MAIN, "1", (100.26, -40, 0.123456))
    assert project.graph.bookmarks == {"1": (100.5, -40.0, 0.1235)}
    assert project_file.loads(project_file.dumps(project)) == project
    assert not annotate.set_bookmark(project, MAIN, "1", None).graph.bookmarks
    with pytest.raises(ValueError, match="name"):
        annotate.set_bookmark(project, MAIN, " ", (0, 0, 1))


def test_modes() -> None:
    project = edits.set_node(chain(2), MAIN, ["n1"], mode="mute")
    assert project_file.loads(project_file.dumps(project)).graph.nodes["n1"].mode == "mute"
    with pytest.raises(ValueError, match="off"):
        edits.set_node(project, MAIN, ["n1"], mode="asleep")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("bends", '{"n9.x": [[0, 0]]}', "no wire ends there"),
        ("bends", '{"n2.x": []}', "1 to 64 points"),
        ("bends", '{"n2.x": [[0, "a"]]}', "2 numbers"),
        ("bends", '{"n2.x": [[0, 1e99]]}', "2 numbers"),
        ("remarks", "{}", "a list"),
        ("remarks", '[{"id": "n1"}]', "no id"),
        ("remarks", '[{"id": "r1"}, {"id": "r1"}]', "another annotation"),
        ("remarks", '[{"id": "r1", "kind": "video"}]', "one of frame, note"),
        ("remarks", '[{"id": "r1", "text": 3}]', "a text"),
        ("remarks", '[{"id": "r1", "area": [0, 0]}]', "4 numbers"),
        ("bookmarks", '{"1": [0, 0]}', "3 numbers"),
        ("bookmarks", "[]", "an object"),
    ],
)
def test_what_a_file_says_wrong_is_told(key: str, value: str, words: str) -> None:
    text = project_file.dumps(chain(2)).decode().replace('"wires"', f'"{key}": {value},\n    "wires"')
    with pytest.raises(FileError, match=words):
        project_file.loads(text.encode())


def test_folded_cards_and_the_direction_are_kept_in_the_file() -> None:
    project = edits.add_node(edits.add_node(Project(), MAIN, "relu", name="a"), MAIN, "relu", name="b")
    plain = project_file.dumps(project)
    after = annotate.set_direction(annotate.collapse(project, MAIN, ["n1", "n9"]), MAIN, "down")
    assert after.graph.nodes["n1"].collapsed
    assert not after.graph.nodes["n2"].collapsed
    assert project_file.loads(project_file.dumps(after)) == after
    assert diff(project.graph, after.graph).turned
    assert diff(project.graph, after.graph).changed == ("n1",)
    assert annotate.collapse(after, MAIN, ["n1"]) is after
    assert annotate.set_direction(after, MAIN, "down") is after
    back = annotate.set_direction(annotate.collapse(after, MAIN, ["n1"], False), MAIN, "right")
    assert project_file.dumps(back) == plain
    with pytest.raises(ValueError, match="right or down"):
        annotate.set_direction(project, MAIN, "up")


@pytest.mark.parametrize(("old", "new"), [('"relu"', '"relu", "folded": 1'), ('"nodes"', '"direction": "up", "nodes"')])
def test_a_wrong_fold_or_direction_is_refused(old: str, new: str) -> None:
    text = project_file.dumps(edits.add_node(Project(), MAIN, "relu", name="a")).decode().replace(old, new, 1)
    with pytest.raises(FileError, match=r"true or false|right, down"):
        project_file.loads(text.encode())


def test_a_waypoint_is_put_where_the_way_is_least_longer_and_taken_away() -> None:
    points = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (200.0, 100.0)]
    assert [annotate.new_waypoint(points, at) for at in ((50, 8), (108, 50), (150, 92))] == [0, 1, 2]
    project = annotate.toggle_waypoint(bent(), MAIN, WIRE, [(0, 0), (100, 50), (140, -20), (200, 0)], -1, (180, -16))
    assert project.graph.bends[WIRE] == ((100, 50), (140, -20), (180, -16))
    project = annotate.toggle_waypoint(project, MAIN, WIRE, [(0, 0), *project.graph.bends[WIRE], (200, 0)], 0, (0, 0))
    assert project.graph.bends[WIRE] == ((140, -20), (180, -16))
