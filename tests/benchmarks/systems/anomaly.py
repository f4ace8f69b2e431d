"""Anomaly detection: an autoencoder that never sees one digit, and how well its error tells that digit from the others.

The shipped template holds the zeros out; its area under the ROC curve is what is wanted. The same is trained with each other digit held
out, with the same seed and nothing else changed: the mean over the ten and the worst of them are stated, for the error is no good sign of a
digit with little ink (a 1 is redrawn well by whatever has seen 7s and 9s).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from tests.benchmarks.systems.system import System, Wanted

SHIPPED = 0
"""The digit that the template holds out."""


def measure(seed: int) -> Mapping[str, float]:
    """Train with each digit held out, and judge the last weights on the test part, which nothing was chosen by."""
    import visualnet as vn
    from visualnet.core import edits
    from visualnet.core.storage import project_file
    from visualnet.resources import resource

    template = project_file.load(resource("templates", "anomaly.vnet"))
    assert template.data.division_options == {"odd": SHIPPED}
    project = replace(template, recipe=replace(template.recipe, seed=seed))
    areas = {}
    with tempfile.TemporaryDirectory() as kept:
        for odd in range(10):
            held = edits.set_data(project, division_options={"odd": odd})
            folder = Path(kept) / str(odd)
            vn.train(held, device="cpu", folder=folder).finish()
            areas[odd] = vn.load_run(folder).evaluate("test", weights="last").figures[0]["odd_auc"].value
            print(f"odd {odd}: {areas[odd]:.3f}", flush=True)
    return {
        "AUC": areas[SHIPPED],
        "AUC, mean of ten digits": sum(areas.values()) / len(areas),
        "AUC, worst digit": min(areas.values()),
        "worst digit": float(min(areas, key=lambda digit: areas[digit])),
    }


SYSTEM = System(
    "anomaly",
    "Anomaly detection",
    {
        "AUC": Wanted(least=0.9),
        "AUC, mean of ten digits": Wanted(),
        "AUC, worst digit": Wanted(),
        "worst digit": Wanted(),
    },
    measure,
)
