"""Cells of the zoo that remember in a way of their own: a liquid of spiking neurons, and a memory beside the network."""

from __future__ import annotations

from architectures.sheet import Sheet
from architectures.zoo import image_rows, read_untrained
from visualnet.core.graph import Port
from visualnet.core.project import DataChoice, Project, Recipe


def liquid_state() -> Project:
    s = Sheet()
    liquid = s.add("spiking", "liquid", image_rows(s), hidden_size=300)
    s.add("output", "spikes", liquid)
    looks = s.add("slice", "looks", Port(liquid.node, "trace"), dim=1, start=6, step=7)
    return read_untrained(
        s,
        s.add("flatten", "seen", looks),
        "Liquid state machine",
        "300 spiking neurons wired by chance hear a digit row by row; nobody trains them. A reader looks four times at the waves that it "
        "makes, and only the reader learns (Maass, Natschläger and Markram 2002).",
        "liquid",
    )


def turing() -> Project:
    s = Sheet(scope={"length": 6, "bits": 4})
    sequence = s.add("input", "sequence", field="sequence", size=("2*length + 1", "bits + 1"))
    machine = s.add("turing", "machine", sequence, hidden_size=64, rows=16, width=8)
    answers = s.add("slice", "behind_the_mark", machine, dim=1, start="length + 1")
    score = s.add("linear", "score", answers, out_features="bits")
    wanted = s.add("target", "copy", field="copy", size=("length", "bits"), dtype="float")
    s.add("bce_with_logits", "loss", score, wanted)
    s.add("binary_accuracy", "accuracy", score, wanted)
    s.add("output", "answer", score)
    s.add("output", "read_from", Port(machine.node, "read"))
    s.add("output", "written_to", Port(machine.node, "written"))
    return s.project(
        "Neural Turing machine",
        "A controller with a memory of 16 rows beside it, which it writes and reads by attention. It is shown rows of bits, then a mark, "
        "and has to give them back in order (Graves, Wayne and Danihelka 2014).",
        DataChoice(name="copying", options={"length": 6, "width": 4}, normalise=False),
        Recipe(optimizer="Adam", lr=0.01, batch_size=16, epochs=8, options={"clip_norm": 1.0}),
        wrap=100_000,
    )


TEMPLATES = {"liquid-state": liquid_state, "turing": turing}
