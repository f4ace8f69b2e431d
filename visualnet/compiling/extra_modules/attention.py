"""Positions, a token for the class, stacks of a transformer, and attention with its weights."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from visualnet.compiling.extra_modules.containers import start_anew


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


def attend(query: Tensor, key: Tensor, value: Tensor, causal: bool) -> tuple[Tensor, Tensor]:
    """What each query gathers and its weights softmax(Q·Kᵀ / √D); causal: none ahead is seen."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones_like(scores, dtype=torch.bool).triu(1), -math.inf)
    weights = scores.softmax(-1)
    return weights @ value, weights
