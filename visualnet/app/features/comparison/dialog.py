"""Networks side by side: what each costs, as figures and bars; with the pairs of the course at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from weakref import ref

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QGridLayout, QWidget

from visualnet.analysis.compare.table import QUANTITIES, compare, ratio_text
from visualnet.analysis.compare.teaching_pairs import PAIRS
from visualnet.app.canvas.scene.graph_thumbnail import paint_graph
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.widgets.basic import button, describe, label
from visualnet.app.widgets.layouts import STRETCH, clear, column, row, scroll_area, widget_of
from visualnet.app.widgets.painting import fill_rounded, painting
from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.templates.index import template_list

MOST = 4
"""So many networks fit beside each other."""


class CostBar(QWidget):
    """A share of the largest, as a bar."""

    def __init__(self, share: float, words: str) -> None:
        super().__init__()
        self.share = share
        self.setFixedHeight(6)
        self.setAccessibleName(words)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = icons.current_theme()
        with painting(self) as p:
            fill_rounded(p, QRectF(self.rect()), theme.line, 3)
            p.setBrush(QColor(theme.accent))
            if self.share > 0:
                p.drawRoundedRect(QRectF(0, 0, max(3.0, self.width() * self.share), self.height()), 3, 3)


class NetworkThumbnail(QWidget):
    """A small picture of a network, so that one sees which column is which."""

    def __init__(self, name: str, at: int, dialog: CompareDialog) -> None:
        super().__init__()
        # The project is asked of the dialog: now and then PySide keeps the Python part of a deleted widget, and what that holds with it.
        self._at, self._dialog = at, ref(dialog)
        self.setFixedHeight(72)
        self.setAccessibleName(f"Picture of {name}")

    @property
    def project(self) -> Project | None:
        """The network of its column; None once that is taken away."""
        dialog = self._dialog()
        return dialog.networks[self._at][1] if dialog is not None and self._at < len(dialog.networks) else None

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, project = icons.current_theme(), self.project
        with painting(self) as p:
            fill_rounded(p, QRectF(self.rect()), theme.canvas, 6)
            if project is not None:
                paint_graph(p, QRectF(self.rect()).adjusted(10, 8, -10, -8), project, theme)


class CompareDialog(QDialog):
    """The open network, templates, files and pairs, up to four beside each other."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.networks: list[tuple[str, Project]] = []
        self.pair = ""
        self.setWindowTitle("Compare networks")
        self.resize(880, 640)
        pairs = [(pair.title, name) for name, pair in PAIRS.items()]
        self.presets = _make_chooser("Pairs of the course", "Pairs of the course…", pairs, self.show_pair)
        paths = [(template.title, str(template.path)) for template in template_list()]
        self.templates = _make_chooser(
            "Add a template", "Add a template…", paths, lambda path: self.add_file(Path(path))
        )
        head = row(
            (self.presets, 1),
            (self.templates, 1),
            button("Add a file…", icon="open", done=self._ask),
            button("Clear", "quiet", done=self.clear),
        )
        self.title = label("", "heading", wrap=True)
        self.words = label("", "muted", wrap=True)
        self.formula = label("", "figures", wrap=True)
        self.problems = label("", "error", wrap=True)
        self.foot = label("", "small", wrap=True)
        self.grid = QGridLayout()
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(24)
        self.grid.setVerticalSpacing(12)
        inside = widget_of(column(self.grid, STRETCH, margins=(0, 0, 8, 0)))
        area = scroll_area(inside)
        texts = (self.title, self.words, self.formula, self.problems)
        column(head, *texts, (area, 1), self.foot, margins=16, spacing=12, parent=self)
        if studio.graph.nodes:
            self.networks = [(studio.project.name, studio.project)]
        self._show()

    def show_pair(self, name: str) -> None:
        """Show one of the course's pairs with its formula."""
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

    def _ask(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Compare with", "", "VisualNet (*.vnet)")
        if chosen:
            self.add_file(Path(chosen))

    def _show(self, fault: str = "") -> None:
        clear(self.grid)
        pair = PAIRS.get(self.pair)
        more = "Add a template or a file beside it." if self.networks else "Choose a pair, a template or a file."
        batch = self.studio.project.recipe.batch_size
        table = compare(self.networks, batch)
        problems = [f"{n['name']}: {words}" for n in table["networks"] for words in n["problems"][:1]]
        first = "; × compares with the first network" if len(self.networks) > 1 else ""
        foot = f"Activations and the memory to train are for {format_quantity(batch, 'sample')}, the recipe's batch{first}."
        for line, text in (
            (self.title, pair.title if pair else ""),
            (self.words, pair.words if pair else more if len(self.networks) < 2 else ""),
            (self.formula, "\n".join(pair.lines) if pair else ""),
            (self.problems, "\n".join([*([fault] if fault else []), *problems])),
            (self.foot, foot if self.networks else ""),
        ):
            line.setText(text)
            line.setVisible(bool(text))
        if table["networks"]:
            self._fill(table["networks"], table["ratios"], batch)

    def _fill_heads(self, networks: Sequence[Mapping[str, Any]]) -> None:
        """Above each column the network's name and picture, and a way to take it away again."""
        for at, network in enumerate(networks):
            title = row((label(network["name"], "section", wrap=True), 1))
            if not self.pair:
                away, name = button("", "quiet", "close", partial(self.take_away, at)), network["name"]
                title.addWidget(describe(away, f"Take {name} away", f"Take “{name}” away"))
            head = QWidget()
            column(title, NetworkThumbnail(network["name"], at, self), spacing=6, parent=head)
            self.grid.addWidget(head, 0, at + 1)
        for at in range(1, MOST + 1):
            self.grid.setColumnStretch(at, int(at <= len(networks)))

    def _fill(
        self, networks: Sequence[Mapping[str, Any]], ratios: Mapping[str, Sequence[float | None]], batch: int
    ) -> None:
        self._fill_heads(networks)
        for line, quantity in enumerate(QUANTITIES, 1):
            name = label(quantity.title, "muted")
            samples = f", for {batch:,} samples" if quantity.name in ("forward", "kept", "training") else ""
            name.setToolTip(quantity.meaning + samples)
            self.grid.addWidget(name, line, 0, Qt.AlignmentFlag.AlignTop)
            most = max(network[quantity.name] for network in networks) or 1
            for at, network in enumerate(networks):
                amount = network[quantity.name]
                text = quantity.text(amount)
                figures = row((label(text, "figures"), 1))
                if at > 0:
                    ratio = ratio_text(ratios[quantity.name][at])
                    figures.addWidget(label(ratio, "muted"))
                    text += f", {ratio}"
                cell = QWidget()
                inside = column(figures, spacing=4, parent=cell)
                if len(networks) > 1:  # one bar alone says nothing
                    inside.addWidget(CostBar(amount / most, f"{quantity.title} of {network['name']}: {text}"))
                self.grid.addWidget(cell, line, at + 1)


def _make_chooser(
    name: str, title: str, entries: Sequence[tuple[str, str]], chosen: Callable[[str], object]
) -> QComboBox:
    """A field that opens a list and shows its own title again once something was chosen from it."""
    box = describe(QComboBox(), name)
    box.addItem(title, "")
    for text, value in entries:
        box.addItem(text, value)

    def activate(index: int) -> None:
        box.setCurrentIndex(0)
        if index > 0:
            chosen(box.itemData(index))

    box.activated.connect(activate)
    return box
