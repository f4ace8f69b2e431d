"""A recipe read by the declarations: every setting by its name, wherever the file keeps it, and what of it cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from msgspec.structs import replace

from visualnet.core.graph import Value
from visualnet.core.project import LAST_EPOCH, LearnerSpec, Recipe
from visualnet.layers.declaration.params import Param
from visualnet.layers.recipe.drawn_curve import read_points
from visualnet.layers.recipe.guards import GUARDS
from visualnet.layers.recipe.machine import MACHINE
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.schedules import SCHEDULES, WARM_UP, Schedule, own_params
from visualnet.layers.recipe.setting_values import FIELDS, PLAIN, raw_value, read_setting
from visualnet.training.recipe.procedures import PROCEDURES


@cache
def options_of_run() -> frozenset[str]:
    """Options that a recipe says for all of its learners."""
    kinds = (*(g for g in GUARDS.values() if g.whole), *MACHINE.values(), *PROCEDURES.values())
    return frozenset(name for kind in kinds for name in kind.params)


def declared(recipe: Recipe) -> dict[str, Param]:
    """The fields that the optimizer, the schedule, the procedure, all guards and the machine of a recipe have; of those that are not
    known, none."""
    found: dict[str, Param] = {}
    if recipe.optimizer in OPTIMIZERS:
        found |= OPTIMIZERS[recipe.optimizer].params
    found |= own_params(SCHEDULES[recipe.schedule]) if recipe.schedule in SCHEDULES else WARM_UP.params
    own = [PROCEDURES[recipe.procedure]] if recipe.procedure in PROCEDURES else []
    for kind in (*GUARDS.values(), *MACHINE.values(), *own):
        found |= kind.params
    return found


def known_options() -> dict[str, Param]:
    """Every option that some declaration has, by name."""
    techniques = (
        *(*OPTIMIZERS.values(), *SCHEDULES.values(), WARM_UP),
        *(*GUARDS.values(), *MACHINE.values(), *PROCEDURES.values()),
    )
    return {n: p for technique in techniques for n, p in technique.params.items() if n not in FIELDS}


def settings(recipe: Recipe) -> dict[str, Any]:
    """Every setting as a figure, by name.

    Raises:
        ValueError: one cannot be used; the words begin with its name.
    """
    found = {name: read_setting(param, raw_value(recipe, param)) for name, param in declared(recipe).items()}
    return {**found, **{name: getattr(recipe, name) for name in FIELDS}}


def change(recipe: Recipe, values: Mapping[str, Value]) -> dict[str, Any]:
    """Settings by name as the fields of a recipe that they change: for ``edits.set_recipe``. Names that nothing declares stay as they are.

    An option that is put back to what is declared is kept: how a network was trained must not depend on a later version's defaults.
    """
    known = known_options()
    fields = {name: value for name, value in values.items() if name not in known}
    options = {name: value for name, value in values.items() if name in known}
    return {**fields, "options": {**recipe.options, **options}} if options else fields


def recipe_of_run(recipe: Recipe) -> Recipe:
    """What a recipe says of the run, whatever its learners do: where there are none, all of it."""
    if not recipe.learners:
        return recipe
    options = {name: value for name, value in recipe.options.items() if name in options_of_run()}
    return replace(recipe.of_learner(LearnerSpec(name="")), options=options)


def find_problems(recipe: Recipe, validation: bool | None = None) -> dict[str, str]:
    """What of a recipe cannot be used, by setting: what came, what is wanted, and a way out. ``validation``: whether the data have
    samples for it (None: not known). What is said of a learner has its name before the setting's."""
    if recipe.learners:
        found = find_problems(recipe_of_run(recipe), validation)
        for learner in recipe.learners:
            own = find_learner_problems(recipe, learner, validation)
            found |= {f"{learner.name}.{name}": f"learner “{learner.name}”: {words}" for name, words in own.items()}
        return found
    found = {}
    kinds: dict[str, Mapping[str, object]] = {
        "optimizer": OPTIMIZERS,
        "schedule": SCHEDULES,
        "procedure": PROCEDURES,
    }
    for what, known in kinds.items():
        if (name := getattr(recipe, what)) not in known:
            found[what] = f"there is no {what} “{name}” (there are {', '.join(known)})"
    for name in recipe.options.keys() - known_options().keys():
        found[name] = (
            f"no optimizer, schedule, guard, procedure or machine switch has the setting “{name}”; take it out of the recipe's options"
        )
    values: dict[str, Any] = {}
    for name, param in {**declared(recipe), **PLAIN}.items():
        try:
            values[name] = read_setting(param, raw_value(recipe, param))
        except ValueError as error:
            found[name] = str(error)
    if not 0 <= recipe.seed < 2**63:
        found["seed"] = "the seed can be 0 to 9,223,372,036,854,775,807"
    return {**_joint_problems(recipe, values, validation), **found}


def find_learner_problems(recipe: Recipe, learner: LearnerSpec, validation: bool | None = None) -> dict[str, str]:
    """What of a learner cannot be used, by setting."""
    found = find_problems(recipe.of_learner(learner), validation)
    run = find_problems(recipe_of_run(recipe), validation)
    found = {name: words for name, words in found.items() if name not in run}
    for name in options_of_run() & learner.options.keys():
        found[name] = f"{name} is about the whole run, not one learner: say it in the recipe's own options"
    return found


def _joint_problems(recipe: Recipe, values: Mapping[str, Any], validation: bool | None) -> dict[str, str]:
    """What does not go together, among the settings that can be read."""
    found: dict[str, str] = {}
    if values.get("nesterov") and values.get("momentum", 1) <= 0:
        found["momentum"] = "Nesterov looks ahead along the momentum; set momentum above 0, for example 0.9"
    schedule = SCHEDULES.get(recipe.schedule, SCHEDULES["constant"])
    if "epochs" in values and "warmup" in values:
        found |= _too_long(schedule, values)
    if recipe.best_by == LAST_EPOCH:
        why = "waits for the value of the best epoch to stand still, and here each last epoch counts as the best"
        away = "choose under “Best epoch by” (best_by) a value that shall be watched"
        if values.get("patience") is not None:
            found["patience"] = f"patience {why}: the run would never end early; {away}, or leave it empty"
        if schedule.watches:
            found["schedule"] = (
                f"the schedule “{schedule.name}” {why}: the rate would never fall; {away}, or choose another schedule"
            )
    if validation is False:
        away = "give the validation set a share of the data"
        if values.get("patience") is not None:
            found["patience"] = (
                f"patience looks at the validation set, and the data have none: {away}, or leave it empty"
            )
        if schedule.watches:
            found["schedule"] = (
                f"the schedule “{schedule.name}” looks at the validation set, and the data have none: {away}"
            )
    return found


def _too_long(schedule: Schedule, values: Mapping[str, Any]) -> dict[str, str]:
    """What of a schedule a run is too short for."""
    epochs, warm = values["epochs"], values["warmup"]
    if warm and warm >= epochs:
        way = "a warm-up needs a run of two" if epochs == 1 else f"set it to {epochs - 1:,} at most, or train longer"
        return {
            "warmup": f"warmup takes {warm:,} of {epochs:,} epochs and leaves none to train at the full rate: {way}"
        }
    period = values.get(schedule.period)
    longest, left = (max(period, default=0) if isinstance(period, tuple) else period or 0), epochs - warm
    if schedule.drawn:
        longest = read_points(period)[-1][0] if period else 0
    if longest < left or (longest == left and schedule.whole):
        return {}
    behind = f" after the warm-up of {warm:,}" if warm else ""
    few = "is only 1 epoch" if left == 1 else f"are only {left:,} epochs"
    most = left if schedule.whole else left - 1
    way = f"choose {most:,} at most, or train longer" if most else "train longer, or choose another schedule"
    said = f"reach to epoch {longest:,g}" if schedule.drawn else f"is {longest:,}"
    return {schedule.period: f"{schedule.period} {said}, but there {few}{behind}: the run would end before it; {way}"}
