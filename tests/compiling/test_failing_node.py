from __future__ import annotations

import pytest
import torch

from tests.compiling.test_module import convolutional
from visualnet.compiling.module import Model, compile_project


@pytest.fixture
def model() -> Model:
    return compile_project(convolutional(stage={"repeat": 2}), seed=0)


def batch(size: int = 8) -> dict[str, torch.Tensor]:
    return {"image": torch.rand(2, 1, size, size), "label": torch.tensor([0, 1])}


def caught(model: Model, fields: dict[str, torch.Tensor]) -> BaseException:
    with pytest.raises(Exception) as info:  # noqa: PT011
        model.objective(**fields)
    return info.value


def test_a_traceback_tells_the_node_without_another_run(model: Model) -> None:
    assert model.guilty(caught(model, batch(9)), {}) == (
        ("n5",),
        "“fc” (Linear) failed: mat1 and mat2 shapes cannot be multiplied (2x147 and 108x5)",
    )


def test_an_error_inside_a_block_is_told_by_its_path(model: Model) -> None:
    model.net.stage[1].conv.weight.data = torch.rand(3, 2, 3, 3)
    found = model.guilty(caught(model, batch()), {})
    assert found is not None
    assert found[0] == ("n3", "n2")
    assert found[1].startswith("“stage › conv” (Conv2d) failed: ")


def test_labels_outside_the_classes_are_told_at_the_loss(model: Model) -> None:
    fields = {**batch(), "label": torch.tensor([0, 9])}
    path, words = model.guilty(caught(model, fields), fields) or ((), "")
    assert path == ("n8",)
    assert "Target 9 is out of bounds" in words


def test_an_error_without_a_place_is_found_by_replay(model: Model) -> None:
    path, words = model.guilty(RuntimeError("somewhere"), batch(9)) or ((), "")
    assert path == ("n5",)
    assert "failed" in words


def test_the_first_number_that_is_not_finite_is_found(model: Model) -> None:
    assert model.guilty(None, batch()) is None
    with torch.no_grad():
        model.net.stage[1].conv.weight[0, 0, 0, 0] = float("nan")
    path, words = model.guilty(None, batch()) or ((), "")
    assert path == ("n3", "n2")
    assert "its weight already holds 1 NaN of 81 numbers" in words


def test_bad_data_is_told_at_the_input(model: Model) -> None:
    fields = batch()
    fields["image"][0, 0, 0, 0] = float("inf")
    assert model.guilty(None, fields) == (("n1",), "“image” (Input) gives 1 infinite of 128 numbers")


def test_a_replay_leaves_running_statistics_alone() -> None:
    from tests.graphs import graph
    from visualnet.core.project import Project

    nodes = [("x", "input", {"size": (2, 4, 4)}), ("bn", "batch_norm2d", {}), ("out", "output", {})]
    model = compile_project(Project(graph=graph(nodes, ["x.x -> bn.image", "bn.features -> out.x"])))
    before = {key: value.clone() for key, value in model.net.state_dict().items()}
    assert model.guilty(None, {"image": torch.rand(4, 2, 4, 4)}) is None
    assert all(torch.equal(before[key], value) for key, value in model.net.state_dict().items())
