"""Generative adversarial networks: a generator and a discriminator as blocks of one drawing, trained against each other."""

from __future__ import annotations

import msgspec

from architectures.generative import DIGITS
from architectures.sheet import Sheet
from visualnet.core.graph import LEARNER, Graph, Port, Value
from visualnet.core.project import LAST_EPOCH, Block, DataChoice, LearnerSpec, Project, Recipe

D, G = "discriminator", "generator"
RING = DataChoice(name="points", options={"shape": "blobs", "classes": 8, "n": 2000, "noise": 0.0}, normalise=False)
"""Eight round clouds on a circle: a generator that has found only some of them is seen at once."""
BETA1: dict[str, Value] = {"beta1": 0.5}
"""As Radford et al. took it: with much of the old gradients in every step the two run round each other."""


class _Game:
    """The drawing that all of them share: what is real, what is made of noise, and the discriminator that judges both.

    It stands there once with weights of its own, and is used again with the same. ``judge`` are its parameters, which all uses have.
    """

    def __init__(self, blocks: dict[str, Block], code: int, field: str, size: tuple[int, ...], **judge: int) -> None:
        self.sheet = s = Sheet(blocks, {"code": code, **{f"{D}_{name}": value for name, value in judge.items()}})
        self.params: dict[str, Value] = {name: f"{D}_{name}" for name in judge}
        self.learners: dict[str, str] = {}
        self.real = s.add("input", "real", field=field, size=size)
        self.made = self._trains(
            G, s.add("block:generator", "generator", s.add("noise", "noise", self.real, size=("code",)))
        )
        s.add("output", "made", self.made)
        self.fixed = s.add("detach", "fixed", self.made)
        self.first: Port | None = None

    def judge(self, name: str, what: Port) -> Port:
        """The discriminator's score of something."""
        score = self.sheet.add(f"block:{D}", name, what, shares=self.first, **self.params)
        self.first = self.first or self._trains(D, score)
        return score

    def lower(self, learner: str, kind: str, name: str, *sources: Port, **params: Value) -> None:
        """A loss, and who lowers it."""
        self._trains(learner, self.sheet.add(kind, name, *sources, **params))

    def _trains(self, learner: str, port: Port) -> Port:
        self.learners[port.node] = learner
        return port

    def project(self, name: str, note: str, data: DataChoice, recipe: Recipe) -> Project:
        """The finished drawing, with its learners."""
        made = self.sheet.project(name, note, data, recipe, wrap=100_000)
        nodes = {
            i: msgspec.structs.replace(node, training={LEARNER: self.learners[i]}) if i in self.learners else node
            for i, node in made.graph.nodes.items()
        }
        graph = Graph(nodes=nodes, wires=made.graph.wires, places=made.graph.places)
        return msgspec.structs.replace(made, graph=graph)


def _surprise(game: _Game, learner: str, name: str, score: Port, real: bool) -> None:
    """How surprised one is who believes in the score: −log σ(score) where it should say real, −log(1 − σ(score)) else."""
    s = game.sheet
    wrong = s.add("scale", f"minus_{name}", score, scale=-1.0) if real else score
    game.lower(learner, "value_loss", f"{name}_loss", s.add("softplus", f"soft_{name}", wrong))


def _rounds(d: LearnerSpec, g: LearnerSpec, batch: int, epochs: int) -> Recipe:
    return Recipe(optimizer="Adam", lr=d.lr, batch_size=batch, epochs=epochs, learners=(d, g), best_by=LAST_EPOCH)


def _adam(name: str, lr: float, steps: int = 1, **options: Value) -> LearnerSpec:
    return LearnerSpec(name=name, lr=lr, steps=steps, options={**BETA1, **options})


def _play(game: _Game) -> None:
    """The game of Goodfellow et al.: real or made? The generator wants its own to be called real."""
    for name, what, learner, real in (
        ("real", game.real, D, True),
        ("fake", game.fixed, D, False),
        ("fool", game.made, G, True),
    ):
        called = {"real": D, "fake": "judge_fixed", "fool": "judge_made"}[name]
        _surprise(game, learner, name, game.judge(called, what), real)


# --- points ------------------------------------------------------------------------------------------------------------------------


def _dense(ends: tuple[str, int | str], answer: str, width: int, out: int, note: str) -> Block:
    s = Sheet(scope={"width": width})
    x = s.add("input", ends[0], size=(ends[1],))
    for number in (1, 2):
        x = s.add(
            "leaky_relu",
            f"leaky{number}",
            s.add("linear", f"dense{number}", x, out_features="width"),
            negative_slope=0.2,
        )
    s.add("output", answer, s.add("linear", "dense3", x, out_features=out))
    return s.block(note)


def _point_game(width: int, code: int) -> _Game:
    blocks = {
        G: _dense(("z", code), "point", width, 2, "From random numbers to a point of the plane."),
        D: _dense(("point", 2), "score", width, 1, "How real a point looks: a score, the larger the more."),
    }
    return _Game(blocks, code, "point", (2,))


def gan_points() -> Project:
    game = _point_game(128, 8)
    _play(game)
    return game.project(
        "GAN on points",
        "A generator makes points of random numbers, a discriminator tells them from the real ones, and each learns from the other "
        "(Goodfellow et al. 2014). The real ones lie in eight clouds: are all of them found?",
        RING,
        _rounds(_adam(D, 0.001), _adam(G, 0.0005), 100, 60),
    )


def wgan_gp() -> Project:
    game = _point_game(128, 8)
    s = game.sheet
    game.lower(D, "value_loss", "real_score", game.judge(D, game.real), weight=-1.0)
    game.lower(D, "value_loss", "fake_score", game.judge("judge_fixed", game.fixed))
    between = s.add("random_interpolate", "between", game.real, game.fixed)
    game.lower(D, "gradient_penalty", "penalty", game.judge("judge_between", between), between, weight=0.1)
    game.lower(G, "value_loss", "fool_score", game.judge("judge_made", game.made), weight=-1.0)
    return game.project(
        "WGAN-GP on points",
        "The critic gives scores, no verdicts: how far apart real and made points are, as long as its slope is 1 between them "
        "(Gulrajani et al. 2017). Five steps of the critic for each of the generator.",
        RING,
        _rounds(_adam(D, 0.0005, 5, beta2=0.9), _adam(G, 0.0005, beta2=0.9), 100, 100),
    )


# --- digits ------------------------------------------------------------------------------------------------------------------------


def _painter() -> Block:
    s = Sheet(scope={"channels": 48})
    x = s.add("input", "z", size=(32,))
    x = s.add("linear", "dense1", x, out_features=256, bias=False)
    x = s.add("relu", "relu1", s.add("batch_norm1d", "norm1", x))
    x = s.add("linear", "dense2", x, out_features="channels * 49", bias=False)
    x = s.add("reshape", "maps", x, size=("channels", 7, 7))
    x = s.add("relu", "relu2", s.add("batch_norm2d", "norm2", x))
    up: dict[str, Value] = {"kernel_size": 4, "stride": 2, "padding": 1}
    x = s.add("conv_transpose2d", "up1", x, out_channels="channels // 2", bias=False, **up)
    x = s.add("relu", "relu3", s.add("batch_norm2d", "norm3", x))
    x = s.add("conv_transpose2d", "up2", x, out_channels=1, **up)
    s.add("output", "image", s.add("sigmoid", "shades", x))
    return s.block("From random numbers to an image: 7×7 maps, made twice as large twice.")


def _expert() -> Block:
    s = Sheet(scope={"channels": 24})
    x = s.add("input", "image", size=(1, 28, 28))
    down: dict[str, Value] = {"stride": 2, "padding": 1}
    x = s.add("leaky_relu", "leaky1", s.conv("conv1", x, "channels", 4, **down), negative_slope=0.2)
    x = s.add("batch_norm2d", "norm2", s.conv("conv2", x, "2 * channels", 4, bias=False, **down))
    x = s.add("flatten", "flatten", s.add("leaky_relu", "leaky2", x, negative_slope=0.2))
    x = s.add("batch_norm1d", "norm3", s.add("linear", "dense1", x, out_features=128, bias=False))
    s.add(
        "output",
        "score",
        s.add("linear", "dense2", s.add("leaky_relu", "leaky3", x, negative_slope=0.2), out_features=1),
    )
    return s.block("How real an image looks: a score, the larger the more. Strides in place of pooling.")


def dcgan() -> Project:
    game = _Game({G: _painter(), D: _expert()}, 32, "image", (1, 28, 28), channels=24)
    _play(game)
    learners = (msgspec.structs.replace(_adam(name, lr), schedule="cosine") for name, lr in ((D, 0.001), (G, 0.002)))
    return game.project(
        "DCGAN",
        "A generator of transposed convolutions makes digits of 32 random numbers, a convolutional discriminator tells them from real "
        "ones, and each learns from the other (Radford et al. 2015; with a dense layer more on both sides, as InfoGAN has it).",
        msgspec.structs.replace(DIGITS, split=(0.9, 0.1, 0.0)),
        _rounds(*learners, 32, 40),
    )


TEMPLATES = {"gan-points": gan_points, "dcgan": dcgan, "wgan-gp": wgan_gp}
