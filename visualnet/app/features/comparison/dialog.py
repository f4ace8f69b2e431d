"""Networks side by side: what each costs, as figures and bars; with the pairs of the course at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from visualnet.analysis.compare.table import QUANTITIES, compare, ratio_text
from visualnet.analysis.compare.teaching_pairs import PAIRS
from visualnet.app.canvas.scene.graph_thumbnail import paint_graph
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.widgets.basic import button, label
from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.text.format import format_quantity
from visualnet.core.text.visible import visible
from visualnet.templates.index import template_list

MOST = 4
"""So many networks fit beside each other."""


class Bar(QWidget):
    """A share of the largest, as a bar."""

    def __init__(self, share: float, words: str) -> None:
        super().__init__()
        self.share = share
        self.setFixedHeight(6)
        self.setAccessibleName(words)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = icons.current_theme()
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(theme.line))
        p.drawRoundedRect(QRectF(self.rect()), 3, 3)
        p.setBrush(QColor(theme.accent))
        if self.share > 0:
            p.drawRoundedRect(QRectF(0, 0, max(3.0, self.width() * self.share), self.height()), 3, 3)
        p.end()


class Sketch(QWidget):
    """A small picture of a network, so that one sees which column is which."""

    def __init__(self, name: str, project: Project) -> None:
        super().__init__()
        self.project = project
        self.setFixedHeight(72)
        self.setAccessibleName(f"Picture of {name}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = icons.current_theme()
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(theme.canvas))
        p.drawRoundedRect(QRectF(self.rect()), 6, 6)
        paint_graph(p, QRectF(self.rect()).adjusted(10, 8, -10, -8), self.project, theme)
        p.end()


class CompareDialog(QDialog):
    """The open network, templates, files and pairs, up to four beside each other."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.networks: list[tuple[str, Project]] = []
        self.pair = ""
        self.setWindowTitle("Compare networks")
        self.resize(880, 640)
        self.presets = QComboBox()
        self.presets.setAccessibleName("Pairs of the course")
        self.presets.addItem("Pairs of the course…", "")
        for name, pair in PAIRS.items():
            self.presets.addItem(pair.title, name)
        self.presets.activated.connect(lambda i: self.show_pair(str(self.presets.itemData(i))))
        self.templates = QComboBox()
        self.templates.setAccessibleName("Add a template")
        self.templates.addItem("Add a template…", "")
        for template in template_list():
            self.templates.addItem(template.title, str(template.path))
        self.templates.activated.connect(self._template)
        head = QHBoxLayout()
        head.addWidget(self.presets, 1)
        head.addWidget(self.templates, 1)
        head.addWidget(button("Add a file…", icon="open", done=self._ask))
        head.addWidget(button("Clear", "quiet", done=self.clear))
        self.title = label("", "heading", wrap=True)
        self.words = label("", "muted", wrap=True)
        self.formula = label("", "mono", wrap=True)
        self.told = label("", "error", wrap=True)
        self.grid = QGridLayout()
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(24)
        self.grid.setVerticalSpacing(12)
        holder = QWidget()
        holder.setLayout(self.grid)
        outer = QWidget()
        inside = QVBoxLayout(outer)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.addWidget(holder)
        inside.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(outer)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(head)
        for widget in (self.title, self.words, self.formula, self.told):
            column.addWidget(widget)
        column.addWidget(area, 1)
        self.foot = label("", "small", wrap=True)
        column.addWidget(self.foot)
        if studio.graph.nodes:
            self.networks = [(studio.project.name, studio.project)]
        self._show()

    # --- choosing ------------------------------------------------------------------------------------------------------------------

    def show_pair(self, name: str) -> None:
        """Show one of the course's pairs with its formula."""
        self.presets.setCurrentIndex(0)
        if name:
            self.pair, self.networks = name, list(PAIRS[name].build())
            self._show()

    def add_file(self, path: Path) -> None:
        """Put a file beside the others; why it cannot be read is told."""
        try:
            project = project_file.load(path)
        except (FileError, OSError) as error:
            self._show(str(error))
            return
        if self.pair or len(self.networks) >= MOST:
            self.networks = [] if self.pair else self.networks[: MOST - 1]
        self.pair = ""
        self.networks.append((project.name or visible(path.stem), project))
        self._show()

    def take_away(self, at: int) -> None:
        """Take one of the networks away; the others are then compared with the first that is left."""
        self.networks = [one for number, one in enumerate(self.networks) if number != at]
        self._show()

    def clear(self) -> None:
        """Take all away."""
        self.pair, self.networks = "", []
        self._show()

    def _template(self, index: int) -> None:
        path = str(self.templates.itemData(index))
        self.templates.setCurrentIndex(0)
        if path:
            self.add_file(Path(path))

    def _ask(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Compare with", "", "VisualNet (*.vnet)")
        if chosen:
            self.add_file(Path(chosen))

    # --- showing -------------------------------------------------------------------------------------------------------------------

    def _show(self, fault: str = "") -> None:
        while (item := self.grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        pair = PAIRS.get(self.pair)
        more = "Add a template or a file beside it." if self.networks else "Choose a pair, a template or a file."
        self.title.setText(pair.title if pair else "")
        self.title.setVisible(pair is not None)
        self.words.setText(pair.words if pair else more if len(self.networks) < 2 else "")
        self.words.setVisible(bool(self.words.text()))
        self.formula.setText("\n".join(pair.lines) if pair else "")
        self.formula.setVisible(pair is not None)
        batch = self.studio.project.recipe.batch_size
        told = compare(self.networks, batch)
        faults = [f"{n['name']}: {words}" for n in told["networks"] for words in n["problems"][:1]]
        self.told.setText("\n".join([*([fault] if fault else []), *faults]))
        self.told.setVisible(bool(self.told.text()))
        samples = format_quantity(batch, "sample")
        first = "; × compares with the first network" if len(self.networks) > 1 else ""
        self.foot.setText(f"Activations and the memory to train are for {samples}, the recipe's batch{first}.")
        self.foot.setVisible(bool(self.networks))
        if told["networks"]:
            self._fill(told["networks"], told["ratios"], batch)

    def _heads(self, networks: Sequence[Mapping[str, Any]]) -> None:
        """Above each column the network's name and picture, and a way to take it away again."""
        for column, network in enumerate(networks, 1):
            row = QHBoxLayout()
            row.addWidget(label(network["name"], "section", wrap=True), 1)
            if not self.pair:
                away = button("", "quiet", "close", lambda at=column - 1: self.take_away(at))
                away.setAccessibleName(f"Take {network['name']} away")
                away.setToolTip(f"Take “{network['name']}” away")
                row.addWidget(away)
            head = QWidget()
            inside = QVBoxLayout(head)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.setSpacing(6)
            inside.addLayout(row)
            inside.addWidget(Sketch(network["name"], self.networks[column - 1][1]))
            self.grid.addWidget(head, 0, column)
            self.grid.setColumnStretch(column, 1)

    def _fill(
        self, networks: Sequence[Mapping[str, Any]], ratios: Mapping[str, Sequence[float | None]], batch: int
    ) -> None:
        self._heads(networks)
        for column in range(len(networks) + 1, MOST + 1):
            self.grid.setColumnStretch(column, 0)
        for row, quantity in enumerate(QUANTITIES, 1):
            name = label(quantity.title, "muted")
            samples = f", for {batch:,} samples" if quantity.name in ("forward", "kept", "training") else ""
            name.setToolTip(quantity.meaning + samples)
            self.grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            most = max(network[quantity.name] for network in networks) or 1
            for column, network in enumerate(networks, 1):
                amount = network[quantity.name]
                text = quantity.text(amount)
                figures = QHBoxLayout()
                figures.addWidget(label(text, "mono"), 1)
                if column > 1:
                    ratio = ratio_text(ratios[quantity.name][column - 1])
                    figures.addWidget(label(ratio, "muted"))
                    text += f", {ratio}"
                cell = QWidget()
                inside = QVBoxLayout(cell)
                inside.setContentsMargins(0, 0, 0, 0)
                inside.setSpacing(4)
                inside.addLayout(figures)
                if len(networks) > 1:  # one bar alone says nothing
                    inside.addWidget(Bar(amount / most, f"{quantity.title} of {network['name']}: {text}"))
                self.grid.addWidget(cell, row, column)
