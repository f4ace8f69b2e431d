"""Look at what a text became: states under its words, who looks at whom, and samples as points that open themselves."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.flows.hands import LEFT, Hands
from tests.flows.test_see_inside import is_drawn, open_panel
from visualnet.app.features.attention.attention_observation import LinesObservation
from visualnet.app.features.attention.panel import AttentionPanel
from visualnet.app.features.see_inside.embedding_observation import EmbeddingObservation
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.shell.window import Window
from visualnet.figures.sequences.heat_map import HeatMaps
from visualnet.figures.sequences.word_lines import LINE, TOP, WordLines


def rest_on(widget: QWidget, at: QPointF) -> None:
    """Move the pointer there; the part of the window may lie beyond the screen of a test, where no pointer goes by itself."""
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, widget.mapToGlobal(at), none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


@pytest.mark.wide
def test_a_reader_of_texts_shows_its_gates_and_its_samples_as_points(window: Window, hands: Hands) -> None:
    window.project_files.open_template("lstm-classifier-small")
    panel = open_panel(window, hands)
    gates, points, words = (panel.add(name) for name in ("gates", "embedding_pca", "word_vectors"))
    probes = window.runner.probes
    hands.until(lambda: all(map(is_drawn, (gates, points, words))), what="three pictures")
    chart = gates.widget.chart if isinstance(gates.widget, ChartView) else None
    assert isinstance(chart, HeatMaps)
    assert [map_.title for map_ in chart.panels][:2] == ["input gate", "forget gate"]
    assert "was" in chart.column_names

    # A point is a sample: pointing at it shows its words, a click looks at it everywhere.
    picture = points.widget
    assert isinstance(picture, EmbeddingObservation) and picture.map is not None
    samples = picture.map.samples
    assert samples is not None
    data = probes.data
    number = next(at for at in range(5, 100) if picture.point_at(picture.place_of(at)) == at)
    rest_on(picture, picture.place_of(number))
    assert picture._card is not None, "the sample beside its point"
    QTest.mouseClick(picture, LEFT, pos=picture.place_of(number).toPoint())
    assert int(data.shown[probes.sample]) == int(samples[number])
    hands.until(
        lambda: isinstance(gates.widget, ChartView) and gates.widget.chart is not chart and is_drawn(gates),
        what="the gates of that sample",
    )
    assert probes.sample == int(np.flatnonzero(data.shown == samples[number])[0])
    assert isinstance(words.widget, EmbeddingObservation) and words.widget.map is not None
    assert "nearest:" in words.widget.map.describe(3)


@pytest.mark.wide
def test_words_are_joined_by_lines_and_the_panel_names_them(window: Window, hands: Hands) -> None:
    window.project_files.open_template("bert-base-small")
    panel = open_panel(window, hands)
    view, rollout = panel.add("attention_lines"), panel.add("attention_rollout")
    hands.until(lambda: is_drawn(view) and is_drawn(rollout), what="lines and rollout")
    lines = view.widget
    assert isinstance(lines, LinesObservation)
    chart = lines.canvas.chart
    assert isinstance(chart, WordLines)
    assert chart.queries[0] == "[begin]" and chart.queries == chart.sources
    rest_on(lines.canvas, QPointF(15, TOP + 1.5 * LINE))
    assert lines.canvas.chart.query == 1, "the lines of one word"
    rest_on(lines.canvas, QPointF(lines.canvas.width() / 2, TOP + LINE))
    assert lines.canvas.chart.query == -1

    attention: AttentionPanel = window.show_panel("attention")
    hands.until(lambda: attention.stack.currentWidget() is attention.view, what="the panel Attention")
    assert "query “[begin]” (0) looks at “" in attention.view.words()
    # One head alone has the names of its rows and columns.
    before = attention.view.grab().toImage()
    QTest.mouseClick(attention.view._alone, LEFT)
    hands.rest(0.05)
    assert attention.view._canvas.heads == [0]
    assert attention.view.grab().toImage() != before
