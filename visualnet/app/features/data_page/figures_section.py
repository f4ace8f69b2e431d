"""The part *Figures* of the data page: classes, sizes and formats, and how the numbers of each field or column are spread."""

from __future__ import annotations

from collections.abc import Container

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from visualnet.app.features.data_page.class_balance import MOST, ClassBalance
from visualnet.app.plots.histogram import Histograms, ValueHistogram
from visualnet.app.services.data_examiner import DataExaminer
from visualnet.app.theme.tokens import Theme
from visualnet.app.widgets.basic import KeyValue, label
from visualnet.app.widgets.layouts import STRETCH, column
from visualnet.core.text.format import capitalize_first, format_number, format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.data.examination.measure import ColumnFigures
from visualnet.data.examination.report import describe_field, further_figures
from visualnet.data.examination.sample_content import date_columns
from visualnet.data.table_files.cells import describe_date


class FiguresSection(QScrollArea):
    """All in one column that scrolls. ``class_chosen`` tells the number of a class whose samples are wanted."""

    class_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.facts = KeyValue()
        self.words = label("", "section")
        self.balance = ClassBalance()
        self.balance.class_chosen.connect(self.class_chosen)
        self.spread_words = label("", "section", wrap=True)
        self.histograms = Histograms()
        self.histograms.file_name = "data-figures"
        self.histograms.setAccessibleName("Histograms of the data")
        self.unreadable = label("", "error", wrap=True)
        inner = QWidget()
        parts = (self.facts, self.words, self.balance, self.spread_words, self.unreadable, self.histograms, STRETCH)
        column(*parts, margins=(0, 0, 8, 8), spacing=8, parent=inner)
        self.setWidget(inner)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.balance.set_theme(theme)
        self.histograms.set_theme(theme)

    def refresh(self, examiner: DataExaminer) -> None:
        """Show what is known."""
        opened, found, figures = examiner.opened, examiner.found, examiner.figures
        rows = []
        if opened is not None:
            rows = [(name, visible(describe_field(spec)), "") for name, spec in opened.source.specs().items()]
        told = further_figures(found) if found is not None else ()
        rows += [(capitalize_first(visible(name)), visible(words), "") for name, words in told]
        self.facts.show_rows(rows)
        classes = figures.classes if figures is not None else ()
        self.balance.show_classes(classes)
        more = f"; the first {MOST:,} are shown" if len(classes) > MOST else ""
        self.words.setText(f"{format_quantity(len(classes), 'class', 'classes')}{more}")
        self.words.setVisible(bool(classes))
        columns = [each for each in figures.columns if each.counts] if figures is not None else []
        looked_at = figures.looked_at if figures is not None else 0
        self.spread_words.setText(
            f"How the numbers are spread, over {format_quantity(looked_at, 'training sample')}"
            if columns
            else ("" if figures is not None or opened is None else "The samples are being measured …")
        )
        dates = date_columns(examiner.choice)
        self.histograms.show_spreads([_spread(each, dates) for each in columns])
        broken = figures.unreadable if figures is not None else ()
        self.unreadable.setText("\n".join(map(visible, broken[:10])))
        self.unreadable.setVisible(bool(broken))


def _spread(column: ColumnFigures, dates: Container[str]) -> ValueHistogram:
    missing = f" · {column.missing:,} missing" if column.missing else ""
    spell = describe_date if column.title in dates else format_number
    title, figures = f"{column.title}{missing}", (column.mean, column.std, column.low, column.high, column.counts)
    return ValueHistogram(title, *figures, column.words, spell)
