"""Where PyTorch is missing or broken the program says so, in words with the way out, and everything else works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from visualnet.core.storage import project_file

ROOT = Path(__file__).parents[2]
BROKEN = {
    "missing": ("raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')", "is not installed here"),
    "half": ("raise ImportError('cannot import name _C from torch')", "cannot be loaded (cannot import name _C"),
    "library": ("raise OSError('libtorch_cpu.so: cannot open shared object file')", "(libtorch_cpu.so: cannot open"),
    "empty": ("", "cannot be loaded"),
}
WAY_OUT = "python3 packaging/start.py"


def around(tmp_path: Path, how: str) -> dict[str, str]:
    """The environment of a child that finds this torch before any other."""
    package = tmp_path / "site" / "torch"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(BROKEN[how][0] + "\n")
    return {**os.environ, "PYTHONPATH": f"{package.parent}{os.pathsep}{ROOT}"}


@pytest.mark.few(1)
@pytest.mark.parametrize("how", BROKEN)
def test_the_command_line_says_so_and_does_the_rest(how: str, tmp_path: Path) -> None:
    environment = around(tmp_path, how)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "visualnet", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)

    for arguments in (("code", "lenet5"), ("train", "lenet5", "--run", "run"), ("code", "lenet5", "--json")):
        done = run(*arguments)
        assert done.returncode == 2, (arguments, done.stdout, done.stderr)
        assert BROKEN[how][1] in done.stderr and WAY_OUT in done.stderr
        assert "Traceback" not in done.stderr + done.stdout
        assert done.stderr.count("\n") == 1, "one line"
        if "--json" in arguments:
            assert WAY_OUT in json.loads(done.stdout)["error"]
    assert not (tmp_path / "run").exists()
    if how == "missing":
        for arguments in (("summary", "lenet5"), ("check", "lenet5"), ("new", "lenet5", "-o", "net.vnet")):
            assert run(*arguments).returncode == 0
        assert project_file.load(tmp_path / "net.vnet").graph.nodes


WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from tests.flows.hands import Hands
from visualnet import pytorch
from visualnet.app import main as program
from visualnet.app.shell.window import Window

begin = Window.begin

def work(window, file=""):
    begin(window, file)
    look(window)

def look(window):
    if not pytorch.import_failure():  # it is tried once the window is up
        QTimer.singleShot(20, lambda: look(window))
        return
    hands = Hands(window)
    try:
        if sys.argv[2] == "early":
            pytorch._trouble = ""  # as if nobody had tried yet
            window.runner._why = None
            window.runner.start()
            hands.until(lambda: window.banner.isVisible(), 30)
            print("train:", window.banner.text)
            hands.until(lambda: not window.runner.busy, 30)
        else:
            hands.until(pytorch.import_failure, 30)
            hands.rest(0.6)
            window.runner.receive()
            print("begun:", "went wrong" in window.banner.text)
            window.train()
            print("train:", window.toast.text)
            print("tip:", window.actions_["train.start"].toolTip() or window.runner.why_not())
        window.banner.dismiss()
        window.actions_.trigger("file.export_code")
        print("export:", window.banner.text)
        window.spaces.set_shown("code", True)
        panel = window.panel("code")
        hands.until(lambda: "PyTorch" in panel.words.text(), 30)
        print("code:", panel.words.text())
        window.runner.request_probes("test", [(("n2",), next(iter(window.studio.facts["n2"].outputs)))])
        hands.until(lambda: "PyTorch is" in window.runner.probes.words or "cannot be" in window.runner.probes.words, 30)
        print("look:", window.runner.probes.words)
        window.overlay("heat").stopwatch.toggle()
        hands.until(lambda: not window.overlay("heat").stopwatch.running, 30)
        print("time:", window.toast.text)
        hands.set_param("fc1", "out_features", "77")
        window.project_files.save()
        print("fault:", "went wrong" in window.banner.text)
    finally:
        window._ending = True
        window.close()
        QApplication.exit(0)

Window.begin = work
sys.exit(program.main([sys.argv[1]]))
"""


@pytest.mark.wide
@pytest.mark.parametrize(("how", "when"), [("missing", "late"), ("library", "late"), ("library", "early")])
def test_the_window_says_so_and_one_can_draw_and_save(how: str, when: str, tmp_path: Path) -> None:
    from visualnet.app.shell.project_files import templates

    file = tmp_path / "net.vnet"
    project_file.save(file, project_file.load(templates()["lenet5"]))
    command = [sys.executable, "-c", WINDOW, str(file), when]
    done = subprocess.run(
        command, cwd=ROOT, env=around(tmp_path, how), capture_output=True, text=True, timeout=110, check=False
    )
    told = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "Traceback" not in done.stderr, done.stderr
    for what in ("train", "export", "code", "look", "time"):
        assert BROKEN[how][1] in told[what] and WAY_OUT in told[what], (what, told[what])
    assert told["fault"] == told.get("begun", "False") == "False"
    assert project_file.load(file).graph.named("fc1").params["out_features"] == 77
