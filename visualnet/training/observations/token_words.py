"""Words for the numbers of a text, and names for the positions of a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from visualnet.compiling.module import Model
from visualnet.compiling.plan import Plan
from visualnet.data.loading import Loaded
from visualnet.data.preparation.registry import STEPS
from visualnet.data.registry import make_data_set
from visualnet.training.observations.probe_targets import ProbePort

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

BLANK = "·"
"""What stands for a token without letters: a blank, or what fills up a short text."""


def vocabulary(data: Loaded, field: str) -> tuple[str, ...]:
    """The word for each number of a field; empty where that is not known."""
    if data.preparation is not None:
        for step, fitted in zip(reversed(data.preparation.steps), reversed(data.preparation.fitted), strict=True):
            names = STEPS[step.kind](step.options).token_names(field, fitted)
            if names:
                return tuple(_visible(name) for name in names)
    return tuple(_visible(name) for name in make_data_set(data.choice).words_of(field))


def position_words(context: ObservationContext, fields: Sequence[str], length: int) -> tuple[str, ...]:
    """What the positions of a sequence are called: by the words of the first of these fields that has as many, with class tokens before
    them where there are more positions; empty where no field is a text."""
    fitting = [field for field in fields if _is_text(context, field, length)]
    # A text whose words are known is read before numbers that say something about it, such as which of two sentences a word is of.
    fitting.sort(key=lambda field: not vocabulary(context.data, field))
    if not fitting:
        return ()
    numbers = [int(number) for number in context.batch()[fitting[0]][0].tolist()]
    names = vocabulary(context.data, fitting[0])
    words = [names[n] if 0 <= n < len(names) else str(n) for n in numbers]
    return tuple(["class token"] * (length - len(words)) + words)


def reaching_fields(context: ObservationContext, port: ProbePort) -> tuple[str, ...]:
    """The fields of the data from which a port is computed, the nearest first."""
    plan, known = _reaching.get(context.model, (None, {}))
    if plan is not context.model.plan:
        known = {}
        _reaching[context.model] = context.model.plan, known
    if port not in known:
        graph = context.model.view([port]).graph
        names = dict(zip(graph.find_nodes(op="placeholder"), context.model.fields, strict=False))
        todo = list(graph.output_node().all_input_nodes)
        seen = set(todo)
        for node in todo:
            new = [one for one in node.all_input_nodes if one not in seen]
            seen.update(new)
            todo += new
        known[port] = tuple(names[node] for node in todo if node in names)
    return known[port]


_reaching: WeakKeyDictionary[Model, tuple[Plan, dict[ProbePort, tuple[str, ...]]]] = WeakKeyDictionary()
"""What was found, for each network: looking costs the making of a program."""


def _is_text(context: ObservationContext, field: str, length: int) -> bool:
    spec = context.data.fields.get(field)
    return spec is not None and spec.dtype == "int" and len(spec.shape) == 1 and 0 <= length - spec.shape[0] <= 1


def _visible(word: str) -> str:
    return word if word.strip() else BLANK
