"""Where a run is trained, and why: small ones in the window, large ones and those on a GPU in a process, unless a person chose it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from tests.app.training_rig import small, template
from tests.training.nets import Row, chain
from visualnet.analysis import Analysis, infer
from visualnet.app.services.run import training_places
from visualnet.app.services.run.training_places import LARGE, PLACES, TrainingPlaces
from visualnet.app.state.frame_settings import TRAIN_IN
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import DARK
from visualnet.core.document import Document
from visualnet.core.project import DataChoice, Project, Recipe
from visualnet.core.user.settings import Settings
from visualnet.training import devices


@pytest.fixture
def places(qtbot: QtBot) -> Iterator[TrainingPlaces]:
    """Those of a window that shows a small network, and of a person who has chosen nothing yet."""
    studio = Studio(Document(small(device="cpu")), DARK)
    made = TrainingPlaces(studio, Settings(), studio)
    yield made
    made.close()


@pytest.fixture
def torch_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the window has imported torch in the background."""
    monkeypatch.setattr(training_places, "torch_is_ready", lambda: True)


def on(device: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A machine on which every wish leads to this device; the wishes that were asked about."""
    asked: list[str] = []

    def device_of(wish: str) -> Any:
        asked.append(wish)
        return device

    monkeypatch.setattr(devices, "device_of", device_of)
    return asked


def analysed(project: Project) -> tuple[Project, Analysis]:
    return project, infer(project)


def of_parameters(count: int, device: str = "cpu") -> tuple[Project, Analysis]:
    """2 → width → 1 without biases: three parameters for each of the width, and this number of them in all."""
    width, rest = divmod(count, 3)
    assert rest == 0
    rows: list[Row] = [("linear", {"out_features": n, "bias": False}) for n in (width, 1)]
    data, recipe = DataChoice(name="points", options={"n": 100}), Recipe(device=device)
    source = ("input", {"field": "point", "size": (2,)})
    project, analysis = analysed(chain(rows, data, recipe, source, ("target", {}), "bce_with_logits"))
    assert analysis.main.parameters == count
    return project, analysis


def test_where_nothing_is_chosen_a_small_network_on_the_cpu_trains_in_the_window(
    places: TrainingPlaces, torch_is_there: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    on("cpu", monkeypatch)
    assert places.wish == "auto"
    for project in (small(), template("lenet5"), template("mlp-mnist")):
        assert places.place(*analysed(project)) == ("window", "it is small")


def test_a_network_counts_as_large_from_two_million_parameters_on(places: TrainingPlaces) -> None:
    assert LARGE == 2_000_000
    assert places.place(*of_parameters(LARGE - 2)) == ("window", "it is small")
    assert places.place(*of_parameters(LARGE + 1)) == ("process", "it is large: 2,000,001 parameters")
    assert places.place(*analysed(template("alexnet", device="cpu"))) == (
        "process",
        "it is large: 62,378,344 parameters",
    )


def test_just_so_many_parameters_are_large(places: TrainingPlaces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_places, "LARGE", 300)
    assert places.place(*of_parameters(300))[0] == "process"
    assert places.place(*of_parameters(297))[0] == "window"


@pytest.mark.parametrize("device", ["cuda", "cuda:1", "mps"])
def test_what_is_trained_on_a_gpu_gets_a_process_and_the_words_name_it(
    device: str, places: TrainingPlaces, torch_is_there: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = on(device, monkeypatch)
    assert places.place(*analysed(small(device="auto"))) == ("process", f"it trains on {device}")
    assert places.place(*analysed(small(device=device))) == ("process", f"it trains on {device}")
    assert places.place(*of_parameters(LARGE + 1, "auto")) == ("process", f"it trains on {device}")
    assert asked == ["auto", device, "auto"]


def test_who_wishes_the_cpu_is_not_sent_to_a_gpu(
    places: TrainingPlaces, torch_is_there: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = on("cuda", monkeypatch)
    assert places.place(*analysed(small(device="cpu"))) == ("window", "it is small")
    assert asked == []


def test_a_device_that_is_not_there_is_no_gpu(places: TrainingPlaces, torch_is_there: None) -> None:
    """The training says so in words; where it runs until then is decided by its size."""
    assert places.place(*analysed(small(device="nowhere"))) == ("window", "it is small")


def test_before_torch_is_imported_nobody_asks_for_a_gpu(
    places: TrainingPlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = on("cuda", monkeypatch)
    monkeypatch.setattr(training_places, "torch_is_ready", lambda: False)
    assert places.place(*analysed(small(device="auto"))) == ("window", "it is small")
    assert asked == []


def test_to_choose_a_place_imports_no_torch() -> None:
    words = (
        "import sys; from visualnet.app.services.run import training_places as t; "
        "sys.exit(bool(t._gpu('auto') or 'torch' in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", words], check=False, timeout=60).returncode == 0


def test_what_a_person_has_chosen_counts_before_size_and_device(
    places: TrainingPlaces, torch_is_there: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    on("cuda", monkeypatch)
    tiny, huge = analysed(small(device="cpu")), of_parameters(LARGE + 1, "auto")
    places._settings[TRAIN_IN] = "window"
    assert places.place(*tiny) == places.place(*huge) == ("window", "as chosen")
    places._settings[TRAIN_IN] = "process"
    assert places.place(*tiny) == places.place(*huge) == ("process", "as chosen")


@pytest.mark.parametrize("kept", ["", "elsewhere", "Auto", 3, None, ["process"]])
def test_a_choice_that_is_not_known_counts_as_none(kept: object, places: TrainingPlaces) -> None:
    """Of a newer version, or written by hand: the file of the settings may hold anything."""
    places._settings.data[TRAIN_IN.key] = kept
    assert places.wish == "auto"
    assert places.place(*of_parameters(300)) == ("window", "it is small")
    assert places.place(*of_parameters(LARGE + 1))[0] == "process"


def test_each_choice_is_kept_for_the_next_start(places: TrainingPlaces, tmp_path: Path) -> None:
    for wish in PLACES:
        places.choose(wish)
        assert places.wish == wish
        assert Settings(places._settings.path)[TRAIN_IN] == wish


def test_a_process_is_made_ready_only_where_the_next_run_needs_one(
    places: TrainingPlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    places.warm_up()
    assert not places._warming.isActive(), "a small network trains in the window"
    project, _ = of_parameters(LARGE + 1)
    places._studio.open(Document(replace(project, name="large")))
    places.warm_up()
    assert places._warming.isActive()
    places._warming.stop()
    places.choose("window")
    assert not places._warming.isActive()
    places.choose("process")
    assert places._warming.isActive()
