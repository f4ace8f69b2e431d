"""The folder of a run that is named on the command line."""

from __future__ import annotations

from pathlib import Path

from visualnet.cli.common import UsageError


def find_run_folder(text: str) -> Path:
    """The folder of a run, by its path or its name among the user's runs. A capsule is unpacked among them first, if it was not before.

    Raises:
        UsageError: there is none.
        FileError: the capsule is not in order.
    """
    from visualnet.core.storage.paths import runs_dir
    from visualnet.training.capsules.names import SUFFIX
    from visualnet.training.runs.run_model import PROJECT

    if text.lower().endswith(SUFFIX) and Path(text).is_file():
        from visualnet.training.capsules.opening import unpack_among_runs

        return unpack_among_runs(Path(text)).folder

    for path in (Path(text), runs_dir() / text):
        if (path / PROJECT).is_file():
            return path
    raise UsageError(
        f"there is no run in “{text}”: give the folder that “visualnet train --run” wrote, or a run's name"
    )
