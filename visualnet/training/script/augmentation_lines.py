"""What a training script says of augmentation: the text of the functions that change its batches, and how they are called."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import ModuleType

from visualnet.compiling.source_code.code_layout import lay_out, write_literal
from visualnet.core.text.python_source import parse_source
from visualnet.data.loading import Loaded
from visualnet.data.preparation import field_checks
from visualnet.data.preparation.augmentation import chance, functions, warping
from visualnet.data.preparation.augmentation.augmentation import Augmentation
from visualnet.layers.declaration.layer import Spec
from visualnet.training.script import plain_images
from visualnet.training.script.filling import fill

TEXT = '''\
def load_figures($figures_device) -> dict[str, tuple[Tensor, Tensor]]:  #? figures
    """Mean and deviation of what is normalised behind the augmentation."""  #? figures
    figures: dict[str, tuple[Tensor, Tensor]] = {}  #? figures
    with np.load(DATA) as data:  #? figures
        for name in $normalised:  #? figures
            mean = torch.from_numpy(data[f"{name}_mean"])$to_device  #? figures
            std = torch.from_numpy(data[f"{name}_std"])$to_device  #? figures
            figures[name] = (mean, std)  #? figures
    return figures  #? figures


$augmentation_functions


def augment($augment_arguments) -> list[Tensor]:
    """A batch of training, changed at random; the same step draws the same."""
    generator = torch.Generator().manual_seed(hash((DATA_SEED, step)) % (1 << 63))
    named = dict(zip($field_names, batch))
    $augmentation_calls
    for name, (mean, std) in figures.items():  #? figures
        named[name] = (named[name] - mean) / std  #? figures
    return [named[name] for name in $field_names]
'''
NAMES = frozenset(("augment", "load_figures", "DATA_SEED", "Batch"))
_KORNIA = re.compile(r"^ +from kornia[^\n]*\n\n?", re.M)
_CONSTANTS = ("MASK", "BOXES", "BOX_LABELS", "PADDING_LABEL", "LEAST_SIDE")


def fill_augmentation(
    steps: Sequence[Augmentation],
    data: Loaded,
    fields: Sequence[str],
    normalised: Sequence[str],
    placed: bool,
) -> dict[str, str]:
    """What stands in the template of a script for augmentation: nothing where there is none.

    ``fields`` are those of a batch, and ``normalised`` the ones whose mean is taken out behind the augmentation; ``placed`` says that
    tensors go to a device.
    """
    if not steps:
        return {"augmentation": "", "augmented": "", "data_seed": "", "figures_argument": ""}
    names = [write_literal(field) for field in fields]
    arguments = ["batch: list[Tensor]", "step: int"]
    arguments += ["figures: dict[str, tuple[Tensor, Tensor]]"] if normalised else []
    values = {
        "augment_arguments": ", ".join(arguments),
        "augmentation_functions": print_functions(steps, fields),
        "augmentation_calls": print_calls(steps, data.fields),
        "field_names": f"({', '.join(names)}{',' if len(names) == 1 else ''})",
        "normalised": write_literal(tuple(normalised)),
        "figures_device": "device: torch.device" if placed else "",
        "to_device": ".to(device)" if placed else "",
    }
    augmented = f"augment([tensor[index] for tensor in train], step{', figures' if normalised else ''})"
    return {
        "augmentation": fill(TEXT, {"figures"} if normalised else set(), values),
        "augmented": augmented,
        "data_seed": write_literal(data.choice.seed),
        "figures_argument": "device" if placed else "",
    }


def print_functions(steps: Sequence[Augmentation], fields: Sequence[str]) -> str:
    """The definitions that these steps need, in an order in which they can be read; what they do to masks and boxes only where the batch
    has such fields."""
    known = {name: _drop_absent(text, fields) for name, text in definitions().items()}
    used: set[str] = set()
    todo = {step.function or step.name for step in steps}
    while todo:
        name = todo.pop()
        used.add(name)
        named = {node.id for node in ast.walk(parse_source(known[name])) if isinstance(node, ast.Name)}
        todo |= (named & known.keys()) - used
    constants = [known[name] for name in _CONSTANTS if name in used]
    texts = [text for name, text in known.items() if name in used and name not in (*_CONSTANTS, "Batch")]
    return "\n".join([known["Batch"], *constants]) + "\n\n\n" + "\n\n\n".join(texts)


def print_calls(steps: Sequence[Augmentation], fields: Mapping[str, Spec]) -> str:
    """A line for each step."""
    found: list[str] = []
    for step in steps:
        given = "".join(f", {name}={write_literal(value)}" for name, value in step.arguments(fields).items())
        found += lay_out(f"named = {step.function or step.name}(named{given}, generator=generator)", 1)
    return "\n".join(found)


@cache
def definitions() -> dict[str, str]:
    """Every definition that may be needed, by name; what is imported from kornia has a stand-in."""
    found = {"Batch": "Batch = dict[str, Tensor]"}
    found |= {name: f"{name} = {write_literal(getattr(field_checks, name))}" for name in _CONSTANTS}
    for module in (chance, plain_images, warping, functions):
        found |= _read_functions(module)
    return found


def _drop_absent(text: str, fields: Sequence[str]) -> str:
    """The text without what is done only ``if MASK in batch`` and the like, where the batch has no such field."""
    tests = {f"{name} in batch" for name in _CONSTANTS if getattr(field_checks, name) not in fields}
    dropped: set[int] = set()
    for node in ast.walk(parse_source(text)):
        if isinstance(node, ast.If) and not node.orelse and ast.unparse(node.test) in tests:
            dropped |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return "\n".join(line for at, line in enumerate(text.splitlines(), 1) if at not in dropped)


def _read_functions(module: ModuleType) -> dict[str, str]:
    source = inspect.getsource(module)
    lines = source.splitlines()
    return {
        node.name: _KORNIA.sub("", "\n".join(lines[node.lineno - 1 : node.end_lineno]) + "\n").rstrip("\n")
        for node in parse_source(source).body
        if isinstance(node, ast.FunctionDef)
    }
