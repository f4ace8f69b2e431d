"""The folder for a cluster: what it holds, what is refused; and that it trains here, as its script and as its job for Slurm."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.training.by_hand import tiny
from tests.training.distributed.launcher import free_port, told
from tests.training.gan import gan
from visualnet.cli.main import main
from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.training.cluster.folder import requirements, write_cluster_folder
from visualnet.training.runs.run_model import read_run

ROOT = Path(__file__).parents[3]


def test_the_folder_holds_all_that_a_cluster_needs(tmp_path: Path) -> None:
    project = tiny(epochs=2, batch_size=18)
    files = write_cluster_folder(project, tmp_path / "out", nodes=2, processes=2)
    assert [path.name for path in files] == [
        *("project.vnet", "train.py", "train_data.npz", "train.slurm", "requirements.txt", "README.md")
    ]
    assert sorted(files) == sorted((tmp_path / "out").iterdir())
    assert project_file.load(files[0]).recipe == project.recipe
    job, readme = files[3].read_text(), files[5].read_text()
    assert "#SBATCH --nodes=2\n" in job and "--nproc-per-node=2 " in job and "gpus" not in job
    assert "$" not in re.sub(r"\$\{?[A-Z\d(a-z]", "", job)  # nothing is left to be filled in
    assert "4 or 5 each" in readme and "train.py" in readme
    subprocess.run(["bash", "-n", str(files[3])], check=True)


def test_gpus_are_asked_for_where_the_recipe_may_use_them(tmp_path: Path) -> None:
    write_cluster_folder(tiny(device="auto"), tmp_path, processes=4)
    assert "#SBATCH --gpus-per-node=4\n" in (tmp_path / "train.slurm").read_text()


def test_the_requirements_are_pinned_and_hold_no_window() -> None:
    lines = requirements().splitlines()
    assert all(re.fullmatch(r"[a-z0-9_.-]+==[0-9][0-9a-z.]*", line) for line in lines), lines
    names = {line.partition("==")[0] for line in lines}
    assert {"torch", "numpy", "msgspec", "safetensors"} <= names and not names & {"pyside6-essentials", "pyqtgraph"}


@pytest.mark.parametrize("name", ["a; rm -rf ~", "$(id)", "`id`", "a\nb", "…", '"'])
def test_a_name_is_no_command_in_the_job(name: str, tmp_path: Path) -> None:
    write_cluster_folder(msgspec.structs.replace(tiny(), name=name), tmp_path)
    job = (tmp_path / "train.slurm").read_text()
    found = re.search(r"^#SBATCH --job-name=(.*)$", job, re.MULTILINE)
    assert found is not None and re.fullmatch(r"[A-Za-z0-9_.-]+", found[1])
    assert job.count("\n") == (ROOT / "visualnet/training/cluster/texts.py").read_text().split('"""')[3].count("\n") - 1


@pytest.mark.parametrize(
    ("project", "words"),
    [(gan(), "several learners"), (tiny(batch_size=1), "a batch of 1 sample")],
    ids=["learners", "batch"],
)
def test_what_several_processes_cannot_train_is_refused(project: Project, words: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=words):
        write_cluster_folder(project, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    write_cluster_folder(project, tmp_path / "out", processes=1)  # the way out that is told


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileError, match="is not empty"):
        write_cluster_folder(tiny(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_verb_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project_file.save(tmp_path / "net.vnet", tiny())
    assert main(["cluster", str(tmp_path / "net.vnet"), "-o", str(tmp_path / "out")]) == 0
    assert "train.slurm" in capsys.readouterr().out and (tmp_path / "out" / "train.py").is_file()
    assert main(["cluster", str(tmp_path / "net.vnet"), "-o", str(tmp_path / "out")]) == 2
    assert "is not empty" in capsys.readouterr().err


@pytest.mark.wide
@pytest.mark.timeout(180)
@pytest.mark.skipif(os.name != "posix", reason="the job is a script for bash")
def test_the_folder_trains_here_as_a_script_and_as_a_job(tmp_path: Path) -> None:
    """With stand-ins for what Slurm brings: `srun` runs the command here, `scontrol` names this machine."""
    project, folder, tools = tiny(epochs=2), tmp_path / "out", tmp_path / "tools"
    write_cluster_folder(project, folder, processes=2)
    tools.mkdir()
    for name, line in (("srun", 'exec "$@"'), ("scontrol", "echo 127.0.0.1")):
        (tools / name).write_text(f"#!/bin/bash\n{line}\n")
        (tools / name).chmod(0o755)
    (tools / "torchrun").write_text(f'#!/bin/bash\nexec {sys.executable} -m torch.distributed.run "$@"\n')
    (tools / "torchrun").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    environment |= {"SLURM_NNODES": "1", "SLURM_JOB_NODELIST": "here", "SLURM_SUBMIT_DIR": str(folder)}
    environment |= {"SLURM_JOB_ID": str(free_port() - 20000), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(["bash", "train.slurm"], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 processes" in done.stdout and "done after 2 epochs" in done.stdout
    one = told(project)
    found = read_run(folder / "run").steps["loss"].values
    np.testing.assert_allclose(found, one["losses"], rtol=2e-6, atol=2e-6)
    plain = subprocess.run([sys.executable, "train.py"], cwd=folder, env=environment, capture_output=True, text=True)
    assert plain.returncode == 0 and "epoch 2/2" in plain.stdout, plain.stderr
