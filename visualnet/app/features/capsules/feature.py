"""Declares that runs are packed, opened and verified."""

from __future__ import annotations

from pathlib import Path

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.dialogs.modal import answer_of
from visualnet.training.capsules.names import SUFFIX
from visualnet.training.runs import run_history as history

SUBMENU = "Pass on and verify"


def folder_of_run(studio: Studio) -> Path | None:
    """The folder of the run in front, where it is here and does not train."""
    if not studio.has_runner or studio.runner.busy or studio.runner.run is None:
        return None
    return history.folder_of(studio.runner.run)


def has_run(studio: Studio) -> bool:
    """Whether a run that is over is shown."""
    return folder_of_run(studio) is not None


def pack(studio: Studio) -> None:
    """Ask what goes with the run, and write it into one file."""
    from visualnet.app.features.capsules.pack_dialog import PackDialog

    folder = folder_of_run(studio)
    if folder is not None:
        answer_of(PackDialog(studio, folder, studio.shell.dialog_parent()))


def verify(studio: Studio) -> None:
    """Show what the run says of itself; train it again if that is wished."""
    from visualnet.app.features.capsules.verify_dialog import VerifyDialog

    folder = folder_of_run(studio)
    if folder is not None:
        answer_of(VerifyDialog(studio, folder, studio.shell.dialog_parent()))


def open_capsule(studio: Studio, path: Path) -> None:
    """Make a run of a capsule, and show its project in a tab."""
    from visualnet.app.features.capsules.opening import open_capsule

    open_capsule(studio, path)


def open_weights(studio: Studio, path: Path) -> None:
    """Show the project that a file of weights carries in a tab."""
    from visualnet.app.features.capsules.opening import open_weights

    open_weights(studio, path)


NO_RUN = "Show a run first that is over: train, or choose one in the panel Runs."
# A table: an action is a row.
# fmt: off
ACTIONS = (
    ActionSpec("train.pack_run", 45, "Pack the run…",
               "Write the run into one file to pass on: drawing, recipe, curves, weights, notes, and if you wish your data", "export", "",
               pack, has_run, submenu=SUBMENU, unavailable=NO_RUN),
    ActionSpec("train.verify_run", 45, "Verify the run…",
               "See where the run was made, and train it again: are its losses the same to the last bit?", "ok", "",
               verify, has_run, submenu=SUBMENU, unavailable=NO_RUN),
)
# fmt: on
FEATURE = Feature(
    "capsules",
    "A run in one file (.vnetz): open it on another computer, look at all of it, predict, and train it again to see whether it comes "
    "out the same.",
    actions=ACTIONS,
    opens={SUFFIX: open_capsule, ".safetensors": open_weights},
)
