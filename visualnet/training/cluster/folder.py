"""Write the folder with which a project is trained on a cluster: project, script, pinned requirements, a Slurm script and a README."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from string import Template

import msgspec

from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.text.format import format_quantity
from visualnet.training.cluster import texts
from visualnet.version import __version__

PROJECT, JOB, README, REQUIREMENTS, SCRIPT = "project.vnet", "train.slurm", "README.md", "requirements.txt", "train.py"
_WINDOW = frozenset(("pyside6-essentials", "pyqtgraph"))
"""What only the window needs."""


def write_cluster_folder(project: Project, folder: Path, nodes: int = 1, processes: int = 2) -> list[Path]:
    """Write what trains this project on ``nodes`` machines with so many ``processes`` on each: the files that were written.

    A training that a script cannot say goes without ``train.py``; the README says why.

    Raises:
        ValueError: the network has errors, its data are not there, or several processes cannot train it.
        FileError, OSError: a file cannot be written, or the folder holds another export.
    """
    from visualnet.analysis import infer
    from visualnet.data.loading import load
    from visualnet.training.distributed import refusals
    from visualnet.training.loop import preflight

    if folder.exists() and any(folder.iterdir()):
        raise FileError(str(folder), "the folder is not empty", way_out="Name another one, or empty it.")
    if nodes * processes > 1:
        refusals.check(project, nodes * processes)
    data = load(project.data)
    for fault in preflight.faults(infer(project, None, data.fields), data):
        raise ValueError(fault.words)
    folder.mkdir(parents=True, exist_ok=True)
    written, why = _write_script(project, folder, data)
    project_file.save(folder / PROJECT, msgspec.structs.replace(project, runs=(), readonly=""))
    said = _values(project, nodes, processes, why)
    for name, text in (
        (JOB, _fill(texts.SLURM, said)),
        (README, _fill(texts.README, said)),
        (REQUIREMENTS, requirements()),
    ):
        project_file.write(folder / name, text.encode())
    return [folder / PROJECT, *written, *(folder / name for name in (JOB, REQUIREMENTS, README))]


def _write_script(project: Project, folder: Path, data: object) -> tuple[list[Path], str]:
    """The script's files; or why there are none."""
    from visualnet.training.script.training_script import write_training

    try:
        return write_training(project, data, folder / SCRIPT), ""  # type: ignore[arg-type]
    except ValueError as error:
        return [], str(error)


def _values(project: Project, nodes: int, processes: int, why: str) -> dict[str, str]:
    recipe, all_processes = project.recipe, nodes * processes
    least, most = recipe.batch_size // all_processes, -(-recipe.batch_size // all_processes)
    said = {
        "name": project.name,
        "job": re.sub(r"[^A-Za-z0-9_.-]+", "-", project.name).strip("-") or "visualnet",
        "nodes": str(nodes),
        "processes": str(processes),
        "nodes_words": format_quantity(nodes, "machine"),
        "processes_words": format_quantity(processes, "process", "processes"),
        "cpus": str(max(1, 4 * processes)),
        "batch": f"{recipe.batch_size:,}",
        "share": f"{least} each" if least == most else f"{least} or {most} each",
        "version": __version__,
        "data_words": f"The data are read from `{project.data.path}`: that path must be there on every machine."
        if project.data.path
        else "The data come with VisualNet, or are fetched when they are first used.",
        "why": why.rstrip("."),
    }
    said["gpu_line"] = _fill(texts.NO_GPU_LINE if recipe.device == "cpu" else texts.GPU_LINE, said).rstrip()
    said["script_row"] = "" if why else texts.SCRIPT_ROW
    said["script_words"] = _fill(texts.NO_SCRIPT_WORDS if why else texts.SCRIPT_WORDS, said).rstrip()
    return said


def _fill(text: str, said: dict[str, str]) -> str:
    return re.sub(r"\n\n\n+", "\n\n", Template(text).substitute(said).rstrip()) + "\n"


def requirements() -> str:
    """What a training without a window needs, in the versions that are installed here, a line each."""
    lines = []
    for wanted in metadata.requires("visualnet") or ():
        if "extra ==" in wanted:
            continue
        name = re.match(r"[A-Za-z0-9_.-]+", wanted)
        if name is None or name[0].lower() in _WINDOW:
            continue
        # A build for one machine (2.13.0+cpu) says nothing of another one.
        lines.append(f"{name[0].lower()}=={metadata.version(name[0]).partition('+')[0]}")
    return "\n".join(sorted(lines)) + "\n"
