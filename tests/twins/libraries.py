"""The same networks in torchvision, timm and transformers, where these are installed (``pip install visualnet[twins]``).

None of them is a dependency. Beside a build of torch that none of them was made for, ``pip install --no-deps --target DIR`` and
``PYTHONPATH=DIR`` are enough.
"""

from __future__ import annotations

import contextlib
import importlib
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from tests.twins.comparing import Sizes


@cache
def library(name: str) -> Any:
    """The module.

    Raises:
        ImportError: it is not installed, or it cannot be used with this torch.
    """
    if name != "transformers":
        _declare_schemas()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs, not ours
        return importlib.import_module(name)


@cache
def _declare_schemas() -> Any:
    """Beside the CPU build of torch torchvision first wants to know the schemas of two functions without code."""
    declared = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        with contextlib.suppress(RuntimeError):  # it is known already
            declared.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return declared


def torchvision(name: str) -> Callable[[Sizes], nn.Module]:
    def make(c: Sizes) -> nn.Module:
        made: nn.Module = getattr(library("torchvision.models"), name)(weights=None)
        return made

    return make


def timm(name: str, **options: Any) -> Callable[[Sizes], nn.Module]:
    def make(c: Sizes) -> nn.Module:
        made: nn.Module = library("timm").create_model(name, pretrained=False, **options)
        return made

    return make


class Bert(nn.Module):
    """transformers' BertModel; the words are scored with its own table."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        known = library("transformers")
        config = known.BertConfig(
            vocab_size=int(c["words"]),
            hidden_size=int(c["width"]),
            num_hidden_layers=int(c["layers"]),
            num_attention_heads=int(c["heads"]),
            intermediate_size=4 * int(c["width"]),
            max_position_embeddings=int(c["context"]),
        )
        self.model = known.BertModel(config)

    def forward(self, text: Tensor, segment: Tensor) -> tuple[Tensor, Tensor]:
        told = self.model(input_ids=text, token_type_ids=segment)
        scores = F.linear(told.last_hidden_state, self.model.embeddings.word_embeddings.weight)
        return told.pooler_output, scores.transpose(1, 2)


class Gpt(nn.Module):
    """transformers' GPT2LMHeadModel."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        known = library("transformers")
        config = known.GPT2Config(
            vocab_size=int(c["words"]),
            n_embd=int(c["width"]),
            n_layer=int(c["layers"]),
            n_head=int(c["heads"]),
            n_positions=int(c["context"]),
        )
        self.model = known.GPT2LMHeadModel(config)

    def forward(self, text: Tensor) -> Tensor:
        scores: Tensor = self.model(input_ids=text).logits
        return scores.transpose(1, 2)


# --- their tensors, shaped as ours are ---------------------------------------------------------------------------------------------------


def convnext_state(theirs: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """ConvNeXt's dense layers are 1×1 convolutions here, and its factor for each channel is a convolution of each channel alone."""
    for name, tensor in theirs.state_dict().items():
        if name.endswith("layer_scale"):
            tensor = tensor.unsqueeze(3)
        elif "features" in name and tensor.dim() == 2:
            tensor = tensor[..., None, None]
        yield name, tensor


def vit_state(theirs: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """What is added to every image of a batch has no axis for the batch here, and patches are cut before the token is put before them."""
    state = theirs.state_dict()
    for name in sorted(state, key=lambda n: not n.startswith(("conv_proj", "patch_embed"))):
        tensor = state[name]
        if name in ("class_token", "cls_token"):
            tensor = tensor[0, 0]
        elif name.endswith(("pos_embedding", "pos_embed")):
            tensor = tensor[0]
        yield name, tensor


def bert_state(theirs: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Query, key and value are one matrix here."""
    state = theirs.state_dict()
    for name, tensor in state.items():
        if ".query." in name:
            yield name, torch.cat([state[name.replace("query", part)] for part in ("query", "key", "value")])
        elif not name.endswith(("position_ids", "token_type_ids")) and ".key." not in name and ".value." not in name:
            yield name, tensor


def gpt_state(theirs: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Its matrices are turned (``Conv1D``), and its head is the table once more."""
    for name, tensor in theirs.state_dict().items():
        if not name.endswith("lm_head.weight"):
            turned = tensor.dim() == 2 and name.rpartition(".")[0].endswith(("c_attn", "c_proj", "c_fc"))
            yield name, tensor.T if turned else tensor
