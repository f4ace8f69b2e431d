"""Rows turned round by the small Transformer and the small sequence-to-sequence network: right from end to end, written freely."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.systems.system import System, Wanted

NAMES = {
    "transformer-small": "Transformer",
    "seq2seq-small": "sequence to sequence",
    "translation": "English into German",
}


def measure(seed: int) -> Mapping[str, float]:
    """Train each from its template, and judge its best weights on rows that neither taught it nor chose them."""
    import visualnet as vn
    from tests.benchmarks import held_out

    found = {}
    for template, title in NAMES.items():
        with tempfile.TemporaryDirectory() as kept:
            folder = Path(kept) / template
            vn.train(held_out.template(template, seed), folder=folder).finish()
            figures = vn.load_run(folder).evaluate("test").figures[0]
        found[f"{title}: exact match, written freely"] = figures["free_exact_match"].value
        found[f"{title}: exact match, told the right tokens"] = figures["exact_match"].value
        found[f"{title}: token accuracy, written freely"] = figures["free_token_accuracy"].value
    return found


SYSTEM = System(
    "reversal",
    "Sequence to sequence, Transformer",
    {
        f"{title}: {figure}": Wanted(least=0.98) if figure.startswith("exact match, written") else Wanted()
        for title in NAMES.values()
        for figure in (
            "exact match, written freely",
            "exact match, told the right tokens",
            "token accuracy, written freely",
        )
    },
    measure,
)
