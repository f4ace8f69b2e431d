"""The Python interface: ``load``, ``summary``, ``compile``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

import visualnet
from visualnet.compiling import GraphError
from visualnet.core.errors import FileError
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


def test_faults_are_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"nothing\.vnet"):
        visualnet.load(tmp_path / "nothing.vnet")
    with pytest.raises(GraphError):
        visualnet.compile(Project())


def test_importing_the_package_loads_next_to_nothing() -> None:
    code = "import sys, visualnet; print([m for m in ('torch', 'PySide6', 'msgspec', 'numpy') if m in sys.modules])"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=Path(__file__).parent.parent
    )
    assert ended.stdout == "[]\n"
