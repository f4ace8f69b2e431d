"""Recurrent networks, convolutions along time and transformers, written by hand from their equations."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from tests.twins.comparing import Sizes

# --- recurrences -----------------------------------------------------------------------------------------------------------------------


class Recurrence(nn.Module):
    """Steps through a sequence x_BTD. ``step`` maps the two sums of weights, and the state, to the next state; a state may be a pair."""

    gates = 1

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.weight_ih = nn.Parameter(torch.empty(self.gates * hidden, features))
        self.weight_hh = nn.Parameter(torch.empty(self.gates * hidden, hidden))
        self.bias_ih, self.bias_hh = (nn.Parameter(torch.empty(self.gates * hidden)) for _ in range(2))

    def forward(self, x_BTD: Tensor, h: Tensor | None = None) -> tuple[Tensor, Tensor]:
        h = x_BTD.new_zeros(x_BTD.shape[0], self.hidden) if h is None else h
        cell = torch.zeros_like(h)
        seen = []
        for x in x_BTD.unbind(1):
            new, old = x @ self.weight_ih.T + self.bias_ih, h @ self.weight_hh.T + self.bias_hh
            h, cell = self.step(new, old, h, cell)
            seen.append(h)
        return torch.stack(seen, 1), h

    def step(self, new: Tensor, old: Tensor, h: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
        """Elman 1990: h = tanh(W·x + U·h)."""
        return torch.tanh(new + old), cell


class LongShort(Recurrence):
    """Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000."""

    gates = 4

    def step(self, new: Tensor, old: Tensor, h: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
        i, f, g, o = (new + old).chunk(4, 1)
        cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
        return o.sigmoid() * cell.tanh(), cell


class Gated(Recurrence):
    """Cho et al. 2014, with the reset gate behind the matrix as cuDNN and torch have it."""

    gates = 3

    def step(self, new: Tensor, old: Tensor, h: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
        (r, z, n), (r_h, z_h, n_h) = new.chunk(3, 1), old.chunk(3, 1)
        keep = (z + z_h).sigmoid()
        return (1 - keep) * (n + (r + r_h).sigmoid() * n_h).tanh() + keep * h, cell


class Reader(nn.Module):
    """Words as vectors, read one after the other; what is remembered at the end decides."""

    def __init__(self, kind: type[Recurrence], c: Sizes) -> None:
        super().__init__()
        self.table = nn.Embedding(int(c["words"]), int(c["features"]))
        self.read = kind(int(c["features"]), int(c["hidden"]))
        self.decide = nn.Linear(int(c["hidden"]), int(c["classes"]))

    def forward(self, words: Tensor) -> Tensor:
        return self.decide(self.read(self.table(words))[1])


class RowReader(nn.Module):
    """A digit's 28 rows, read from top to bottom."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        self.read, self.decide = Gated(28, 64), nn.Linear(64, 10)

    def forward(self, image: Tensor) -> Tensor:
        return self.decide(self.read(image[:, 0])[1])


class Forecast(nn.Module):
    """How far a series moves from its last value, told by the state of a GRU that read how far it was from there."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        self.read, self.change = Gated(1, int(c["hidden"])), nn.Linear(int(c["hidden"]), int(c["horizon"]))

    def forward(self, series: Tensor) -> Tensor:
        last = series[:, -1:]
        return last[:, 0] + self.change(self.read(series - last)[1])


class Recall(Reader):
    """As a reader of texts, of symbols that can be the first, and others."""

    def __init__(self, kind: type[Recurrence], c: Sizes) -> None:
        super().__init__(kind, {**c, "words": c["symbols"] + c["others"], "classes": c["symbols"]})


class Names(Reader):
    """As a reader of texts, that reads each up to its last letter that is not 0, as if it stood alone."""

    def __init__(self, c: Sizes) -> None:
        super().__init__(Gated, {**c, "words": c["letters"]})

    def forward(self, words: Tensor) -> Tensor:
        states = []
        for row in words:
            length = int(row.nonzero().max()) + 1
            states.append(self.read(self.table(row[None, :length]))[1])
        return self.decide(torch.cat(states))


class Seq2Seq(nn.Module):
    """Sutskever et al. 2014 with GRUs: the decoder begins with the encoder's last state."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        words, features, hidden = (int(c[name]) for name in ("words", "features", "hidden"))
        self.source, self.encoder = nn.Embedding(words, features), Gated(features, hidden)
        self.written, self.decoder = nn.Embedding(words, features), Gated(features, hidden)
        self.scores = nn.Linear(hidden, words)

    def forward(self, source: Tensor, written: Tensor) -> Tensor:
        _, state = self.encoder(self.source(source))
        return self.scores(self.decoder(self.written(written), state)[0]).transpose(1, 2)


# --- convolutions along time -----------------------------------------------------------------------------------------------------------


class TextCnn(nn.Module):
    """Kim 2014: of each filter only the strongest answer along the text."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        features, filters = int(c["features"]), int(c["filters"])
        self.table = nn.Embedding(int(c["words"]), features)
        self.convolutions = nn.ModuleList(nn.Conv1d(features, filters, kernel) for kernel in (3, 4, 5))
        self.decide = nn.Linear(3 * filters, int(c["classes"]))

    def forward(self, words: Tensor) -> Tensor:
        x = self.table(words).transpose(1, 2)
        return self.decide(torch.cat([F.relu(conv(x)).amax(2) for conv in self.convolutions], 1))


class WaveNet(nn.Module):
    """Van den Oord et al. 2016, figure 4: causal convolutions of doubling dilation, gated; every one has its say in the answer."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        levels, channels, skip = (int(c[name]) for name in ("levels", "channels", "skip"))
        self.table = nn.Embedding(levels, channels)

        def layer(dilation: int) -> nn.ModuleList:
            both = [nn.Conv1d(channels, channels, 2, dilation=dilation) for _ in range(2)]
            return nn.ModuleList([*both, nn.Conv1d(channels, channels, 1), nn.Conv1d(channels, skip, 1)])

        self.layers = nn.ModuleList(layer(2**power) for power in range(10))
        self.last = nn.Sequential(nn.ReLU(), nn.Conv1d(skip, skip, 1), nn.ReLU(), nn.Conv1d(skip, levels, 1))

    def forward(self, sound: Tensor) -> Tensor:
        x = self.table(sound).transpose(1, 2)
        heard: list[Tensor] = []
        for number, (signal, gate, on, out) in enumerate(self.layers):  # type: ignore[misc]
            past = F.pad(x, (2**number, 0))
            y = signal(past).tanh() * gate(past).sigmoid()
            heard.append(out(y))
            x = x + on(y)
        return self.last(sum(heard))


# --- attention -------------------------------------------------------------------------------------------------------------------------


class Attention(nn.Module):
    """Vaswani et al. 2017, equation 1, with several heads."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.empty(3 * width))
        self.out_proj = nn.Linear(width, width)

    def forward(self, x: Tensor, memory: Tensor | None = None, causal: bool = False) -> Tensor:
        memory = x if memory is None else memory
        weights, biases = self.in_proj_weight.chunk(3), self.in_proj_bias.chunk(3)
        read = zip((x, memory, memory), weights, biases, strict=True)
        q, k, v = (F.linear(t, w, b).unflatten(2, (self.heads, -1)).transpose(1, 2) for t, w, b in read)
        scores = q @ k.transpose(2, 3) / math.sqrt(q.shape[3])
        if causal:
            scores = scores + torch.full(scores.shape[2:], -math.inf).triu(1)
        return self.out_proj((scores.softmax(3) @ v).transpose(1, 2).flatten(2))


Act = Callable[[Tensor], Tensor]


class Before(nn.Module):
    """A layer that normalizes before each step: x + attention(norm(x)), then x + dense(norm(x))."""

    def __init__(
        self, width: int, heads: int, inside: int, eps: float, act: Act = F.gelu, causal: bool = False
    ) -> None:
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(width, eps), Attention(width, heads)
        self.norm2, self.fc1, self.fc2 = nn.LayerNorm(width, eps), nn.Linear(width, inside), nn.Linear(inside, width)
        self.act, self.causal = act, causal

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x), causal=self.causal)
        return x + self.fc2(self.act(self.fc1(self.norm2(x))))


class After(nn.Module):
    """A layer that normalizes behind each sum, as first published; a decoder's also reads ``memory``."""

    def __init__(self, width: int, heads: int, eps: float, act: Act, decoder: bool = False) -> None:
        super().__init__()
        self.attention, self.norm1 = Attention(width, heads), nn.LayerNorm(width, eps)
        if decoder:
            self.cross, self.norm_cross = Attention(width, heads), nn.LayerNorm(width, eps)
        self.fc1, self.fc2, self.norm2 = (
            nn.Linear(width, 4 * width),
            nn.Linear(4 * width, width),
            nn.LayerNorm(width, eps),
        )
        self.act, self.decoder = act, decoder

    def forward(self, x: Tensor, memory: Tensor | None = None) -> Tensor:
        x = self.norm1(x + self.attention(x, causal=self.decoder))
        if self.decoder:
            x = self.norm_cross(x + self.cross(x, memory))
        return self.norm2(x + self.fc2(self.act(self.fc1(x))))


class Transformer(nn.Module):
    """Vaswani et al. 2017: one table for all three uses of words, multiplied by √width where it is read (section 3.4)."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        self.width, heads, layers = int(c["width"]), int(c["heads"]), int(c["layers"])
        self.words = nn.Embedding(int(c["words"]), self.width)
        self.encoder = nn.ModuleList(After(self.width, heads, 1e-5, F.relu) for _ in range(layers))
        self.decoder = nn.ModuleList(After(self.width, heads, 1e-5, F.relu, True) for _ in range(layers))

    def placed(self, words: Tensor) -> Tensor:
        """Section 3.5: PE(place, 2i) = sin(place / 10000^(2i/width)), PE(place, 2i + 1) = cos of the same."""
        place = torch.arange(words.shape[1], dtype=torch.float64)[:, None]
        angle = place / 10_000 ** (torch.arange(0, self.width, 2, dtype=torch.float64) / self.width)
        waves = torch.stack([angle.sin(), angle.cos()], 2).flatten(1).float()
        return self.words(words) * math.sqrt(self.width) + waves

    def forward(self, source: Tensor, written: Tensor) -> Tensor:
        x, y = self.placed(source), self.placed(written)
        for layer in self.encoder:
            x = layer(x)
        for layer in self.decoder:
            y = layer(y, x)
        return (y @ self.words.weight.T).transpose(1, 2)


class Bert(nn.Module):
    """Devlin et al. 2018: words, places and segments; the first place through a dense layer and tanh; the table scores the words."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        width = int(c["width"])
        self.words, self.places = nn.Embedding(int(c["words"]), width), nn.Embedding(int(c["context"]), width)
        self.segments, self.norm = nn.Embedding(2, width), nn.LayerNorm(width, 1e-12)
        self.layers = nn.ModuleList(After(width, int(c["heads"]), 1e-12, F.gelu) for _ in range(int(c["layers"])))
        self.pooler = nn.Linear(width, width)

    def forward(self, text: Tensor, segment: Tensor) -> tuple[Tensor, Tensor]:
        x = self.norm(self.words(text) + self.places(torch.arange(text.shape[1])) + self.segments(segment))
        for layer in self.layers:
            x = layer(x)
        return self.pooler(x[:, 0]).tanh(), (x @ self.words.weight.T).transpose(1, 2)


class BertPretraining(Bert):
    """The same, and behind the first place whether the second piece goes on with the first."""

    def __init__(self, c: Sizes) -> None:
        super().__init__(c)
        self.goes_on = nn.Linear(int(c["width"]), 2)

    def forward(self, text: Tensor, segment: Tensor) -> tuple[Tensor, Tensor]:
        pooled, scores = super().forward(text, segment)
        return scores, self.goes_on(pooled)


class BertOpinions(Bert):
    """The same encoder; behind the first place whether a review is friendly, and no scores of words."""

    def __init__(self, c: Sizes) -> None:
        super().__init__(c)
        self.opinion = nn.Linear(int(c["width"]), 2)

    def forward(self, text: Tensor, segment: Tensor) -> Tensor:  # type: ignore[override]
        return self.opinion(super().forward(text, segment)[0])  # type: ignore[no-any-return]


class Gpt(nn.Module):
    """Radford et al. 2019: each word sees those before it; GELU by its tanh formula."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        width, heads = int(c["width"]), int(c["heads"])
        self.words, self.places = nn.Embedding(int(c["words"]), width), nn.Embedding(int(c["context"]), width)
        self.layers = nn.ModuleList(
            Before(width, heads, 4 * width, 1e-5, _gelu_tanh, True) for _ in range(int(c["layers"]))
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, text: Tensor) -> Tensor:
        x = self.words(text) + self.places(torch.arange(text.shape[1]))
        for layer in self.layers:
            x = layer(x)
        return (self.norm(x) @ self.words.weight.T).transpose(1, 2)


def _gelu_tanh(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


class Vit(nn.Module):
    """Dosovitskiy et al. 2020: patches, a class token before them, learned places; the token decides."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        width, patch, side = int(c["width"]), int(c["patch"]), int(c["size"]) // int(c["patch"])
        self.patches, self.token = nn.Conv2d(3, width, patch, patch), nn.ParameterList([torch.empty(width)])
        self.places = nn.Embedding(side * side + 1, width)
        self.layers = nn.Sequential(*(Before(width, int(c["heads"]), 4 * width, 1e-6) for _ in range(int(c["layers"]))))
        self.norm, self.head = nn.LayerNorm(width, 1e-6), nn.Linear(width, int(c["classes"]))

    def forward(self, image: Tensor) -> Tensor:
        x = self.patches(image).flatten(2).transpose(1, 2)
        x = torch.cat([self.token[0].expand(x.shape[0], 1, -1), x], 1) + self.places.weight
        return self.head(self.norm(self.layers(x))[:, 0])


class VitSmall(nn.Module):
    """The small vision transformer on digits: 7×7 patches, their mean decides."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        self.patches, self.places = nn.Conv2d(1, 64, 4, 4), nn.Parameter(torch.empty(49, 64))
        self.layers = nn.Sequential(*(Before(64, 4, 128, 1e-5) for _ in range(3)))
        self.norm, self.head = nn.LayerNorm(64), nn.Linear(64, 10)

    def forward(self, image: Tensor) -> Tensor:
        x = self.patches(image).flatten(2).transpose(1, 2) + self.places
        return self.head(self.norm(self.layers(x)).mean(1))


class Mixer(nn.Module):
    """Tolstikhin et al. 2021, figure 1: dense layers along the patches, then along the features."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        width, patch, count = int(c["width"]), int(c["patch"]), (int(c["size"]) // int(c["patch"])) ** 2
        self.patches = nn.Conv2d(3, width, patch, patch)

        def mlp(around: int, inside: int) -> nn.ModuleList:
            return nn.ModuleList([nn.LayerNorm(width, 1e-6), nn.Linear(around, inside), nn.Linear(inside, around)])

        steps = [[mlp(count, width // 2), mlp(width, 4 * width)] for _ in range(int(c["layers"]))]
        self.layers = nn.ModuleList(part for both in steps for part in both)
        self.norm, self.head = nn.LayerNorm(width, 1e-6), nn.Linear(width, int(c["classes"]))

    def forward(self, image: Tensor) -> Tensor:
        x = self.patches(image).flatten(2).transpose(1, 2)
        for number, (norm, widen, narrow) in enumerate(self.layers):  # type: ignore[misc]
            y = norm(x) if number % 2 else norm(x).transpose(1, 2)
            y = narrow(F.gelu(widen(y)))
            x = x + (y if number % 2 else y.transpose(1, 2))
        return self.head(self.norm(x).mean(1))
