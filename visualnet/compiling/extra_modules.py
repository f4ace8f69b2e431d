"""Modules that torch lacks. Each is whole in itself: its source is printed into exported files.

Lines end within 100 columns, as those of the printed files do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import MethodType

import torch
from torch import Tensor, nn

from visualnet.compiling.flows.modules import (  # noqa: F401
    ActNorm,
    Dequantize,
    InvertibleConv,
    Permutation,
    affine_coupling,
    bits_per_dim_of,
    normal_nll_of,
    undo_affine_coupling,
)


class Chain(nn.Sequential):
    """Modules in a row: what one gives is the first input of the next; all get the other inputs."""

    def forward(self, x: Tensor, *same: Tensor | None) -> Tensor:
        for module in self:
            x = module(x, *same)
        return x


def fix_statistics(module: nn.Module) -> None:
    """Let every normalization use its running statistics and not move them, also in training."""
    for part in module.modules():
        if getattr(part, "running_mean", None) is not None:
            part.eval()
            part.__dict__["train"] = MethodType(keep_training_mode, part)


def release_statistics(module: nn.Module) -> None:
    """Take back ``fix_statistics``."""
    for part in module.modules():
        if part.__dict__.pop("train", None) is not None:
            part.train()


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
    """Add sines and cosines of falling frequency to each place of a sequence: nothing to learn."""

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
    """Transformer encoder layers on each other, each with first weights of its own."""

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
            features,
            nhead,
            dim_feedforward,
            dropout,
            activation,
            layer_norm_eps,
            batch_first=True,
            norm_first=norm_first,
            bias=bias,
        )
        norm = nn.LayerNorm(features, layer_norm_eps, bias=bias) if final_norm else None
        super().__init__(made, num_layers, norm, enable_nested_tensor=False)
        start_anew(self)


class DecoderStack(nn.TransformerDecoder):
    """Transformer decoder layers on each other, each with first weights of its own."""

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
            features,
            nhead,
            dim_feedforward,
            dropout,
            activation,
            layer_norm_eps,
            batch_first=True,
            norm_first=norm_first,
            bias=bias,
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
        super().__init__(
            features,
            nhead,
            custom_encoder=encoder,
            custom_decoder=decoder,
            batch_first=True,
        )


def draw_weights(module: nn.Module, draw: Callable[..., Tensor], **options: float | str) -> None:
    """Draw every matrix and kernel of a module anew; biases start at zero, other vectors stay."""
    for name, weight in module.named_parameters():
        if "bias" in name.rpartition(".")[2]:
            nn.init.zeros_(weight)
        elif weight.dim() >= 2:
            draw(weight, **options)


def start_anew(module: nn.Module) -> None:
    """Draw every matrix anew, as nn.Transformer does."""
    for weight in module.parameters():
        if weight.dim() > 1:
            nn.init.xavier_uniform_(weight)


def attend(query: Tensor, key: Tensor, value: Tensor, causal: bool) -> tuple[Tensor, Tensor]:
    """What each query gathers and its weights softmax(Q·Kᵀ / √D); causal: none ahead is seen."""
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
    """While training, a draw from N(mean, exp(log_var)); afterwards the mean."""

    def forward(self, mean: Tensor, log_var: Tensor) -> Tensor:
        return mean + torch.exp(log_var / 2) * torch.randn_like(mean) if self.training else mean


class Noise(nn.Module):
    """Random numbers for each sample of a batch: normal, or uniform from −1 to 1.

    While training they are new each time; afterwards the same at each place of the batch.
    """

    def __init__(self, size: tuple[int, ...], distribution: str) -> None:
        super().__init__()
        self.size = size
        self.draw = torch.randn if distribution == "normal" else torch.rand
        self.is_uniform = distribution == "uniform"

    def forward(self, like: Tensor) -> Tensor:
        if self.training:
            z = self.draw(len(like), *self.size, device=like.device)
        else:
            count = math.prod(self.size) * len(like)
            still = torch.Generator().manual_seed(0)
            # torch draws 16 at a time: of whole sixteens the first do not depend on how many.
            z = self.draw(-(-count // 16) * 16, generator=still)[:count]
            z = z.reshape(len(like), *self.size).to(like.device)
        if like.is_floating_point():
            z = z.to(like.dtype)
        return 2 * z - 1 if self.is_uniform else z


class RandomInterpolate(nn.Module):
    """While training, for each sample a random point between two; afterwards the middle.

    Gradients begin here.
    """

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        ends = [len(x1), *[1] * (x1.dim() - 1)]
        share = torch.rand(ends, dtype=x1.dtype, device=x1.device) if self.training else 0.5
        between = share * x1.detach() + (1 - share) * x2.detach()
        return between.requires_grad_(torch.is_grad_enabled())


def gradient_penalty_of(score: Tensor, x: Tensor, target: float) -> Tensor:
    """For each sample (length of the gradient of its score at x − target)².

    0 where no gradients are kept.
    """
    if not (score.requires_grad and x.requires_grad):
        return score.new_zeros(len(score))
    (slope,) = torch.autograd.grad(score.sum(), x, create_graph=True, allow_unused=True)
    if slope is None:
        raise RuntimeError("the score is not computed from x: lead x itself through the critic")
    length: Tensor = slope.reshape(len(slope), -1).norm(2, dim=1)
    return (length - target).square()


def kl_normal_of(mean: Tensor, log_var: Tensor) -> Tensor:
    """For each sample the divergence of N(mean, exp(log_var)) from N(0, 1)."""
    return -0.5 * sum_of_each(1 + log_var - mean.square() - log_var.exp())


def dice_loss_of(probability: Tensor, target: Tensor, smooth: float) -> Tensor:
    """For each sample one minus the overlap of two masks."""
    both = sum_of_each(probability * target)
    return 1 - (2 * both + smooth) / (sum_of_each(probability) + sum_of_each(target) + smooth)


def boundary_weights_of(mask: Tensor, w0: float, sigma: float) -> Tensor:
    """Weights (sample, row, column) of a mask of classes: 1 + w0·exp(−d²/2σ²).

    d is the distance in pixels to the nearest pixel of another class, up to 4σ. It is the least over
    the rows near by: there either the pixel right above or below differs, or the nearest one along
    the row that does (Felzenszwalb and Huttenlocher, Distance transforms of sampled functions, 2012).
    """
    rows, columns = mask.shape[-2:]
    far = rows + columns + 4 * sigma + 1
    at = torch.arange(columns, device=mask.device, dtype=torch.float32).expand(mask.shape)
    begins = torch.ones_like(mask, dtype=torch.bool)
    begins[..., 1:] = mask[..., 1:] != mask[..., :-1]
    ends = begins.roll(-1, -1)
    ends[..., -1] = True
    first = torch.where(begins, at, at.new_tensor(-1.0)).cummax(-1).values
    last = torch.where(ends, at, at.new_tensor(far)).flip(-1).cummin(-1).values.flip(-1)
    left = torch.where(first > 0, at - first + 1, at.new_tensor(far))
    right = torch.where(last < columns - 1, last - at + 1, at.new_tensor(far))
    along = torch.minimum(left, right).square()
    nearest = along.clone()
    for gap in range(1, min(math.ceil(4 * sigma), rows - 1) + 1):
        above, below = slice(0, rows - gap), slice(gap, rows)
        same = mask[..., above, :] == mask[..., below, :]
        for here, there in ((above, below), (below, above)):
            squared = torch.where(same, along[..., there, :], 0.0) + gap**2
            nearest[..., here, :] = torch.minimum(nearest[..., here, :], squared)
    return 1 + w0 * torch.exp(-nearest / (2 * sigma**2)) * (nearest <= (4 * sigma) ** 2)


def sum_of_each(values: Tensor) -> Tensor:
    """For each sample the sum of its values."""
    return values.reshape(values.shape[0], -1).sum(1)


def spread_over(weight: Tensor, values: Tensor) -> Tensor:
    """Weights in the size of the values: given for each value, or for each sample."""
    if weight.numel() == values.numel():
        return weight.reshape_as(values)
    return weight.reshape(-1, *[1] * (values.dim() - 1)).expand_as(values)


def weighted_mean(values: Tensor, weight: Tensor, counted: Tensor | None = None) -> Tensor:
    """Σ weight·value / Σ weight; ``counted`` says what counts besides (0: it is not asked). Where all weights are 0 so is the mean."""
    weight = spread_over(weight, values)
    total = (weight if counted is None else weight * counted).sum()
    return (weight * values).sum() / total.where((weight != 0).any(), 1)


def weight_of_class(target: Tensor, asked: Tensor, weights: Tensor) -> Tensor:
    """The weight of each target's class; 0 where it is not asked."""
    return weights[target.where(asked, 0)] * asked


def class_hits(logits: Tensor, target: Tensor, ignore_index: int) -> Tensor:
    """How often each class was found, called by mistake, and missed: 3×K, of what is asked."""
    called, asked = logits.argmax(1), target != ignore_index
    true = target.where(asked, 0)

    def count(classes: Tensor, which: Tensor) -> Tensor:
        counts = torch.zeros(logits.shape[1], dtype=torch.long, device=logits.device)
        return counts.scatter_add_(0, classes.flatten(), which.flatten().long())

    found = count(true, asked & (called == true))
    return torch.stack([found, count(called, asked) - found, count(true, asked) - found])


def mean_of_classes(share: Tensor, hits: Tensor, only: int | None) -> Tensor:
    """The plain mean over the classes that occur, or one class alone; NaN where there is none."""
    known = share.where(hits.sum(0) > 0, math.nan)
    return known.nanmean() if only is None else known[only]


def precision_of(hits: Tensor, only: int | None = None) -> Tensor:
    """Found by called: the mean over the classes."""
    found, mistaken, _ = hits
    return mean_of_classes(found / (found + mistaken).clamp(min=1), hits, only)


def recall_of(hits: Tensor, only: int | None = None) -> Tensor:
    """Found by true: the mean over the classes."""
    found, _, missed = hits
    return mean_of_classes(found / (found + missed).clamp(min=1), hits, only)


def f1_of(hits: Tensor, only: int | None = None) -> Tensor:
    """2·TP / (2·TP + FP + FN), which is Dice too: the mean over the classes."""
    found, mistaken, missed = hits
    return mean_of_classes(2 * found / (2 * found + mistaken + missed).clamp(min=1), hits, only)


def iou_of(hits: Tensor, only: int | None = None) -> Tensor:
    """Intersection over union: the mean over the classes."""
    found, mistaken, missed = hits
    return mean_of_classes(found / (found + mistaken + missed).clamp(min=1), hits, only)
