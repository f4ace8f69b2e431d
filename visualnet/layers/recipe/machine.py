"""How the machine computes a run: number formats, compiled code, memory formats, deterministic algorithms, threads. What is learned is the
same; how fast, in how much memory and to which last bits differs. Each is off until its first field is set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from visualnet.core.text.format import format_quantity
from visualnet.layers.declaration.params import Bool, Choice, Float, Int
from visualnet.layers.recipe.technique import Technique, Values, declare

MOST_THREADS = 1024


@dataclass(frozen=True)
class Switch(Technique):
    """A setting of the machine. ``gives`` and ``costs`` say in a line each what it is good for and what it takes; ``summary`` what a run
    says of it in a word or two, from its settings."""

    gives: str = ""
    costs: str = ""
    summary: Callable[[Values], str] = str


_ALL = (
    Switch(
        "mixed precision",
        "Layers and losses compute in numbers of 16 bits where that is safe; weights, gradients and the optimizer keep 32.",
        declare(
            precision=Choice(
                "float32",
                "The numbers that layers compute with.",
                {
                    "float32": "32 bits everywhere",
                    "bf16": "16 bits with the range of float32: nothing overflows that would not anyway",
                    "fp16": "16 bits with a small range: losses are scaled so that small gradients do not vanish",
                },
            ),
            init_scale=Float(65536.0, "fp16: what the loss is multiplied by at first.", low=1, high=2.0**40, more=True),
            growth_interval=Int(
                2000, "fp16: steps without overflow after which the scale doubles.", low=1, high=1_000_000, more=True
            ),
        ),
        (),
        "Micikevicius et al. 2018, Mixed Precision Training, arXiv:1710.03740",
        "autocast",
        gives="Activations take about half the memory, and steps are faster where the hardware computes with such numbers.",
        costs="About three digits instead of seven; fp16 skips steps whose gradients overflow. Slower on a processor without such numbers.",
        summary=lambda values: f"{values['precision']} mixed precision",
    ),
    Switch(
        "compile",
        "The network and its losses are translated into fused machine code before the first step.",
        declare(
            compile=Bool(False, "Translate the network by torch.compile."),
            compile_backend=Choice(
                "inductor",
                "What torch.compile translates with.",
                {
                    "inductor": "Fused C++ or GPU code",
                    "aot_eager": "Nothing is fused: forward and backward are traced and run by PyTorch, to look for faults",
                    "eager": "Nothing is fused: only the forward pass is traced, to look for faults",
                },
                more=True,
            ),
        ),
        (),
        "Ansel et al. 2024, PyTorch 2: Faster Machine Learning Through Dynamic Python Bytecode Transformation and Graph Compilation",
        "compile",
        gives="Many small operations become few large ones: many networks train faster, most of all on a GPU.",
        costs="Seconds to minutes before the first step, and for each other batch size; the last bits differ. Needs a C++ compiler.",
        summary=lambda values: "compiled",
    ),
    Switch(
        "channels last",
        "Images, and the weights of convolutions, lie in memory pixel by pixel instead of channel by channel.",
        declare(channels_last=Bool(False, "Keep images and their weights pixel by pixel.")),
        (),
        torch="channels_last",
        gives="Convolutions over images are often faster, above all on a GPU with mixed precision.",
        costs="Nothing in memory; networks without 2-D convolutions gain nothing. The last bits differ.",
        summary=lambda values: "channels last",
    ),
    Switch(
        "deterministic algorithms",
        "Only operations are used that give the same bits each time on the same machine.",
        declare(deterministic=Bool(False, "Use deterministic algorithms alone.")),
        (),
        "Zhuang et al. 2022, Randomness in Neural Network Training: Characterizing the Impact of Tooling, arXiv:2106.11872",
        "use_deterministic_algorithms",
        gives="The same seed gives the same run to the last bit on a GPU too; a CPU does so anyway.",
        costs="Slower on a GPU; a few operations have no such form, and a run that needs one ends with its name.",
        summary=lambda values: "deterministic",
    ),
    Switch(
        "threads",
        "How many cores of the processor one run uses.",
        declare(
            threads=Int(None, "Threads of one operation on the CPU.", low=1, high=MOST_THREADS, none="all but one core")
        ),
        (),
        torch="set_num_threads",
        gives="Fewer leave cores to other work; small networks are often faster with one or two.",
        costs="Another number may add in another order, and differ in the last bits. On a GPU it changes little.",
        summary=lambda values: format_quantity(values["threads"], "thread"),
    ),
)
MACHINE: dict[str, Switch] = {kind.name: kind for kind in _ALL}


def describe_machine(values: Values) -> str:
    """What is switched on, in a few words: “bf16 mixed precision, channels last”; empty where nothing is."""
    return ", ".join(kind.summary(values) for kind in MACHINE.values() if kind.is_on(values))
