"""On a screen with twice the pixels everything is drawn with them: run in a process of its own, which alone can have such a screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CHILD = """
import json, sys, time
from pathlib import Path
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication
from tests.waiting import settle
from visualnet.core.user.settings import Settings
from visualnet.app.theme import icons
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.app.shell.window import Window

app = QApplication([])
window = Window(Settings(Path(sys.argv[1]) / "settings.json"), ThemeKeeper(app, "dark"))
window.resize(1280, 720)
window.show()

settle(0.2)
pictures = [p for card in window.pages["start_page"].cards for p in card._pictures.values()]
start = min((p.devicePixelRatio() for p in pictures), default=0)
window.begin("lenet5")
settle(0.4)
layer = window.canvas.view.canvas.card_layer
sprites = [p for kept in (*layer.sprites.full.values(), *layer.sprites.block.values()) for p in kept if isinstance(p, QPixmap)]
card = next(iter(window.canvas.view.canvas.cards.values()))
widths = [p.width() for p in sprites]
buttons = [b for b in window.findChildren(QAbstractButton) if b.isVisible() and not b.icon().isNull()]
grab = window.grab()
print(json.dumps({
    "screen": app.devicePixelRatio(),
    "start": start,
    "icon": icons.pixmap("play").devicePixelRatio(),
    "icon_px": icons.pixmap("play", 16).width(),
    "buttons": min(b.icon().pixmap(b.iconSize(), 2.0).width() / b.icon().actualSize(b.iconSize()).width() for b in buttons),
    "sprites": min((p.devicePixelRatio() for p in sprites), default=0),
    "sprite_px": min(widths, default=0),
    "zoom": window.canvas.view.zoom,
    "card": card.width,
    "grab": [grab.devicePixelRatio(), grab.width()],
}))
window.close()
"""


@pytest.mark.wide
def test_twice_the_pixels(tmp_path: Path) -> None:
    env = {**os.environ, "QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen", "VISUALNET_HOME": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        env=env,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found = json.loads(told.stdout.splitlines()[-1])
    assert found["screen"] == 2
    assert found["grab"] == [2, 2560]
    assert found["icon"] == 2 and found["icon_px"] == 32
    assert found["buttons"] == 2, "icons on buttons have the pixels of the screen"
    assert found["start"] == 2, "pictures of templates"
    assert found["sprites"] == 2, "kept pictures of cards"
    assert found["sprite_px"] >= 2 * found["zoom"] * 168, "and they are as large as the cards on the screen"
