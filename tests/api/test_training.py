"""Training from Python: events as they come, own data, runs that are found again, predictions as in the training."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import visualnet as vn
from tests.training.by_hand import tiny
from visualnet.api.training import TrainingError
from visualnet.resources import resource
from visualnet.training.events import Changed, EpochDone, Finished, Started
from visualnet.training.process import address
from visualnet.training.process.follow import Follower
from visualnet.training.process.remote_control import RemoteControl
from visualnet.training.runs.run_model import create_run


class Squares:
    """Points in the plane; the class is the quadrant's sign. Map-style, as torch has them."""

    def __init__(self, size: int = 240) -> None:
        self.x = torch.rand(size, 2, generator=torch.Generator().manual_seed(0)) * 20 + 5

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.x[index], int(self.x[index].sum() > 30)


def classifier() -> vn.Graph:
    net = vn.Graph("squares")
    x = net.input(2, field="point")
    logits = net.linear(net.relu(net.linear(x, 16)), 2, name="logits")
    label = net.target()
    net.output(logits)
    net.cross_entropy(logits, label)
    net.accuracy(logits, label)
    return net.set(epochs=30, lr=0.05, batch_size=24, optimizer="Adam", device="cpu")


def test_own_data_train_and_the_events_tell_how_it_goes() -> None:
    training = vn.train(classifier(), Squares())
    events = list(training)
    assert isinstance(events[0], Started) and isinstance(events[-1], Finished)
    epochs = [e for e in events if isinstance(e, EpochDone)]
    assert len(epochs) == 30
    assert epochs[-1].validation["accuracy"] > 0.9
    assert len(training.data.train) == 192 and training.data.classes == ("0", "1")


def test_predictions_are_normalised_as_in_the_training(tmp_path: Path) -> None:
    data = Squares()
    training = vn.train(classifier(), data, folder=tmp_path / "run").finish()
    points = data.x[:40]
    wanted = torch.tensor([data[i][1] for i in range(40)])
    assert (training.predict(points).argmax(1) == wanted).float().mean() > 0.9
    run = vn.load_run(tmp_path / "run")
    assert (run.predict(points.numpy()).argmax(1) == wanted).float().mean() > 0.9
    assert run.curves.finished is not None and run.project.name == "squares"
    mean = points.mean(0)  # an input that is not normalised would be judged otherwise
    assert not torch.equal(run.predict(points), vn.predict(run.model(), points)), mean


def test_leaving_the_loop_ends_the_training() -> None:
    before = threading.active_count()
    for event in vn.train(classifier(), Squares(), epochs=10_000):
        if isinstance(event, EpochDone):
            break
    assert threading.active_count() == before


def test_settings_are_changed_while_it_trains() -> None:
    training, told = vn.train(classifier(), Squares(), epochs=100_000), list[Changed]()
    for event in training:
        if isinstance(event, EpochDone) and event.epoch == 1:
            training.change(lr=0.001, batch_size=48)
            training.change(node="logits", trainable=False)
            with pytest.raises(ValueError, match="has no node “nobody”; it has input, linear, "):
                training.change(node="nobody", trainable=False)
            with pytest.raises(ValueError, match="lr is nan; a number is wanted"):
                training.change(lr=float("nan"))
        if isinstance(event, Changed):
            told.append(event)
        changed = {one.name: one.after for event in told for one in event.changes}
        if len(changed) == 3 and isinstance(event, EpochDone):
            break
    assert changed == {"lr": 0.001, "batch_size": 48, "trainable": False}
    assert training.run.lr.last is not None and training.run.lr.last[1] == 0.001
    with pytest.raises(ValueError, match="the run is over"):
        training.change(lr=0.1)


def test_a_template_trains_on_the_data_that_comes_along() -> None:
    project = vn.load(resource("templates", "perceptron.vnet"))
    last = [e for e in vn.train(project, epochs=2) if isinstance(e, EpochDone)][-1]
    assert last.epoch == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"label": np.zeros(10)}, "no field “point”"),
        ({"point": np.zeros((10, 2)), "label": np.zeros(9)}, r"\[9, 10\] samples"),
        ([], "empty"),
        ([(np.zeros(2),)], "has 1 parts; the network reads 2: point, label"),
        ([(np.zeros(2), 0), (np.zeros(3), 0)], "differ in size"),
    ],
)
def test_data_that_do_not_fit_are_refused_in_words(data: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        vn.train(classifier(), data)


def test_a_training_that_fails_raises_what_the_window_would_say() -> None:
    net = classifier()
    data = {"point": np.zeros((30, 2)), "label": np.arange(30) % 5}
    with pytest.raises(TrainingError, match="class"):
        vn.train(net, data).finish()


def test_a_served_training_is_followed_and_stopped_from_elsewhere(tmp_path: Path) -> None:
    heard: list[object] = []
    control, follower = RemoteControl(), list[threading.Thread]()
    training = vn.train(tiny(epochs=100_000), folder=tmp_path / "run", serve=True)
    for event in training:
        if isinstance(event, Started):
            watch = Follower(tmp_path / "run", control, heard.append)
            follower.append(threading.Thread(target=watch.run))
            follower[0].start()
        if any(isinstance(one, EpochDone) for one in heard):
            control.stop()  # the loop here goes on: it is the other side that ends the run
    follower[0].join()
    assert training.run.state == "stopped"
    assert any(isinstance(event, Finished) for event in heard)
    assert not address.is_running(tmp_path / "run")
    assert not (tmp_path / "run" / address.FILE).exists()


def test_what_cannot_be_served_is_refused_before_it_begins(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="by its folder: name one"):
        vn.train(tiny(), serve=True)
    held = address.acquire_lock(create_run(tiny(), tmp_path / "run"))
    assert held is not None
    with pytest.raises(ValueError, match="another process trains in"):
        vn.train(tiny(), folder=tmp_path / "run", resume=True, serve=True)
    held.close()
