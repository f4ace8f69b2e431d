"""The text of a training script that is said for each learner, as `filling.fill` reads it."""

from __future__ import annotations

# What is said for each learner: of a recipe without learners once, of one with them once for each, its names with the learner's before
# them.

LEARNER_CONSTANTS = """\
LR = $lr  #? learners
STEPS = $steps  # in a row on each batch  #? repeats
WARMUP_EPOCHS = $warmup  #? warmup
RATE_POINTS = $rate_points  # epochs and shares of the rate  #? drawn
ACCUMULATE = $accumulate  # batches that make one step  #? accumulate
L1 = $l1  #? l1
CLIP_NORM = $clip_norm  #? clip_norm
CLIP_VALUE = $clip_value  #? clip_value
EMA_DECAY = $ema_decay  #? average
# The rates of the groups behind the first, as shares of its rate.  #? scaled
RATE_FACTORS = $rate_factors  #? scaled
"""

LEARNER_FUNCTIONS = '''\
def own_parameters(model: $network) -> list[nn.Parameter]:  #? learners, not groups
    """The weights that $learner trains."""  #? learners, not groups
    own = $prefixes  #? learners, not groups
    return [p for name, p in model.named_parameters() if name.startswith(own)]  #? learners, not groups


def group_parameters(model: $network) -> list[dict[str, Any]]:  #? groups
    """The weights that are trained alike; what a group does not say is as for all others."""  #? groups
    rest = {name: p for name, p in model.named_parameters() if p.requires_grad}  #? groups, not learners
    own = $prefixes  #? groups, learners
    rest = {name: p for name, p in model.named_parameters() if name.startswith(own)}  #? groups, learners

    def take(*prefixes: str) -> list[nn.Parameter]:  #? groups
        return [rest.pop(name) for name in list(rest) if name.startswith(prefixes)]  #? groups

    groups: list[dict[str, Any]] = [$groups]  #? groups
    return [{"params": list(rest.values())}, *groups]  #? groups


def drawn_share(epoch: float) -> float:  #? drawn
    """The share of the rate at an epoch: straight from point to point."""  #? drawn, not smooth
    """The share of the rate at an epoch: half a cosine from point to point."""  #? drawn, smooth
    for (start, high), (end, low) in pairwise(RATE_POINTS):  #? drawn
        if epoch < end:  #? drawn
            along = (epoch - start) / (end - start)  #? drawn
            along = (1 - math.cos(math.pi * along)) / 2  #? drawn, smooth
            return high + (low - high) * along  #? drawn
    return RATE_POINTS[-1][1]  #? drawn


def scale_rates(optimizer: torch.optim.Optimizer) -> None:  #? scaled
    """Give each group its share of the rate that the schedule has for the first."""  #? scaled
    first, *others = optimizer.param_groups  #? scaled
    for group, factor in zip(others, RATE_FACTORS):  #? scaled
        group["lr"] = first["lr"] * factor  #? scaled
'''
