"""What a script cannot say: refused by name, so that nothing is left out in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from visualnet.analysis import Analysis
from visualnet.core.project import DataChoice, Recipe
from visualnet.data.class_balancing import SAMPLING
from visualnet.data.preparation.augmentation.augmentation import Augmentation
from visualnet.data.preparation.step import Step
from visualnet.layers.recipe.node_training import NODE_TRAINING
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.schedules import SCHEDULES, WARM_UP
from visualnet.layers.recipe.setting_values import raw_value
from visualnet.training.recipe.procedures import PROCEDURES
from visualnet.training.recipe.settings import known_options, recipe_of_run
from visualnet.training.script.lines.round_lines import CannotPrint, find_round_lines, printed_procedures

_OF_STEPS = ("optimizer", "lr", "momentum", "nesterov", "weight_decay", "batch_size", "epochs", "seed", "device")
FIELDS = frozenset((*_OF_STEPS, "best_by", "start_from", "schedule", "options", "learners", "procedure", "extra"))
"""The fields of a recipe that a script follows."""
_GUARDS = ("l1", "clip_norm", "clip_value", "accumulate", "patience", "min_delta", "ema_decay", "label_smoothing")
GUARD_PARAMS = frozenset(_GUARDS)
"""The settings of guards that a script follows."""
MACHINE_PARAMS = frozenset(
    (
        "precision",
        "init_scale",
        "growth_interval",
        "compile",
        "compile_backend",
        "channels_last",
        "deterministic",
        "threads",
        "data_workers",
        "data_cache",
        "unreadable",
        "curves",
        "keep_every",
    )
)
"""The settings of the machine that a script follows. Its data lie in memory: how they are read changes nothing in it, nor does
in which form curves are kept, and of which epochs the weights."""
NODE_PARAMS = frozenset(("lr_factor", "weight_decay", "unfreeze_at"))
"""What a node says of its training that a script follows."""


def check(recipe: Recipe) -> None:
    """Refuse what a script would leave out.

    Raises:
        CannotPrint: the words name the setting.
    """
    if find_round_lines(recipe.procedure) is None:
        raise CannotPrint(f"a training script cannot yet say the procedure “{recipe.procedure}”: train here")
    own = [recipe.of_learner(learner) for learner in recipe.learners] or [recipe]
    for name in (name for one in (recipe_of_run(recipe), *own) for name in unknown_settings(one)):
        raise CannotPrint(
            f"a training script cannot yet say “{name}”: leave that setting as it is by default, or train here"
        )


def check_data(choice: DataChoice) -> None:
    """Refuse what a script would leave out of how samples are drawn. Weights of classes are written into its losses.

    Raises:
        CannotPrint: the words name the setting.
    """
    if choice.balance == SAMPLING:
        raise CannotPrint(
            "a training script cannot yet draw rare classes oftener: weigh them in the loss instead (Data, Rare classes), or train here"
        )


def check_nodes(analysis: Analysis) -> None:
    """Refuse what nodes say of their training, which a script would leave out.

    Raises:
        CannotPrint: the words name the node and the setting.
    """
    for path, facts in analysis.walk():
        for name, value in facts.training.items():
            if name in NODE_TRAINING.keys() - NODE_PARAMS and value != NODE_TRAINING[name].default:
                words = f"a training script cannot yet say “{name}” of “{analysis.name_of(path)}”"
                raise CannotPrint(f"{words}: take it away there, or train here")


def check_augmentation(steps: Iterable[Step]) -> tuple[Augmentation, ...]:
    """What is done to batches of training, where a script can say it.

    Raises:
        CannotPrint: a step is no function whose text could be printed; the words name it.
    """
    found = []
    for step in steps:
        if not isinstance(step, Augmentation):
            words = f"a training script cannot yet say the step “{step.title}” of the preparation"
            raise CannotPrint(f"{words}: switch it off, or train here")
        found.append(step)
    return tuple(found)


def unknown_settings(recipe: Recipe) -> Iterator[str]:
    """The settings of a recipe that are set to something a script does not follow."""
    usual = Recipe()
    for name in recipe.__struct_fields__:
        if name not in FIELDS and getattr(recipe, name) != getattr(usual, name):
            yield name
    followed = [*OPTIMIZERS.values(), *SCHEDULES.values(), WARM_UP]
    names = {param for technique in followed for param in technique.params} | GUARD_PARAMS | MACHINE_PARAMS
    names |= {param for name in printed_procedures() for param in PROCEDURES[name].params}
    for name, param in known_options().items():
        if name not in names and raw_value(recipe, param) != param.default:
            yield name
