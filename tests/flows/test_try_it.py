"""A sample of one's own: drawn, dropped, set by sliders; the network answers, and every panel looks at it."""

from __future__ import annotations

import wave
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPlainTextEdit, QSlider, QWidget

from tests.flows.hands import LEFT, NONE, Hands
from visualnet.app.features.feature_maps.sample_chooser import SampleChooser
from visualnet.app.features.try_it.image_editor import ImageEditor
from visualnet.app.features.try_it.numbers_editor import NumbersEditor
from visualnet.app.features.try_it.panel import TryItPanel
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.data.inspect_source import choose
from visualnet.data.loading import load


def open_panel(window: Window, hands: Hands) -> TryItPanel:
    """The panel *Try it*, as soon as it knows the data."""
    panel: TryItPanel = window.show_panel("try_it")
    hands.until(lambda: panel.editors, what="the editors")
    hands.rest(0.1)
    return panel


def stroke(pad: QWidget, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a line with the mouse; places are shares of the pad's side."""
    side = min(pad.width(), pad.height())
    left = (pad.width() - side) // 2
    places = [QPoint(left + int(side * x), int(side * y)) for x, y in (start, end)]
    QTest.mousePress(pad, LEFT, NONE, places[0])
    for step in range(1, 6):
        QTest.mouseMove(pad, places[0] + (places[1] - places[0]) * (step / 5))
        QApplication.processEvents()
    QTest.mouseRelease(pad, LEFT, NONE, places[1])


def drop(target: QWidget, path: Path) -> None:
    """Drop a file on a widget."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    action, place = Qt.DropAction.CopyAction, QPoint(5, 5)
    QApplication.sendEvent(target, QDragEnterEvent(place, action, mime, LEFT, NONE))
    QApplication.sendEvent(target, QDropEvent(QPointF(place), action, mime, LEFT, NONE))


def test_a_drawn_digit_is_recognised_and_every_panel_looks_at_it(
    window: Window, lenet: Hands, hands: Hands, tmp_path: Path
) -> None:
    import torch  # noqa: F401  # what the window does in the background

    window.studio.do("Start from", lambda p: edits.set_recipe(p, start_from="trained/lenet5"))
    panel = open_panel(window, hands)
    maps = window.show_panel("maps")
    panel = open_panel(window, hands)
    probes = window.runner.probes
    hands.until(lambda: probes.seen is not None and not probes.seen.own, what="a sample of the data")
    editor = panel.editors["image"]
    assert isinstance(editor, ImageEditor) and editor.value() is None and not panel.back.isEnabled()
    assert panel.minimumSizeHint().height() <= 320, "in a window of 720 px the tabs beneath it are seen"

    # A one, high up at the left: it is brought into the middle.
    stroke(editor.pad, (0.2, 0.1), (0.2, 0.5))
    hands.until(lambda: probes.seen.own, what="the drawing")
    hands.until(lambda: panel.prediction.bars.prediction.best == 1, what="that it is a 1")
    assert "Your sample" in panel.prediction.bars.prediction.headline
    assert panel.prediction.bars.prediction.truth is None
    image = probes.seen.fields["image"]
    assert list(probes.seen.fields) == ["image"] and image[0, 13:15, 12:16].max() > 0.9 and image[0, :4].max() == 0
    chooser = maps.findChild(SampleChooser)
    assert not chooser.own.isHidden() and chooser.number.isHidden()

    # Ctrl+Z on the pad takes the stroke back, not an edit of the network; with nothing drawn, the data are looked at again.
    editor.pad.setFocus()
    recipe = window.studio.project.recipe
    QTest.keyClick(editor.pad, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    hands.until(lambda: probes.own is None and not probes.seen.own, what="a sample of the data")
    assert window.studio.project.recipe == recipe
    assert chooser.own.isHidden() and not chooser.number.isHidden()

    stroke(editor.pad, (0.4, 0.4), (0.6, 0.6))
    hands.until(lambda: probes.own is not None)
    QTest.keyClick(editor.pad, Qt.Key.Key_Escape)
    hands.until(lambda: probes.own is None and not probes.seen.own, what="Esc goes back")

    # An image from a file, and one that is none.
    data = load(window.studio.project.data)
    seven = int(np.flatnonzero(data.whole("label") == 7)[0])
    pixels = (data.sample(seven, ("image",))["image"][0] * 255).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "seven.png")
    drop(editor, tmp_path / "seven.png")
    hands.until(lambda: panel.prediction.bars.prediction.best == 7, what="that it is a 7")
    assert np.allclose(probes.seen.fields["image"], pixels[None] / 255)
    (tmp_path / "no.png").write_text("no image")
    drop(editor, tmp_path / "no.png")
    hands.until(lambda: "no.png" in panel.words.text() and "no image" in panel.words.text(), what="why not")

    # From the data, and a stroke over it: the network sees both.
    probes.set_sample(3)
    hands.until(lambda: not probes.seen.own and probes.seen.sample == 3)
    raw = probes.seen.fields["image"]
    hands.press(panel, "From the data")
    hands.until(lambda: probes.seen.own, what="the copy of the sample")
    assert np.array_equal(probes.seen.fields["image"], raw)
    stroke(editor.pad, (0.1, 0.9), (0.9, 0.9))
    hands.until(lambda: probes.seen.fields["image"][0, 25].mean() > raw[0, 25].mean() + 0.3, what="the line below")
    hands.press(panel, "Back to the data")
    hands.until(lambda: not probes.seen.own)

    # Other data: nothing of the old sample is left.
    stroke(editor.pad, (0.4, 0.4), (0.6, 0.6))
    hands.until(lambda: probes.own is not None)
    window.studio.do("Data", lambda p: edits.set_data(p, name="digits8x8"))
    hands.until(lambda: probes.data is not None and probes.data.choice.name == "digits8x8")
    assert probes.own is None
    hands.until(lambda: panel.editors and panel.editors["image"] is not editor, what="an editor for these data")
    assert panel.editors["image"].wanted.spec.shape == (1, 8, 8)


@pytest.mark.wide
def test_sliders_for_numbers_begin_with_the_chosen_sample(window: Window, hands: Hands) -> None:
    import torch  # noqa: F401

    window.project_files.open_template("perceptron-points")
    panel = open_panel(window, hands)
    probes = window.runner.probes
    editor = panel.editors["point"]
    assert isinstance(editor, NumbersEditor)
    place = probes.place(probes.sample)
    assert place is not None and probes.data is not None
    raw = probes.data.sample(place, ("point",))["point"]
    value = editor.value()
    assert value is not None and np.allclose(value, raw) and probes.own is None
    editor.parts[0].setFocus()
    QTest.keyClick(editor.parts[0], Qt.Key.Key_End)
    hands.until(lambda: probes.seen is not None and probes.seen.own, what="the row that was set")
    assert probes.seen.fields["point"][0] == pytest.approx(editor.high[0])
    assert probes.seen.fields["point"][1] == pytest.approx(raw[1])
    probes.set_sample(5)
    hands.until(lambda: not probes.seen.own)
    now = probes.data.sample(probes.place(5) or 0, ("point",))["point"]
    assert np.allclose(editor.value() if editor.value() is not None else 0, now), (
        "the sliders show the chosen sample again"
    )


@pytest.mark.wide
def test_texts_are_typed_and_sounds_opened(window: Window, hands: Hands, tmp_path: Path) -> None:
    """Both go through the preparation of the data: words become tokens, a sound is cut."""
    import torch  # noqa: F401

    (tmp_path / "texts.csv").write_text("text,label\n" + "good film,1\nbad film,0\n" * 6)
    (tmp_path / "sounds").mkdir()
    for number in range(6):
        write_wave(tmp_path / "sounds" / "ab"[number % 2] / f"{number}.wav", number)
    window.project_files.open_template("perceptron-points")
    panel = open_panel(window, hands)
    probes = window.runner.probes

    chosen, _ = choose("text", tmp_path / "texts.csv", {})
    window.studio.do("Data", lambda p: msgspec.structs.replace(p, data=chosen))
    hands.until(lambda: "text" in panel.editors, what="a field to type in")
    editor = panel.editors["text"]
    QTest.keyClicks(editor.findChild(QPlainTextEdit), "good")
    hands.until(lambda: probes.own is not None)
    assert probes.own is not None and probes.data is not None
    tokens = probes.own.fields["text"]
    assert tokens.shape == probes.data.fields["text"].shape and tokens.any()

    chosen, _ = choose("sound", tmp_path / "sounds", {})
    window.studio.do("Data", lambda p: msgspec.structs.replace(p, data=chosen))
    hands.until(lambda: "sound" in panel.editors, what="a place for a sound")
    assert probes.own is None
    drop(panel.editors["sound"], tmp_path / "sounds" / "b" / "1.wav")
    hands.until(lambda: probes.own is not None)
    assert probes.own is not None and probes.data is not None
    assert all(probes.own.fields[n].shape == probes.data.fields[n].shape for n in probes.own.fields)
    hands.press(panel, "Back to the data")
    hands.press(panel, "From the data")
    hands.until(lambda: probes.own is not None)
    place = probes.place(probes.sample)
    assert probes.own is not None and place is not None
    field = next(iter(probes.own.fields))
    assert np.array_equal(probes.own.fields[field], probes.data.sample(place, (field,))[field])


@pytest.mark.wide
def test_categories_of_a_table_are_words_and_the_wheel_moves_the_list(
    window: Window, hands: Hands, tmp_path: Path
) -> None:
    import torch  # noqa: F401

    rows = "".join(
        f"{number * 7 % 5 + 0.5},{('red', 'green', 'blue')[number % 3]},{number % 2}\n" for number in range(12)
    )
    (tmp_path / "a.csv").write_text("size,colour,label\n" + rows)
    window.project_files.open_template("perceptron-points")
    panel = open_panel(window, hands)
    probes = window.runner.probes
    chosen, _ = choose("table", tmp_path / "a.csv", {})
    window.studio.do("Data", lambda p: msgspec.structs.replace(p, data=chosen))
    hands.until(lambda: "features" in panel.editors, what="the columns")
    editor = panel.editors["features"]
    assert isinstance(editor, NumbersEditor)
    slider, box = editor.parts
    assert isinstance(box, QComboBox) and isinstance(slider, QSlider)
    assert {box.itemText(at) for at in range(box.count())} == {"red", "green", "blue"}
    before = slider.value()
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(slider, wheel)
    assert slider.value() == before and probes.own is None
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < 2 else Qt.Key.Key_Up)
    hands.until(lambda: probes.own is not None)
    value = editor.value()
    assert probes.own is not None and probes.data is not None and value is not None
    assert value[1] == box.currentIndex()
    assert probes.own.fields["features"].shape == probes.data.fields["features"].shape == (4,), "one_hot"


def write_wave(path: Path, pitch: int) -> None:
    """Half a second of a tone."""
    path.parent.mkdir(exist_ok=True)
    tone = np.sin(np.arange(8_000) * 0.01 * (pitch + 1))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes((tone * 20_000).astype("<i2").tobytes())
