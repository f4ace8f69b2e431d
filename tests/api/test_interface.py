"""The Python interface: ``load``, ``summary``, ``compile``."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import networkx
import pytest
import torch

import visualnet
from visualnet.core import edits
from visualnet.core.errors import FileError
from visualnet.core.graph import Port
from visualnet.core.project import Project
from visualnet.resources import resource

LENET = resource("templates", "lenet5.vnet")


def test_a_file_becomes_a_network_that_torch_trains() -> None:
    project = visualnet.load(LENET)
    assert visualnet.summary(project)["totals"]["parameters"] == 61_706
    model = visualnet.compile(project, seed=0)
    assert sum(p.numel() for p in model.net.parameters()) == 61_706
    assert model.net(torch.rand(2, 1, 28, 28)).shape == (2, 10)
    loss = model.objective(image=torch.rand(2, 1, 28, 28), label=torch.tensor([3, 7]))["loss"]
    loss.backward()
    assert all(p.grad is not None for p in model.net.parameters())


def test_the_interface_is_what_it_was() -> None:
    assert set(visualnet.EVENTS) == {
        *("Started", "Compiling", "Steps", "Progress", "EpochDone", "ProbeReport", "Paused", "Resumed"),
        *("Changed", "NetworkChanged", "CheckpointSaved", "Memory", "Trouble", "Finished", "Failed"),
    }
    errors = {"BadCheckpoint", "FileError", "GraphError", "LayerError", "NoTorch", "TrainingError"}
    called = set(visualnet.__all__) - set(visualnet.EVENTS) - errors
    told = {name: str(inspect.signature(getattr(visualnet, name))) for name in called}
    assert told == {
        "Graph": "(name: 'str' = 'network', *, project: 'Project | None' = None) -> 'None'",
        "compile": "(project: 'Project', *, device: 'Any' = 'cpu', seed: 'int | None' = None) -> 'Model'",
        "cross_validate": "(network: 'Project | Graph', data: 'Dataset | Mapping[str, ArrayLike] | None' = None, *, folds: 'int' = 5, "
        "**recipe: 'Unpack[RecipeSettings]') -> 'CrossValidation'",
        "load": "(path: 'str | os.PathLike[str]') -> 'Project'",
        "load_capsule": "(path: 'str | os.PathLike[str]', folder: 'str | os.PathLike[str] | None' = None) -> 'Capsule'",
        "load_run": "(folder: 'str | os.PathLike[str]') -> 'Run'",
        "predict": "(model: 'Model', *inputs: 'Tensor | ArrayLike', mean: 'Arrays | None' = None, std: 'Arrays | None' = None) "
        "-> 'Tensor | dict[str, Tensor]'",
        "summary": "(project: 'Project | Graph') -> 'Summary'",
        "train": "(network: 'Project | Graph', data: 'Dataset | Mapping[str, ArrayLike] | None' = None, *, folder: "
        "'str | os.PathLike[str] | None' = None, resume: 'bool' = False, serve: 'bool' = False, "
        "**recipe: 'Unpack[RecipeSettings]') -> 'Training'",
        "to_networkx": "(project: 'Project', sheet: 'str' = '') -> 'networkx.MultiDiGraph'",
    }


def test_a_sheet_is_a_graph_of_networkx() -> None:
    project = visualnet.load(LENET)
    graph = visualnet.to_networkx(project)
    assert isinstance(graph, networkx.MultiDiGraph) and networkx.is_directed_acyclic_graph(graph)
    assert list(graph) == list(project.graph.nodes)
    assert len(graph.edges) == len(project.graph.wires)
    named = {data["name"]: data for _, data in graph.nodes(data=True)}
    assert [named[n]["kind"] for n in ("image", "conv1")] == ["input", "conv2d"]
    assert (named["image"]["shape"], named["conv1"]["shape"]) == ((1, 28, 28), (6, 28, 28))
    source = next(i for i, data in graph.nodes(data=True) if data["name"] == "image")
    ((_, _, ports),) = [e for e in graph.edges(data=True) if e[0] == source and graph.nodes[e[1]]["name"] == "conv1"]
    assert ports == {"source_port": "x", "target_port": "image"}
    with pytest.raises(ValueError, match="no block “Nowhere”"):
        visualnet.to_networkx(project, "Nowhere")


def test_two_wires_between_two_nodes_are_two_edges_and_blocks_have_graphs_of_their_own() -> None:
    project = visualnet.load(resource("templates", "resnet-18.vnet"))
    block = next(iter(project.blocks))
    inner = visualnet.to_networkx(project, block)
    assert len(inner.edges) == len(project.blocks[block].graph.wires)
    assert all(data["shape"] for _, data in inner.nodes(data=True) if data["kind"] != "output")
    doubled = edits.add_node(edits.add_node(Project(), "", "input"), "", "add")
    for port in ("x1", "x2"):
        doubled = edits.connect(doubled, "", Port("n1", "x"), Port("n2", port))
    assert len(visualnet.to_networkx(doubled).edges) == 2


def test_faults_are_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"nothing\.vnet"):
        visualnet.load(tmp_path / "nothing.vnet")
    with pytest.raises(visualnet.GraphError):
        visualnet.compile(Project())


def test_importing_the_package_loads_next_to_nothing() -> None:
    code = "import sys, visualnet; print([m for m in ('torch', 'PySide6', 'msgspec', 'numpy', 'networkx') if m in sys.modules])"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(__file__).parent.parent.parent,
    )
    assert ended.stdout == "[]\n"
