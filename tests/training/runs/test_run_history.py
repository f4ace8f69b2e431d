"""The history of runs that travels with a project."""

from __future__ import annotations

from msgspec.structs import replace

from tests.training.nets import small
from visualnet.core.edits import set_recipe
from visualnet.core.project import RunRef
from visualnet.core.storage.paths import runs_dir
from visualnet.training.runs import run_history as history
from visualnet.training.runs.run_model import RunModel


def test_a_folder_is_only_followed_by_its_plain_name() -> None:
    for name in ("../..", "/etc", "a/b", "..", "C:\\x", ""):
        assert history.folder_of(RunRef(id="x", folder=name)) is None


def test_history_edits() -> None:
    project = replace(small(), runs=(RunRef(id="a", started="2026-11-21T03:12:00"), RunRef(id="b")))
    named = history.rename("a", "with dropout")(project)
    assert history.title(named.runs[0]) == "with dropout"
    assert history.title(history.rename("a", "")(named).runs[0]) == "21 Nov 03:12"
    assert [run.id for run in history.remove("a")(named).runs] == ["b"]
    assert history.remove("zzz")(project) is project


def test_the_chosen_run_is_gone_on_with_or_else_the_last_and_only_where_it_can_be() -> None:
    a, b = (RunRef(id=name, folder=name, state="stopped", epochs=1) for name in "ab")
    project = replace(small(epochs=3), runs=(a, b))
    assert history.find_resumable(project, None) is None, "nothing of them is on this machine"
    for run in (a, b):
        last = runs_dir() / run.folder / "last"
        last.mkdir(parents=True)
        (last / "state.json").write_text("{}")
    assert history.find_resumable(project, None) == b
    assert history.find_resumable(project, a) == a
    assert history.find_resumable(project, RunRef(id="gone")) == b
    done = replace(project, runs=(replace(a, state="done", epochs=3),))
    assert history.find_resumable(done, None) is None
    assert history.find_resumable(set_recipe(done, epochs=4), None) == done.runs[0], "the recipe asks for more"
    assert history.find_newest(project) == b and history.find_newest(small()) is None


def test_a_run_that_told_nothing_was_stopped_once_it_ends() -> None:
    run = RunRef(id="a", state="running")
    assert history.update(run, None, True).state == "running"
    assert history.update(run, None, False).state == history.update(run, RunModel("a"), False).state == "stopped"


def test_runs_of_one_minute_are_told_apart_and_named_by_what_differs() -> None:
    def run(key: str, second: int, lr: float, **extra: str) -> RunRef:
        return RunRef(id=key, started=f"2026-11-21T03:12:{second:02}", summary={"lr": lr}, extra=extra)

    runs = (run("a", 5, 0.1), run("b", 41, 0.01), run("c", 41, 0.01), RunRef(id="d", started="2026-11-21T04:00:00"))
    names = history.titles(runs)
    assert names == {"a": "21 Nov 03:12:05", "b": "21 Nov 03:12:41", "c": "21 Nov 03:12:41 (2)", "d": "21 Nov 04:00:00"}
    assert list(history.titles(runs[2:]).values()) == ["21 Nov 03:12", "21 Nov 04:00"], (
        "no seconds where none are needed"
    )
    told = history.contrast(runs[:2], runs)
    assert told == {"a": "21 Nov 03:12:05, lr 0.1", "b": "21 Nov 03:12:41, lr 0.01"}
    assert history.contrast(runs[1:3], runs)["b"] == names["b"], "nothing differs"
    assert history.short_names(runs[:2], runs) == {"a": "lr 0.1", "b": "lr 0.01"}
    three = history.short_names(runs[:3], runs)
    assert three == {"a": "lr 0.1", "b": "21 Nov 03:12:41, lr 0.01", "c": "21 Nov 03:12:41 (2), lr 0.01"}
    assert history.short_names([runs[0], run("e", 3, 1.0, name="mine")], runs) == {"a": "lr 0.1", "e": "mine"}
    twins = (run("a", 1, 1.0, name="mine", optimizer="SGD"), run("b", 2, 1.0, name="mine", optimizer="Adam"))
    assert list(history.contrast(twins, twins).values()) == ["mine, SGD", "mine (2), Adam"]
