"""How the machine computes a run: number formats, compiled code, memory formats, deterministic algorithms, threads. What is learned is the
same; how fast, in how much memory and to which last bits differs. Each is off until its first field is set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from visualnet.core.text.format import format_ordinal, format_quantity
from visualnet.layers.declaration.params import Bool, Choice, Float, Int
from visualnet.layers.recipe.technique import Technique, Values, declare

MOST_THREADS = 1024
MOST_WORKERS = 64
MOST_CACHE = 1_000_000


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
        "Layers and losses compute in numbers of 16 bits where that is safe; weights, gradients and the optimizer keep 32. What "
        "is kept of a step takes about half the memory; it is slower on a processor without such numbers.",
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
        gives="Half the memory, and often faster.",
        costs="Fewer digits; fp16 may skip steps.",
        summary=lambda values: f"{values['precision']} mixed precision",
    ),
    Switch(
        "compile",
        "The network and its losses are translated into fused machine code when batches of a size are first seen, which needs a C++ "
        "compiler. Where that fails, the run goes on without.",
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
        gives="Fused operations: often faster.",
        costs="Slow to begin; other last bits.",
        summary=lambda values: "compiled",
    ),
    Switch(
        "channels last",
        "Images, and the weights of convolutions, lie in memory pixel by pixel instead of channel by channel.",
        declare(channels_last=Bool(False, "Keep images and their weights pixel by pixel.")),
        (),
        torch="channels_last",
        gives="Often faster 2-D convolutions.",
        costs="Other last bits.",
        summary=lambda values: "channels last",
    ),
    Switch(
        "deterministic algorithms",
        "Only operations are used that give the same bits each time on the same machine, as a CPU does anyway. A run that needs one "
        "without such a form ends with its name.",
        declare(deterministic=Bool(False, "Use deterministic algorithms alone.")),
        (),
        "Zhuang et al. 2022, Randomness in Neural Network Training: Characterizing the Impact of Tooling, arXiv:2106.11872",
        "use_deterministic_algorithms",
        gives="The same bits each time, on a GPU too.",
        costs="Slower on a GPU; some layers cannot.",
        summary=lambda values: "deterministic",
    ),
    Switch(
        "threads",
        "How many cores of the processor one run uses. Small networks are often as fast with one or two.",
        declare(
            threads=Int(None, "Threads of one operation on the CPU.", low=1, high=MOST_THREADS, none="all but one core")
        ),
        (),
        torch="set_num_threads",
        gives="Fewer leave cores to other work.",
        costs="Another number: other last bits.",
        summary=lambda values: format_quantity(values["threads"], "thread"),
    ),
    Switch(
        "data workers",
        "How data are read that do not lie in memory, such as folders of images: so many samples are decoded side by side, ahead of the "
        "steps that want them, and what was decoded is kept for the next epoch up to a limit. The numbers of the run do not depend on it.",
        declare(
            data_workers=Int(
                None, "Threads that decode samples.", low=1, high=MOST_WORKERS, none="all cores, 8 at most"
            ),
            data_cache=Int(
                None,
                "Memory for samples that were decoded already.",
                low=0,
                high=MOST_CACHE,
                unit="megabytes",
                none="a quarter of what is free",
            ),
        ),
        (),
        gives="More of both: faster epochs from disk.",
        costs="Cores and memory.",
        summary=lambda values: format_quantity(values["data_workers"], "data worker"),
    ),
    Switch(
        "unreadable samples",
        "What becomes of a sample that cannot be read while the run goes on (a torn image, a file that is gone): it is left out and "
        "told, in each epoch and when the run is resumed, or the run stops there. Where many in a row cannot be read, a drive or folder "
        "is gone: then the run stops in any case, with its state kept.",
        declare(
            unreadable=Choice(
                "leave out",
                "Samples that cannot be read.",
                {"leave out": "Go on without them, and list each", "stop": "Stop the run at the first"},
            )
        ),
        (),
        gives="Stop: you train on all or not at all.",
        costs="A torn file ends the run.",
        summary=lambda values: "stops at an unreadable sample",
    ),
    Switch(
        "curves for other tools",
        "The run's curves are written into its folder for other programs too: event files for TensorBoard while it goes on, in the folder "
        "“tensorboard” (it needs the package), or a table, “curves.csv”, when it ends. Kept runs are written by All runs, Export curves.",
        declare(
            curves=Choice(
                "none",
                "In which form curves are written beside the log.",
                {
                    "none": "Only the log is written",
                    "tensorboard": "Event files, while the run goes on",
                    "csv": "A table, when the run ends",
                    "both": "Event files and a table",
                },
            )
        ),
        (),
        gives="Curves in TensorBoard as they come.",
        costs="Disk; no number changes.",
        summary=lambda values: f"curves as {'TensorBoard and CSV' if values['curves'] == 'both' else values['curves']}",
    ),
    Switch(
        "weights of epochs",
        "The weights are kept once more as the run goes on, beside those of the best epoch and the last ones: Play and Generate offer them "
        "by their epoch, while it trains too. Of a long run the newest 50 are kept at this distance, older ones farther apart.",
        declare(
            keep_every=Int(
                None,
                "After every so many epochs the weights are kept.",
                low=1,
                high=1_000_000,
                none="best and last alone",
            )
        ),
        (),
        gives="Any stage can be watched again.",
        costs="Disk: 100 times the weights at most.",
        summary=lambda values: f"weights of every {format_ordinal(values['keep_every'])} epoch",
    ),
)
MACHINE: dict[str, Switch] = {kind.name: kind for kind in _ALL}


def describe_machine(values: Values) -> str:
    """What is switched on, in a few words: “bf16 mixed precision, channels last”; empty where nothing is."""
    return ", ".join(kind.summary(values) for kind in MACHINE.values() if kind.is_on(values))
