"""The process is killed while someone draws; the next window gives the drawing back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox

from tests.flows.conftest import answer
from tests.flows.hands import Hands
from visualnet.app.shell.window import Window
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.core.storage.project_file import load
from visualnet.core.user.settings import Settings

CHILD = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from tests.flows.hands import Hands
from visualnet.core.user.settings import Settings
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.app.shell.window import Window

app = QApplication([])
window = Window(Settings(Path(sys.argv[1]) / "settings.json"), ThemeKeeper(app, "dark"))
window.show()
window.begin(Path(sys.argv[1]) / "net.vnet")
hands = Hands(window)
hands.rest(0.1)
hands.set_param("fc1", "out_features", "77")
window.project_files.journal.flush()
print("drawn", flush=True)
app.exec()
"""


@pytest.mark.wide
def test_kill_9_loses_no_edit(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from visualnet.app.shell.project_files import templates

    file = tmp_path / "net.vnet"
    file.write_bytes(templates()["lenet5"].read_bytes())
    before = file.read_bytes()
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "drawn"
        child.send_signal(signal.SIGKILL)
        child.wait(60)
    assert file.read_bytes() == before, "the file itself is as it was saved"

    window = Window(Settings(tmp_path / "settings.json"), ThemeKeeper(qapp, "dark"))
    window.show()
    window.begin()
    hands = Hands(window)
    try:
        assert "net.vnet" in window.banner.text
        hands.press(window.banner, "Recover")
        assert hands.node("fc1").params["out_features"] == 77
        assert hands.studio.document.modified
        assert hands.studio.document.path == file
        window.project_files.save()
        assert load(file).graph.named("fc1").params["out_features"] == 77
    finally:
        monkeypatch.setattr(QMessageBox, "exec", answer)
        window.close()
        window.deleteLater()
        qapp.processEvents()
