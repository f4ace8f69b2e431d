"""Modules that torch lacks. Each is whole in itself: the class's source is printed into exported files that use it."""

from __future__ import annotations

import math
from types import MethodType

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


class Chain(nn.Sequential):
    """Modules behind one another: what one gives is the first input of the next; the other inputs are the same for each."""

    def forward(self, x: Tensor, *same: Tensor | None) -> Tensor:
        for module in self:
            x = module(x, *same)
        return x


def fix_statistics(module: nn.Module) -> None:
    """Have every normalization in the module use its running statistics and not move them, also while training."""
    for part in module.modules():
        if getattr(part, "running_mean", None) is not None:
            part.eval()
            part.__dict__["train"] = MethodType(keep_training_mode, part)


def keep_training_mode(module: nn.Module, mode: bool = True) -> nn.Module:
    """In place of ``train``: nothing is switched."""
    return module


class LearnedPositions(nn.Module):
    """Add a learned vector to each place of a sequence: x_BTD + weight[:T]."""

    def __init__(self, max_length: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(max_length, features))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, x_BTD: Tensor) -> Tensor:
        return x_BTD + self.weight[: x_BTD.shape[1]]


class SinusoidalPositions(nn.Module):
    """Add sines and cosines of falling frequency to each place of a sequence. Nothing is learned, nothing is saved."""

    table: Tensor

    def __init__(self, max_length: int, features: int) -> None:
        super().__init__()
        places = torch.arange(max_length, dtype=torch.float32).unsqueeze(1)
        pairs = torch.arange(0, features, 2, dtype=torch.float32)
        angles = places * torch.exp(pairs * (-math.log(10_000.0) / features))
        table = torch.zeros(max_length, features)
        table[:, 0::2] = angles.sin()
        table[:, 1::2] = angles[:, : features // 2].cos()
        self.register_buffer("table", table, persistent=False)

    def forward(self, x_BTD: Tensor) -> Tensor:
        return x_BTD + self.table[: x_BTD.shape[1]]


class ClassToken(nn.Module):
    """Put one learned vector before a sequence; after attention it stands for the whole."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.empty(features))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.normal_(self.token, std=0.02)

    def forward(self, x_BTD: Tensor) -> Tensor:
        token_B1D = self.token.expand(x_BTD.shape[0], 1, -1)
        return torch.cat([token_B1D, x_BTD], dim=1)


class EncoderStack(nn.TransformerEncoder):
    """Transformer encoder layers on each other. Each starts with weights of its own (torch copies the first one's)."""

    def __init__(
        self,
        features: int,
        nhead: int,
        num_layers: int,
        dim_feedforward: int = 256,
        dropout: float = 0.1,
        activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
        final_norm: bool = True,
    ) -> None:
        made = nn.TransformerEncoderLayer(
            features, nhead, dim_feedforward, dropout, activation, layer_norm_eps, True, norm_first, bias
        )
        norm = nn.LayerNorm(features, layer_norm_eps, bias=bias) if final_norm else None
        super().__init__(made, num_layers, norm, enable_nested_tensor=False)
        start_anew(self)


class DecoderStack(nn.TransformerDecoder):
    """Transformer decoder layers on each other. Each starts with weights of its own (torch copies the first one's)."""

    def __init__(
        self,
        features: int,
        nhead: int,
        num_layers: int,
        dim_feedforward: int = 256,
        dropout: float = 0.1,
        activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
        final_norm: bool = True,
    ) -> None:
        made = nn.TransformerDecoderLayer(
            features, nhead, dim_feedforward, dropout, activation, layer_norm_eps, True, norm_first, bias
        )
        norm = nn.LayerNorm(features, layer_norm_eps, bias=bias) if final_norm else None
        super().__init__(made, num_layers, norm)
        start_anew(self)


class EncoderDecoder(nn.Transformer):
    """A whole transformer: an encoder's stack and a decoder's, as nn.Transformer has them."""

    def __init__(
        self,
        features: int,
        nhead: int,
        num_encoder_layers: int,
        num_decoder_layers: int,
        dim_feedforward: int = 256,
        dropout: float = 0.1,
        activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
    ) -> None:
        rest = (dim_feedforward, dropout, activation, layer_norm_eps, norm_first, bias)
        encoder = EncoderStack(features, nhead, num_encoder_layers, *rest)
        decoder = DecoderStack(features, nhead, num_decoder_layers, *rest)
        super().__init__(features, nhead, custom_encoder=encoder, custom_decoder=decoder, batch_first=True)


def start_anew(module: nn.Module) -> None:
    """Draw every matrix anew, as nn.Transformer does."""
    for weight in module.parameters():
        if weight.dim() > 1:
            nn.init.xavier_uniform_(weight)


def attend(query: Tensor, key: Tensor, value: Tensor, causal: bool) -> tuple[Tensor, Tensor]:
    """What each query gathers, and its weights softmax(Q·Kᵀ / √D); with causal, nothing ahead is seen."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones_like(scores, dtype=torch.bool).triu(1), -math.inf)
    weights = scores.softmax(-1)
    return weights @ value, weights


class StochasticDepth(nn.Module):
    """While training, each sample is zero with probability p, else divided by 1 − p."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        survives = torch.rand(x.shape[0], *[1] * (x.dim() - 1), device=x.device) >= self.p
        return x * survives.to(x.dtype) / max(1 - self.p, 1e-12)


class GaussianNoise(nn.Module):
    """While training, normal noise of this deviation is added."""

    def __init__(self, std: float) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: Tensor) -> Tensor:
        return x + self.std * torch.randn_like(x) if self.training else x


class GaussianSample(nn.Module):
    """While training, a draw from a normal distribution with this mean and variance; afterwards the mean."""

    def forward(self, mean: Tensor, log_var: Tensor) -> Tensor:
        return mean + torch.exp(log_var / 2) * torch.randn_like(mean) if self.training else mean


def kl_normal_of(mean: Tensor, log_var: Tensor) -> Tensor:
    """The divergence of N(mean, exp(log_var)) from N(0, 1), summed for each sample, averaged over the batch."""
    return -0.5 * (1 + log_var - mean.square() - log_var.exp()).sum() / mean.shape[0]


def dice_loss_of(probability: Tensor, target: Tensor, smooth: float) -> Tensor:
    """One minus the overlap of two masks, averaged over the batch."""
    p, t = probability.reshape(probability.shape[0], -1), target.reshape(target.shape[0], -1)
    return (1 - (2 * (p * t).sum(1) + smooth) / (p.sum(1) + t.sum(1) + smooth)).mean()


def top_k_accuracy_of(logits: Tensor, target: Tensor, k: int) -> Tensor:
    """Share of targets among the k largest logits."""
    return logits.topk(k, dim=1).indices.eq(target.unsqueeze(1)).any(1).float().mean()


def class_hits(logits: Tensor, target: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """For each class that occurs: how often it was found, called by mistake, and missed."""
    classes = logits.shape[1]
    called = F.one_hot(logits.argmax(1), classes).reshape(-1, classes)
    true = F.one_hot(target, classes).reshape(-1, classes)
    found = (called * true).sum(0).float()
    mistaken, missed = called.sum(0) - found, true.sum(0) - found
    occurs = found + mistaken + missed > 0
    return found[occurs], mistaken[occurs], missed[occurs]


def precision_of(logits: Tensor, target: Tensor) -> Tensor:
    """Macro mean over the batch's classes of found / called."""
    found, mistaken, _ = class_hits(logits, target)
    return (found / (found + mistaken).clamp(min=1)).mean()


def recall_of(logits: Tensor, target: Tensor) -> Tensor:
    """Macro mean over the batch's classes of found / true."""
    found, _, missed = class_hits(logits, target)
    return (found / (found + missed).clamp(min=1)).mean()


def f1_of(logits: Tensor, target: Tensor) -> Tensor:
    """Macro mean over the batch's classes of F1."""
    found, mistaken, missed = class_hits(logits, target)
    return (2 * found / (2 * found + mistaken + missed)).mean()


def iou_of(logits: Tensor, target: Tensor) -> Tensor:
    """Macro mean over the batch's classes of intersection over union."""
    found, mistaken, missed = class_hits(logits, target)
    return (found / (found + mistaken + missed)).mean()
