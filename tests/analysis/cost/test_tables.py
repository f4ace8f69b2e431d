"""What is shown of a cost: its figures, and nothing of what there is none."""

from __future__ import annotations

import pytest

from visualnet.analysis import infer
from visualnet.analysis.cost.tables import (
    network_rows,
    node_rows,
    sheet_costs,
    statistics_rows,
    step_time_row,
    total_rows,
    whole_cost,
)
from visualnet.core.storage.project_file import load
from visualnet.data import registry
from visualnet.resources import resource


@pytest.fixture(scope="module")
def lenet():
    project = load(resource("templates", "lenet5.vnet"))
    return infer(project, fields=registry.fields(project.data))


def test_a_node_s_rows_leave_out_what_it_has_nothing_of(lenet) -> None:
    costs = {lenet.main.graph.nodes[i].name: cost for i, cost in sheet_costs(lenet, ()).items()}
    conv = {name: figure for name, figure, _ in node_rows(costs["conv1"], 64)}
    assert (conv["Trainable"], conv["MACs per sample"], conv["FLOPs per sample"]) == ("156", "117,600", "235,200")
    assert "Frozen" not in conv and "Running statistics" not in conv
    assert all("64 samples" in tip for name, _, tip in node_rows(costs["conv1"], 64) if name == "Output")
    assert sheet_costs(lenet, ("no such node",)) == {}


def test_a_network_s_rows_add_up(lenet) -> None:
    cost = whole_cost(lenet)
    names = [name for name, _, _ in network_rows(cost, "Adam")]
    assert names[0] == "Depth" and names[-2:] == ["In training, in all", "In use, at most"]
    assert dict((name, figure) for name, figure, _ in total_rows(lenet.main))["Parameters"] == "61,706"
    assert list(statistics_rows(lenet.main)) == []


def test_the_time_of_a_step_is_a_forecast_until_a_run_took_it() -> None:
    assert [
        step_time_row(seconds, taken, measuring)[1]
        for seconds, taken, measuring in (
            (None, None, False),
            (0.01, None, True),
            (0.01, None, False),
            (0.01, 0.02, False),
        )
    ] == ["not known yet", "measuring …", "about 10 ms", "10 ms, took 20 ms"]
    assert "−50 %" in step_time_row(0.01, 0.02, False)[2]
