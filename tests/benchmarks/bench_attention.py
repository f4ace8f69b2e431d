"""What attention over long sequences costs: thinning beside the training, and redraws in the window."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from tests.benchmarks.bench_plots import Row

TOKENS, HEADS = 1000, 12


def _median_ms(work: Callable[[], object]) -> float:
    """The median of 20 rounds, in milliseconds of this thread's processor time: others on the machine are not measured."""
    work()
    times = []
    for _ in range(20):
        began = time.thread_time()
        work()
        times.append((time.thread_time() - began) * 1e3)
    return statistics.median(times)


def run() -> list[Row]:
    """Medians of 20 redraws of new weights, painting included; in processor time."""
    from PySide6.QtWidgets import QApplication

    from visualnet.app.plots.attention import AttentionView
    from visualnet.app.plots.attention_lines import AttentionLinesView
    from visualnet.app.theme.tokens import DARK
    from visualnet.figures.sequences.thinning import thin_by_maximum
    from visualnet.figures.sequences.word_lines import WordLines

    app = QApplication.instance() or QApplication([])
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.full(TOKENS, 0.05), size=(HEADS, TOKENS)).astype(np.float32)
    words = tuple(f"word{at}" for at in range(TOKENS))
    maps = thin_by_maximum(weights, 256, 256)
    name = f"{HEADS} heads of {TOKENS:,}×{TOKENS:,}"
    thin = _median_ms(lambda: thin_by_maximum(weights, 256, 256))
    rows = [
        Row(f"thin {name} by maximum", thin, "ms", "beside the training, within its share of the time; processor time")
    ]
    view = AttentionView()
    view.resize(900, 600)
    view.set_theme(DARK)
    view.show()
    app.processEvents()

    def redraw() -> None:
        view.set_attention(weights, words=(words, words), maps=maps)
        view._canvas.viewport().repaint()

    def ask() -> None:
        view._canvas.choose(query=(view._canvas.query + 7) % TOKENS)
        view._canvas.viewport().repaint()

    rows.append(Row(f"redraw {name}, new weights", _median_ms(redraw), "ms", "promise 16 ms; processor time"))
    rows.append(Row(f"ask another query of {name}", _median_ms(ask), "ms", "promise 16 ms; processor time"))
    view._alone.setChecked(True)
    app.processEvents()
    rows.append(
        Row(
            f"redraw one large head of {TOKENS:,}×{TOKENS:,}", _median_ms(redraw), "ms", "promise 16 ms; processor time"
        )
    )
    view.close()
    lines = AttentionLinesView()
    lines.resize(900, 600)
    lines.set_theme(DARK)
    lines.show()
    app.processEvents()
    chart = WordLines(weights, words, words)

    def draw_lines() -> None:
        lines.show_lines(chart)
        lines.canvas.repaint()

    def scroll() -> None:
        lines.bar.setValue((lines.bar.value() + 11) % lines.bar.maximum())
        lines.canvas.repaint()

    rows.append(Row(f"redraw {name} as lines", _median_ms(draw_lines), "ms", "promise 16 ms; processor time"))
    rows.append(Row(f"scroll {name} as lines", _median_ms(scroll), "ms", "promise 16 ms; processor time"))
    lines.close()
    for widget in (view, lines):
        widget.deleteLater()
    return rows
