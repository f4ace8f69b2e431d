"""Held against torchvision, where it is there: the same counts, the same shapes of state, and with the same weights the same answers.

Last run with torchvision 0.29.2 and torch 2.13.0 on the CPU (21 November 2026): all fourteen pass, thirteen of them with the same bits.
torchvision is no dependency; ``pip install --no-deps --target DIR torchvision`` and ``PYTHONPATH=DIR`` run it.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from visualnet.compiling.module import compile_project
from visualnet.core import edits, files
from visualnet.resources import resource


def _torchvision() -> Any:
    """torchvision's models. Beside the CPU build of torch it first wants to know the schemas of two functions without code."""
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        with contextlib.suppress(RuntimeError):  # it is known already
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _kept.append(library)
    return pytest.importorskip("torchvision.models")


_kept: list[Any] = []


def _without_last_rectifier(model: Any) -> None:
    """Ours leaves out the rectifier behind the last convolution: after it no class could be argued against."""
    model.classifier[2] = nn.Identity()


Change = Callable[[Any], None]
TWINS: dict[str, tuple[str, int, Change | None]] = {
    "vgg-a": ("vgg11", 224, None),
    "vgg-b": ("vgg13", 224, None),
    "vgg-d": ("vgg16", 224, None),
    "vgg-e": ("vgg19", 224, None),
    "resnet-18": ("resnet18", 96, None),
    "resnet-34": ("resnet34", 96, None),
    "resnet-50": ("resnet50", 96, None),
    "resnet-101": ("resnet101", 96, None),
    "resnet-152": ("resnet152", 96, None),
    "densenet-121": ("densenet121", 96, None),
    "squeezenet-1.1": ("squeezenet1_1", 96, _without_last_rectifier),
    "efficientnet-b0": ("efficientnet_b0", 96, None),
    "convnext-t": ("convnext_tiny", 96, None),
    "vit": ("vit_b_16", 224, None),
}
"""Ours, torchvision's, and the size of the images that both are shown: smaller than published where the network allows it."""


def _shape(name: str, tensor: Tensor) -> tuple[int, ...]:
    """ConvNeXt's dense layers are 1×1 convolutions here, and its factor for each channel is a convolution of each channel alone; what is
    added to every image of a batch has no axis for the batch."""
    shape = tuple(tensor.shape)
    if name == "class_token" or name.endswith("pos_embedding"):
        return shape[2:] if name == "class_token" else shape[1:]
    if name.endswith("layer_scale"):
        return (*shape, 1)
    if "features" in name and len(shape) == 2:
        return (*shape, 1, 1)
    return shape


def _copied(theirs: nn.Module, ours: nn.Module) -> None:
    """Their weights into ours: those of one shape in their order."""
    waiting: dict[tuple[int, ...], list[Tensor]] = defaultdict(list)
    for tensor in ours.state_dict().values():
        waiting[tuple(tensor.shape)].append(tensor)
    state = theirs.state_dict()
    # Ours are in the order of the calls: an image is cut into patches before the class token is put before them.
    for name in sorted(state, key=lambda n: 0 if n.startswith("conv_proj") else 1):
        tensor = state[name]
        found = waiting[_shape(name, tensor)]
        assert found, f"{name} {tuple(tensor.shape)} has no place"
        found.pop(0).copy_(tensor.reshape(_shape(name, tensor)))
    assert not any(waiting.values())


def _stirred(model: nn.Module) -> None:
    """What begins at 0, at 1 or next to nothing is drawn: all must have a part in the answer."""
    for name, tensor in model.state_dict().items():
        if name.endswith(("running_var", "layer_scale")) or (name.endswith("weight") and tensor.dim() == 1):
            tensor.uniform_(0.5, 1.5)
        elif tensor.is_floating_point() and not tensor.any():
            tensor.uniform_(-0.1, 0.1)


@pytest.mark.parametrize("name", TWINS)
@torch.no_grad()
def test_it_is_torchvisions_network(name: str) -> None:
    models = _torchvision()
    twin, size, change = TWINS[name]
    torch.manual_seed(0)
    theirs = getattr(models, twin)(weights=None)
    project = files.load(resource("templates", f"{name}.vnet"))
    ours = compile_project(edits.set_constants(project, {**project.constants, "size": size}), seed=1).net
    assert sum(p.numel() for p in ours.parameters()) == sum(p.numel() for p in theirs.parameters())
    if change is not None:
        change(theirs)
    _stirred(theirs)
    _copied(theirs, ours)
    image = torch.rand(2, 3, size, size)
    answer, wanted = ours.eval()(image), theirs.eval()(image)
    answer = next(iter(answer.values())) if isinstance(answer, dict) else answer
    assert wanted.std() > 0
    torch.testing.assert_close(answer, wanted, rtol=1e-4, atol=1e-5 * float(wanted.abs().max()))
    print(f"{name} and {twin}: {'the same to the bit' if torch.equal(answer, wanted) else 'the same'}")
