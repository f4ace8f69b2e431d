"""RealNVP on points: the likelihood of points that nobody was trained on, beside the same flow in zuko.

The same: an affine map of each number begun from the data, six affine couplings whose networks have two hidden layers of 64 SiLU units, the
same points, Adam with the same rate and cosine, as many steps over as large batches. What differs: the first weights, the order of the
batches, and how zuko keeps its scales within bounds. The likelihood of the points that both were trained on is stated, too: it tells
whether the one that is behind has learned less, or only learned these points by heart.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from tests.benchmarks.systems.system import System, Wanted
from visualnet.core.project import Project

if TYPE_CHECKING:
    from torch import Tensor

HELD_OUT = 5000
"""So many fresh points, of another seed, nobody is trained on."""


def template(name: str, seed: int, epochs: int = 0) -> Project:
    """A shipped template with this seed; with fewer epochs, if told."""
    from visualnet.core.storage import project_file
    from visualnet.resources import resource

    project = project_file.load(resource("templates", f"{name}.vnet"))
    recipe = replace(project.recipe, seed=seed)
    return replace(project, recipe=replace(recipe, epochs=epochs) if epochs else recipe)


def train_and_compare(seed: int, epochs: int = 0) -> dict[str, float]:
    """Both log-likelihoods of held-out points and of those of the training, in nats a point."""
    import torch

    import visualnet as vn
    from visualnet.data.generators.points import points

    project = template("realnvp-points", seed, epochs)
    options: Any = project.data.options
    with tempfile.TemporaryDirectory() as kept:
        trained = vn.train(project, device="cpu", folder=Path(kept) / "run").finish()
        shown = torch.from_numpy(trained.data.whole("point")[trained.data.train])
        fresh = points(options["shape"], HELD_OUT, options["noise"], 2, 1000 + seed)["point"]
        held_out = torch.from_numpy(fresh).float()
        ours, ours_shown = (-mean_loss(trained, those) for those in (held_out, shown.float()))
    zuko, zuko_shown = zuko_likelihoods(project, shown.float(), held_out, seed)
    return {"ours": ours, "zuko": zuko, "ours in training": ours_shown, "zuko in training": zuko_shown}


def mean_loss(trained: Any, points_ND: Tensor) -> float:
    """The flow's loss over these points, as the network that was trained computes it."""
    import torch

    model = trained.model
    model.objective.eval()
    with torch.no_grad():
        return float(model.objective(points_ND)["loss"])


def zuko_likelihoods(project: Project, shown: Tensor, held_out: Tensor, seed: int) -> tuple[float, float]:
    """The mean log-likelihoods of both parts that the same flow reaches in zuko: held-out points, and those of the training."""
    import torch
    import zuko
    from zuko.flows.coupling import GeneralCouplingTransform
    from zuko.lazy import Flow, UnconditionalDistribution, UnconditionalTransform

    recipe = project.recipe
    hidden = [int(project.constants["hidden"])] * 2
    torch.manual_seed(seed)
    deviation, mean = shown.std(0), shown.mean(0)
    first = UnconditionalTransform(zuko.transforms.MonotonicAffineTransform, -mean / deviation, -deviation.log())
    masks = [torch.tensor([at % 2 == 0, at % 2 == 1]) for at in range(6)]
    how: Any = {"hidden_features": hidden, "activation": torch.nn.SiLU}
    couplings = [GeneralCouplingTransform(2, mask=mask, **how) for mask in masks]
    normal = UnconditionalDistribution(zuko.distributions.DiagNormal, torch.zeros(2), torch.ones(2), buffer=True)
    flow = Flow([first, *couplings], normal)
    steps = recipe.epochs * -(-len(shown) // recipe.batch_size)
    optimizer = torch.optim.Adam(flow.parameters(), lr=recipe.lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(recipe.epochs):
        for batch in torch.randperm(len(shown)).split(recipe.batch_size):
            loss = -flow().log_prob(shown[batch]).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    with torch.no_grad():
        return float(flow().log_prob(held_out).mean()), float(flow().log_prob(shown).mean())


def measure(seed: int) -> Mapping[str, float]:
    """Train both."""
    found = train_and_compare(seed)
    return {
        "log-likelihood": found["ours"],
        "log-likelihood of zuko's flow": found["zuko"],
        "behind zuko": found["zuko"] - found["ours"],
        "log-likelihood in training": found["ours in training"],
        "log-likelihood of zuko's flow in training": found["zuko in training"],
    }


SYSTEM = System(
    "flow_points",
    "RealNVP on points",
    {
        "log-likelihood": Wanted(unit="nat a point"),
        "log-likelihood of zuko's flow": Wanted(unit="nat a point"),
        "behind zuko": Wanted(most=0.1, unit="nat a point"),
        "log-likelihood in training": Wanted(unit="nat a point"),
        "log-likelihood of zuko's flow in training": Wanted(unit="nat a point"),
    },
    measure,
)
