"""Dense and convolutional networks written by hand from the papers, in as few lines as they take."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from tests.twins.comparing import Sizes


class Add(nn.Sequential):
    """What it computes is added to what came in."""

    def forward(self, x: Tensor) -> Tensor:
        return x + super().forward(x)


class Join(nn.ModuleList):
    """Several parts read the same input; their channels are put behind one another."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([part(x) for part in self], 1)


class ResponseNorm(nn.Module):
    """Krizhevsky et al. 2012, section 3.3: b = a / (k + α/n · Σ a² over n neighbouring channels)^β; α is divided by n as in their code."""

    def __init__(self, k: float = 2.0) -> None:
        super().__init__()
        self.k = k

    def forward(self, a: Tensor, n: int = 5, alpha: float = 1e-4, beta: float = 0.75) -> Tensor:
        squares = F.pad(a.square(), (0, 0, 0, 0, n // 2, n // 2))
        near = torch.stack([squares[:, i : i + a.shape[1]] for i in range(n)]).sum(0)
        return a / (self.k + alpha / n * near) ** beta


def dense(*widths: int) -> list[nn.Module]:
    """Dense layers with rectifiers between them."""
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return layers[:-1]


def perceptron(c: Sizes) -> nn.Module:
    return nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())


def xor(c: Sizes) -> nn.Module:
    return nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))


def mlp(*widths: int) -> nn.Module:
    return nn.Sequential(nn.Flatten(), *dense(*widths))


def mouse(c: Sizes) -> nn.Module:
    """Two convolutions over the 5×5 cells that the mouse sees, then dense layers."""
    return nn.Sequential(
        *(nn.Conv2d(4, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.Flatten()),
        *(nn.Linear(288, 64), nn.ReLU(), nn.Linear(64, 4)),
    )


def cartpole(c: Sizes) -> nn.Module:
    """Four numbers, two hidden layers, two values."""
    return nn.Sequential(*dense(4, 128, 128, 2))


def lenet(padding: int, act: type[nn.Module], pool: type[nn.Module]) -> nn.Module:
    """LeCun et al. 1998, figure 2, every map of C3 reading all maps of S2."""
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=padding), act(), pool(2), nn.Conv2d(6, 16, 5), act(), pool(2), nn.Flatten()),
        *(nn.Linear(400, 120), act(), nn.Linear(120, 84), act(), nn.Linear(84, 10)),
    )


def cifar_2(c: Sizes) -> nn.Module:
    first = [nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*first, nn.Flatten(), *dense(400, 120, 84, 10))


def cifar_3(c: Sizes) -> nn.Module:
    layers: list[nn.Module] = []
    for before, after in ((3, 32), (64, 128), (128, 256)):
        layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU()]
        wide = {32: 64, 128: 128, 256: 256}[after]
        layers += [nn.Conv2d(after, wide, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), *dense(4096, 1024, 512, 10))


def alexnet(c: Sizes) -> nn.Module:
    """Krizhevsky et al. 2012, section 3.5, on one card (no groups)."""
    layers: list[nn.Module] = [nn.Conv2d(3, 96, 11, 4, 2), nn.ReLU(), ResponseNorm(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(96, 256, 5, padding=2), nn.ReLU(), ResponseNorm(), nn.MaxPool2d(3, 2)]
    return _three_more(layers, int(c["classes"]))


def zfnet(c: Sizes) -> nn.Module:
    """Zeiler and Fergus 2013, figure 3: contrast is normalized behind the pooling."""
    layers: list[nn.Module] = [nn.Conv2d(3, 96, 7, 2, 1), nn.ReLU(), nn.MaxPool2d(3, 2, 1), ResponseNorm()]
    layers += [nn.Conv2d(96, 256, 5, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1), ResponseNorm()]
    return _three_more(layers, int(c["classes"]))


def _three_more(layers: list[nn.Module], classes: int) -> nn.Module:
    for before, after in ((256, 384), (384, 384), (384, 256)):
        layers += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*layers, nn.MaxPool2d(3, 2), nn.Flatten(), *dense(9216, 4096, 4096, classes))


def alexnet_course(c: Sizes) -> nn.Module:
    layers: list[nn.Module] = []
    plan = ((3, 96, 11, 4, 0), (96, 256, 5, 1, 2), (256, 384, 3, 1, 1), (384, 384, 1, 1, 0), (384, 256, 1, 1, 0))
    for number, (before, after, kernel, stride, padding) in enumerate(plan, 1):
        layers += [nn.Conv2d(before, after, kernel, stride, padding), nn.BatchNorm2d(after), nn.ReLU()]
        if number in (1, 2, 5):
            layers.append(nn.MaxPool2d(3, 2))
    return nn.Sequential(*layers, nn.Flatten(), *dense(9216, 4096, 4096, int(c["classes"])))


def vgg(plan: str, c: Sizes) -> nn.Module:
    """Simonyan and Zisserman 2014, table 1; ``M`` pools, ``L`` normalizes responses, a channel count with ``'`` has a 1×1 kernel."""
    layers: list[nn.Module] = []
    before = 3
    for word in plan.split():
        if word in "ML":
            layers.append(nn.MaxPool2d(2) if word == "M" else ResponseNorm())
            continue
        kernel, after = (1 if "'" in word else 3), int(word.rstrip("'"))
        layers += [nn.Conv2d(before, after, kernel, padding=kernel // 2), nn.ReLU()]
        before = after
    side = int(c["size"]) // 32
    return nn.Sequential(*layers, nn.Flatten(), *dense(512 * side * side, 4096, 4096, int(c["classes"])))


VGG = {
    "a": "64 M 128 M 256 256 M 512 512 M 512 512 M",
    "a-lrn": "64 L M 128 M 256 256 M 512 512 M 512 512 M",
    "b": "64 64 M 128 128 M 256 256 M 512 512 M 512 512 M",
    "c": "64 64 M 128 128 M 256 256 256' M 512 512 512' M 512 512 512' M",
    "d": "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M",
    "e": "64 64 M 128 128 M 256 256 256 256 M 512 512 512 512 M 512 512 512 512 M",
}


# --- several kernels side by side ----------------------------------------------------------------------------------------------------


def _conv(before: int, after: int, kernel: int, stride: int = 1, padding: int | None = None) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, stride, kernel // 2 if padding is None else padding), nn.ReLU()
    )


def _inception(before: int, c1: int, r3: int, c3: int, r5: int, c5: int, pool: int) -> nn.Module:
    """Szegedy et al. 2014, figure 2b."""
    three = nn.Sequential(_conv(before, r3, 1), _conv(r3, c3, 3))
    five = nn.Sequential(_conv(before, r5, 1), _conv(r5, c5, 5))
    return Join([_conv(before, c1, 1), three, five, nn.Sequential(nn.MaxPool2d(3, 1, 1), _conv(before, pool, 1))])


def inception(c: Sizes) -> nn.Module:
    """Szegedy et al. 2014, table 1, without the auxiliary heads. The paper gives no k; Caffe's bvlc_googlenet, its open twin, has 1."""
    halve = [nn.MaxPool2d(3, 2, ceil_mode=True)]
    modules = [_inception(192, 64, 96, 128, 16, 32, 32), _inception(256, 128, 128, 192, 32, 96, 64), *halve]
    modules += [_inception(480, 192, 96, 208, 16, 48, 64), _inception(512, 160, 112, 224, 24, 64, 64)]
    modules += [_inception(512, 128, 128, 256, 24, 64, 64), _inception(512, 112, 144, 288, 32, 64, 64)]
    modules += [_inception(528, 256, 160, 320, 32, 128, 128), *halve]
    modules += [_inception(832, 256, 160, 320, 32, 128, 128), _inception(832, 384, 192, 384, 48, 128, 128)]
    first = [_conv(3, 64, 7, 2), *halve, ResponseNorm(1), _conv(64, 64, 1), _conv(64, 192, 3), ResponseNorm(1), *halve]
    last = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, int(c["classes"]))]
    return nn.Sequential(*first, *modules, *last)


class InceptionModules(nn.Module):
    """Szegedy et al. 2014, figure 2: the naive module, and the one with bottlenecks, each with a small classifier."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        channels, classes = int(c["channels"]), int(c["classes"])
        kernels = [_conv(channels, 64, 1), _conv(channels, 128, 3), _conv(channels, 32, 5), nn.MaxPool2d(3, 1, 1)]
        self.naive = _answered(Join(kernels), 224 + channels, classes)
        self.cheap = _answered(_inception(channels, 64, 96, 128, 16, 32, 32), 256, classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.naive(x), self.cheap(x)


def _answered(body: nn.Module, channels: int, classes: int) -> nn.Module:
    return nn.Sequential(body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


def squeezenet(c: Sizes) -> nn.Module:
    """Iandola et al. 2016, with the plan of version 1.1; a rectifier stands behind every convolution, conv10 too."""
    layers: list[nn.Module] = [_conv(3, 64, 3, 2, 0)]
    before = 64
    for squeeze in (0, 16, 16, 0, 32, 32, 0, 48, 48, 64, 64):
        if not squeeze:
            layers.append(nn.MaxPool2d(3, 2, ceil_mode=True))
            continue
        wide = 4 * squeeze
        layers += [_conv(before, squeeze, 1), Join([_conv(squeeze, wide, 1), _conv(squeeze, wide, 3)])]
        before = 2 * wide
    return nn.Sequential(*layers, _conv(512, int(c["classes"]), 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())


# --- shortcuts -----------------------------------------------------------------------------------------------------------------------


def _bn(
    before: int, after: int, kernel: int, stride: int = 1, act: nn.Module | None = None, groups: int = 1
) -> nn.Module:
    conv = nn.Conv2d(before, after, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(after), *([act] if act is not None else []))


class Residual(nn.Module):
    """He et al. 2015, figures 2 and 5: y = ReLU(F(x) + x), the shortcut a 1×1 convolution where the sizes differ."""

    def __init__(self, body: nn.Module, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.body, self.shortcut = body, shortcut or nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.body(x) + self.shortcut(x))


def _basic(before: int, after: int, stride: int) -> nn.Module:
    body = nn.Sequential(_bn(before, after, 3, stride, nn.ReLU()), _bn(after, after, 3))
    return Residual(body, _bn(before, after, 1, stride) if stride > 1 else None)


def _bottleneck(before: int, after: int, stride: int) -> nn.Module:
    body = nn.Sequential(_bn(before, after, 1, act=nn.ReLU()), _bn(after, after, 3, stride, nn.ReLU()))
    body.append(_bn(after, 4 * after, 1))
    return Residual(body, _bn(before, 4 * after, 1, stride) if before != 4 * after else None)


def resnet(depths: Sequence[int], deep: bool, c: Sizes) -> nn.Module:
    """He et al. 2015, table 1."""
    width, times = int(c["width"]), 4 if deep else 1
    layers = [_bn(3, width, 7, 2, nn.ReLU()), nn.MaxPool2d(3, 2, 1)]
    before = width
    for stage, depth in enumerate(depths):
        for number in range(depth):
            stride = 2 if stage and not number else 1
            layers.append((_bottleneck if deep else _basic)(before, width * 2**stage, stride))
            before = times * width * 2**stage
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, int(c["classes"])))


def resnet_small(c: Sizes) -> nn.Module:
    layers = [_bn(1, 16, 3, 1, nn.ReLU()), _basic(16, 16, 1), _basic(16, 16, 1), _basic(16, 32, 2), _basic(32, 32, 1)]
    layers += [_basic(32, 64, 2), _basic(64, 64, 1)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def densenet(c: Sizes) -> nn.Module:
    """Huang et al. 2016, table 1."""
    growth = int(c["growth"])
    layers: list[nn.Module] = [_bn(3, 2 * growth, 7, 2, nn.ReLU()), nn.MaxPool2d(3, 2, 1)]
    channels = 2 * growth
    for stage, depth in enumerate((6, 12, 24, 16)):
        for _ in range(depth):
            wide = nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, 4 * growth, 1, bias=False))
            slim = nn.Sequential(
                nn.BatchNorm2d(4 * growth), nn.ReLU(), nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)
            )
            layers.append(Join([nn.Identity(), nn.Sequential(wide, slim)]))
            channels += growth
        if stage < 3:
            layers += [nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, channels // 2, 1, bias=False)]
            layers.append(nn.AvgPool2d(2))
            channels //= 2
    last = [nn.BatchNorm2d(channels), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, *last, nn.Linear(channels, int(c["classes"])))


# --- few multiplications -------------------------------------------------------------------------------------------------------------


def mobilenet(c: Sizes) -> nn.Module:
    """Howard et al. 2017, table 1, thinned by α."""
    plan = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))
    before = int(32 * c["alpha"])
    layers = [_bn(3, before, 3, 2, nn.ReLU())]
    for full, stride in plan:
        after = int(full * c["alpha"])
        layers += [_bn(before, before, 3, stride, nn.ReLU(), before), _bn(before, after, 1, 1, nn.ReLU())]
        before = after
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, int(c["classes"])))


class Gate(nn.Module):
    """Hu et al. 2017: channels weighed by what their means say."""

    def __init__(self, channels: int, squeeze: int) -> None:
        super().__init__()
        self.narrow, self.widen = nn.Conv2d(channels, squeeze, 1), nn.Conv2d(squeeze, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(self.widen(F.silu(self.narrow(x.mean((2, 3), keepdim=True)))))


def efficientnet(c: Sizes) -> nn.Module:
    """Tan and Le 2019, table 1, with the blocks of MobileNetV2 and gates as its section 4 says."""
    layers = [_bn(3, 32, 3, 2, nn.SiLU())]
    before = 32
    plan = ((1, 16, 3, 1, 1), (6, 24, 3, 2, 2), (6, 40, 5, 2, 2), (6, 80, 3, 2, 3), (6, 112, 5, 1, 3))
    for expand, after, kernel, first, depth in (*plan, (6, 192, 5, 2, 4), (6, 320, 3, 1, 1)):
        for number in range(depth):
            wide, stride = before * expand, 1 if number else first
            parts = [_bn(before, wide, 1, 1, nn.SiLU())] if expand > 1 else []
            parts += [_bn(wide, wide, kernel, stride, nn.SiLU(), wide), Gate(wide, before // 4), _bn(wide, after, 1)]
            layers.append((Add if number else nn.Sequential)(*parts))
            before = after
    layers.append(_bn(before, 1280, 1, 1, nn.SiLU()))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, int(c["classes"])))


class ChannelNorm(nn.LayerNorm):
    """Layer normalization over the channels of an image."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class ConvNextBlock(nn.Module):
    """Liu et al. 2022, figure 4."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.norm = nn.LayerNorm(channels, 1e-6)
        self.widen, self.narrow = nn.Conv2d(channels, 4 * channels, 1), nn.Conv2d(4 * channels, channels, 1)
        self.layer_scale = nn.Parameter(torch.ones(channels, 1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.depthwise(x).movedim(1, -1)).movedim(-1, 1)
        return x + self.layer_scale[:, 0] * self.narrow(F.gelu(self.widen(y)))


def convnext(c: Sizes) -> nn.Module:
    layers: list[nn.Module] = [nn.Conv2d(3, 96, 4, 4), ChannelNorm(96, 1e-6)]
    for stage, depth in enumerate((3, 3, 9, 3)):
        channels = 96 * 2**stage
        if stage:
            layers += [ChannelNorm(channels // 2, 1e-6), nn.Conv2d(channels // 2, channels, 2, 2)]
        layers += [ConvNextBlock(channels) for _ in range(depth)]
    last = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LayerNorm(768, 1e-6), nn.Linear(768, int(c["classes"]))]
    return nn.Sequential(*layers, *last)


# --- images from images --------------------------------------------------------------------------------------------------------------


class UNet(nn.Module):
    """Ronneberger et al. 2015, figure 1; ``padding`` 0 as published, where what crosses over is cropped to its middle."""

    def __init__(self, padding: int, c: Sizes, base: int = 64) -> None:
        super().__init__()
        widths = [base * 2**level for level in range(5)]

        def two(before: int, after: int) -> nn.Module:
            return nn.Sequential(_conv(before, after, 3, 1, padding), _conv(after, after, 3, 1, padding))

        self.down = nn.ModuleList(two(b, a) for b, a in zip([1, *widths], widths, strict=False))
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * w, w, 2, 2) for w in reversed(widths[:-1]))
        self.join = nn.ModuleList(two(2 * w, w) for w in reversed(widths[:-1]))
        self.scores = nn.Conv2d(base, int(c["classes"]), 1)

    def forward(self, x: Tensor) -> Tensor:
        kept = []
        for level, down in enumerate(self.down):
            x = down(F.max_pool2d(x, 2) if level else x)
            kept.append(x)
        for level, (up, join) in enumerate(zip(self.up, self.join, strict=True), 1):
            x, beside = up(x), kept[-1 - level]
            margin = (beside.shape[2] - x.shape[2]) // 2
            beside = beside[:, :, margin : margin + x.shape[2], margin : margin + x.shape[3]]
            x = join(torch.cat([beside, x], 1))
        return self.scores(x)


def autoencoder(hidden: int, c: Sizes) -> nn.Module:
    code = int(c["code"])
    encoder = [nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, code), nn.ReLU()]
    decoder = [nn.Linear(code, 128), nn.ReLU(), nn.Linear(128, 784), nn.Sigmoid()]
    return nn.Sequential(nn.Flatten(), *encoder, *decoder, nn.Unflatten(1, (1, 28, 28)))


def vae(c: Sizes) -> nn.Module:
    """Kingma and Welling 2013, appendix C.2; when not training the code is its mean, and the variance is not asked."""
    code = int(c["code"])

    class Mean(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.mean, self.log_var = nn.Linear(128, code), nn.Linear(128, code)

        def forward(self, x: Tensor) -> Tensor:
            return self.mean(x)

    encoder = [nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU()]
    decoder = [nn.Linear(code, 128), nn.ReLU(), nn.Linear(128, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid()]
    return nn.Sequential(*encoder, Mean(), *decoder, nn.Unflatten(1, (1, 28, 28)))
