"""What a training script says of play: the world, the classes that play in it, and the rounds in which is learned from that."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from types import ModuleType

from visualnet.compiling.module import Model
from visualnet.compiling.source_code.code_layout import write_literal
from visualnet.core.text.python_source import parse_source
from visualnet.data.environments.environment import OBSERVATION
from visualnet.data.environments.registry import environment_of
from visualnet.data.loading import Loaded
from visualnet.layers.recipe.technique import Values
from visualnet.training.loop.procedures import q_play
from visualnet.training.loop.procedures.action_values import find_values, observed_shape
from visualnet.training.recipe.procedures import PROCEDURES
from visualnet.training.script.filling import fill
from visualnet.training.script.lines.round_lines import CannotPrint, RoundLines

CONSTANTS = """\
# What is played, and how is learned from it.
ROUNDS = $rounds  # in an epoch
PLAY = $play
"""
TEXT = '''\
$definitions


def make_world() -> Any:
    """$title."""
    import gymnasium  #? gymnasium
  #? gymnasium
    return $world


def normal(seen: np.ndarray) -> np.ndarray:
    """An observation as the network wants it."""
    with np.load(DATA) as data:  #? figures
        return (seen - data["observation_mean"][0]) / data["observation_std"][0]  #? figures
    return seen.copy()  #? not figures


def start_play(device: torch.device) -> QPlay:
    seen = np.zeros($shape, np.$dtype)
    return QPlay(make_world(), seen, $actions, PLAY, SEED, normal, device)


@torch.no_grad()
def play_round(model: $network, target: $network, play: QPlay, rounds: int) -> tuple[Tensor, list[Tensor]]:
    """Play on after so many rounds, and draw a batch of what is remembered."""
    model.eval()
    while play.played < max(PLAY["learning_starts"], 1) + rounds * PLAY["play_steps"]:
        play.step(model)
    if rounds and rounds % PLAY["target_every"] == 0:
        update_target_network(tensors_of(target), tensors_of(model), PLAY["target_rate"])
    places = play.draw()
    batch = play.learn_from(places, model, target)
    model.train()
    return places, [$batch]


def tensors_of(model: nn.Module) -> list[Tensor]:
    return [*model.parameters(), *model.buffers()]


@torch.no_grad()
def watch(model: $network, device: torch.device) -> dict[str, float]:
    """What it reaches in the same episodes each time."""
    model.eval()
    worlds = [CheckedWorld(make_world(), $shape, normal) for _ in range(PLAY["episodes"])]
    return describe_episodes(play_greedily(worlds, model, device, $actions, PLAY["test_epsilon"]))
'''
NAMES = frozenset(
    (
        *(
            "ROUNDS",
            "PLAY",
            "make_world",
            "normal",
            "start_play",
            "play_round",
            "tensors_of",
            "watch",
            "play",
            "target",
        ),
        *("copy", "random", "Callable", "gymnasium", "MouseWorld"),
        *(name for name, value in vars(q_play).items() if getattr(value, "__module__", "") == q_play.__name__),
    )
)
IMPORTS: Mapping[str, str] = {
    "copy": "import copy",
    "random": "import random",
    "Callable": "from collections.abc import Callable",
}


class PlayLines(RoundLines):
    """Play in an environment, and learning from what is remembered of it."""

    names, imports = NAMES, IMPORTS

    def check(self, model: Model, values: Values) -> None:
        """Refuse what the lines of play cannot say.

        Raises:
            CannotPrint: the words name it.
        """
        port = find_values(model.analysis.main)
        if list(model.plan.answers.values()) != [port]:
            raise CannotPrint(
                "a training script plays by the network's answer: let the values of the actions be its only output"
            )
        if model.project.recipe.learners:
            raise CannotPrint("a training script cannot yet play with several learners: take them away, or train here")
        for name, usual in (
            ("precision", "float32"),
            ("compile", False),
            ("channels_last", False),
            ("ema_decay", None),
        ):
            if values[name] != usual:
                raise CannotPrint(
                    f"a training script cannot yet play with “{name}”: leave it as it is by default, or train here"
                )

    def fill(self, data: Loaded, model: Model, values: Values, network: str) -> tuple[str, str]:
        """The definitions of play in a script, and its constants."""
        environment = environment_of(data.choice)
        assert environment is not None
        printed, spec = environment.printed(), environment.observation()
        settings = {name: values[name] for name in PROCEDURES["deep_q"].params if name != "rounds"}
        settings["batch_size"] = model.project.recipe.batch_size
        holds = {"gymnasium"} if not printed.module else set()
        holds |= {"figures"} if OBSERVATION in data.mean else set()
        sources = [_definitions(module) for module in (printed.module, q_play) if module is not None]
        given = {
            "definitions": "\n\n\n".join(sources),
            "title": environment.title,
            "world": printed.make,
            "shape": write_literal(observed_shape(environment)),
            "dtype": "int64" if spec.dtype == "int" else "float32",
            "actions": write_literal(len(environment.actions)),
            "network": network,
            "batch": ", ".join(f"batch[{write_literal(field)}]" for field in model.fields),
        }
        filled = fill(TEXT.replace("$definitions\n", "#definitions\n"), holds, given)
        constants = fill(CONSTANTS, (), {"rounds": write_literal(values["rounds"]), "play": spell_settings(settings)})
        return filled.replace("#definitions", given["definitions"]), constants


def spell_settings(settings: Values) -> str:
    """A dict, a setting a line."""
    return (
        "{\n"
        + "\n".join(f"    {write_literal(name)}: {write_literal(value)}," for name, value in settings.items())
        + "\n}"
    )


def _definitions(module: ModuleType) -> str:
    """The classes and functions of a module, as they stand there."""
    lines = inspect.getsource(module).splitlines()
    found = []
    for node in parse_source("\n".join(lines)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            found.append("\n".join(lines[first - 1 : node.end_lineno]))
    return "\n\n\n".join(found)


LINES = PlayLines()
