"""A template and its twin, with the same weights, shown the same inputs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from visualnet.analysis import infer
from visualnet.compiling.module import Model, compile_project
from visualnet.core import edits
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.resources import resource

Sizes = Mapping[str, int | float]
State = Callable[[nn.Module], Iterator[tuple[str, Tensor]]]
TOLERANCE = 1e-5
"""How far an answer may be off, measured by the largest number in the twin's answer (the promise of the program)."""


def own_state(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """The twin's tensors as they are."""
    yield from module.state_dict().items()


class Twin(NamedTuple):
    """One template's twin. ``make`` is given the template's constants; ``sizes`` are those constants that make both quick to compare.
    ``state`` gives the twin's tensors shaped as ours are.
    """

    template: str
    source: str
    make: Callable[[Sizes], nn.Module]
    sizes: Sizes = {}
    state: State = own_state


class Compared(NamedTuple):
    """How far apart two answers are: the greatest difference over the largest number, and whether all bits are the same."""

    difference: float
    same_bits: bool
    parameters: int


def opened(name: str, sizes: Sizes | None = None) -> Project:
    """A shipped template with some of its constants changed."""
    project = project_file.load(resource("templates", f"{name}.vnet"))
    return edits.set_constants(project, {**project.constants, **sizes}) if sizes else project


@torch.no_grad()
def compare(twin: Twin, sizes: Sizes | None = None, project: Project | None = None) -> Compared:
    """Both networks' answers to two samples, with the twin's weights in both.

    Raises:
        AssertionError: parameters or tensors differ in number or shape, or the answer hardly depends on what is shown.
    """
    project = project or opened(twin.template, twin.sizes if sizes is None else sizes)
    torch.manual_seed(0)
    theirs = twin.make(project.constants)
    model = compile_project(project, seed=1)
    ours = model.net
    count = sum(p.numel() for p in ours.parameters())
    assert count == sum(p.numel() for p in theirs.parameters()), twin
    stir(theirs)
    copy(twin.state(theirs), ours)
    shown = inputs(model)
    answers, wanted = results(ours.eval()(*shown)), results(theirs.eval()(*shown))
    assert [a.shape for a in answers] == [w.shape for w in wanted], twin
    for w in wanted:
        # Where both samples get nearly the same answer, little of the network has been tried.
        assert (w[0] - w[1]).abs().max() > 1e-3 * w.abs().max(), twin
    pairs = list(zip(answers, wanted, strict=True))
    off = max(float((a - w).abs().max() / w.abs().max()) for a, w in pairs)
    return Compared(off, all(torch.equal(a, w) for a, w in pairs), count)


def results(answer: Any) -> list[Tensor]:
    """One answer or several as a list."""
    return (
        list(answer.values()) if isinstance(answer, dict) else [answer] if isinstance(answer, Tensor) else list(answer)
    )


def inputs(model: Model) -> list[Tensor]:
    """Two samples for each input of the network, in order: normal numbers, or whole ones that every table of words has."""
    facts = {f.node.name: f for f in infer(model.project).main.sinks("input")}
    found = []
    for name in model.inputs:
        spec = next(iter(facts[name].leaving.values()))
        size = (2, *map(int, spec.shape))
        # A single whole number is another one for each sample, lest both be the same.
        whole = torch.randint(0, 2, size) if spec.shape else torch.arange(2)
        found.append(whole if spec.dtype == "int" else torch.randn(size))
    return found


def copy(state: Iterator[tuple[str, Tensor]], ours: nn.Module) -> None:
    """The twin's tensors into ours: those of one shape in their order.

    A wrong order puts weights into wrong places, and the answers differ; it cannot make different networks look equal.
    """
    waiting: dict[tuple[int, ...], list[Tensor]] = defaultdict(list)
    seen: set[int] = set()
    for tensor in ours.state_dict().values():
        if tensor.data_ptr() not in seen or not tensor.numel():
            seen.add(tensor.data_ptr())
            waiting[tuple(tensor.shape)].append(tensor)
    for name, tensor in state:
        places = waiting[tuple(tensor.shape)]
        assert places, f"{name} {tuple(tensor.shape)} has no place"
        places.pop(0).copy_(tensor)
    assert not any(waiting.values()), {shape: len(left) for shape, left in waiting.items() if left}


def stir(model: nn.Module) -> None:
    """Draw every tensor anew, so that all have a part in the answer: nothing stays 0 or 1, nothing fades on its way through many layers."""
    for name, tensor in model.state_dict().items():
        last = name.rpartition(".")[2]
        if not tensor.is_floating_point() or last == "table":
            continue
        if tensor.dim() >= 2 and "layer_scale" not in last:
            gain = 1.0 if "_hh" in last or tensor.shape[0] == 1 else 2.0
            tensor.normal_(0, (gain * tensor.shape[0] / tensor.numel()) ** 0.5)
        elif last == "running_var" or "layer_scale" in last or (last == "weight" and tensor.dim() == 1):
            tensor.uniform_(0.5, 1.5)
        else:
            tensor.uniform_(-0.1, 0.1)
