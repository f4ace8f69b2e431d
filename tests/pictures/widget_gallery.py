"""Renders every small widget in every theme: `python -m tests.pictures.widget_gallery OUT`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDockWidget,
    QDoubleSpinBox,
    QFormLayout,
    QGroupBox,
    QLineEdit,
    QListWidget,
    QMainWindow,
    QPlainTextEdit,
    QProgressBar,
    QRadioButton,
    QSlider,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QToolBar,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from visualnet.app.actions.registry import Actions
from visualnet.app.features.registry import FEATURES
from visualnet.app.forms.value_field import ValueField
from visualnet.app.shell.actions import all_actions
from visualnet.app.theme import icons
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.app.theme.tokens import FAMILIES, THEMES
from visualnet.app.widgets import layouts
from visualnet.app.widgets.basic import (
    Card,
    ColorDot,
    ElidedLabel,
    EmptyState,
    IconLabel,
    KeyValue,
    button,
    label,
)
from visualnet.app.widgets.dialogs.command_palette import CommandPalette
from visualnet.app.widgets.dialogs.messages import Banner, Toast
from visualnet.app.widgets.dialogs.shortcuts_dialog import ShortcutsDialog
from visualnet.app.widgets.search_field import SearchField
from visualnet.app.widgets.section import Section
from visualnet.app.widgets.segmented import Segmented


def column(*widgets: QWidget) -> QWidget:
    page = QWidget()
    layouts.column(*widgets, 0, margins=16, spacing=8, parent=page)
    return page


def row(*widgets: QWidget) -> QWidget:
    line = QWidget()
    layouts.row(*widgets, 0, spacing=8, parent=line)
    return line


def disabled(widget: QWidget) -> QWidget:
    widget.setEnabled(False)
    return widget


def checked(box: QCheckBox | QRadioButton) -> QWidget:
    box.setChecked(True)
    return box


def tree() -> QTreeView:
    model = QStandardItemModel()
    for family, names in {"Convolution": ["Conv1d", "Conv2d", "ConvTranspose2d"], "Pooling": ["MaxPool2d"]}.items():
        parent = QStandardItem(icons.icon(family.lower(), f"family:{family.lower()}"), family)
        for name in names:
            parent.appendRow(QStandardItem(name))
        model.appendRow(parent)
    view = QTreeView()
    view.setModel(model)
    model.setParent(view)
    view.setHeaderHidden(True)
    view.expandAll()
    view.setCurrentIndex(model.index(1, 0, model.index(0, 0)))
    view.setFixedHeight(170)
    return view


def table() -> QTableWidget:
    made = QTableWidget(3, 3)
    made.setHorizontalHeaderLabels(["Run", "Accuracy", "Steps"])
    made.verticalHeader().hide()
    for line, cells in enumerate((("lenet5", "0.967", "12,500"), ("mlp", "0.931", "9,000"), ("vit", "0.942", "400"))):
        for at, cell in enumerate(cells):
            made.setItem(line, at, QTableWidgetItem(cell))
    made.selectRow(0)
    made.setFixedHeight(140)
    return made


def number(value: float, unit: str = "") -> ValueField:
    made = ValueField(lambda raw: "" if isinstance(raw, float) or raw else "at least 1", unit=unit)
    made.set_value(value)
    return made


def inspector() -> QWidget:
    form = QFormLayout()
    form.setHorizontalSpacing(16)
    bad = number(6)
    bad.setText("0")
    bad.textEdited.emit("0")
    fields = {
        "out_channels": number(6),
        "kernel_size": number(5, "px"),
        "learning_rate": number(0.02),
        "groups": bad,
        "dilation": disabled(number(1)),
    }
    for name, field in fields.items():
        field.setFixedWidth(96)
        form.addRow(label(name, "muted"), field)
    holder = QWidget()
    holder.setLayout(form)
    form.setContentsMargins(0, 0, 0, 0)
    section = Section("Parameters")
    section.add(holder)
    rows = KeyValue()
    for key, value in {"parameters": "156", "MACs": "117,600", "output": "6×28×28"}.items():
        rows.set_value(key, value)
    figures = Section("Figures")
    figures.add(rows)
    formula = Card()
    inner = QVBoxLayout(formula)
    inner.addWidget(label("⌊(28 + 2·2 − 1·(5−1) − 1) / 1⌋ + 1 = 28", "mono"))
    head = row(ColorDot("family:convolution"), label("conv1", "strong"), label("Conv2d", "muted"))
    return column(
        head, section, figures, formula, Section("Initialisation", opened=False), ElidedLabel("a long name " * 9)
    )


def controls() -> QWidget:
    combo = QComboBox()
    combo.addItems(["Adam", "SGD", "AdamW"])
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setValue(40)
    progress = QProgressBar()
    progress.setTextVisible(False)
    progress.setValue(40)
    partial = QCheckBox("Some")
    partial.setTristate(True)
    partial.setCheckState(Qt.CheckState.PartiallyChecked)
    group = QGroupBox("Split")
    inner = QVBoxLayout(group)
    inner.addWidget(row(checked(QRadioButton("80 / 20")), QRadioButton("70 / 30"), disabled(QRadioButton("Own"))))
    line = QLineEdit()
    line.setPlaceholderText("Name of the run")
    code = QPlainTextEdit("self.conv1 = nn.Conv2d(1, 6, 5)")
    code.setProperty("mono", True)
    code.setFixedHeight(60)
    return column(
        row(
            button("Train", "primary", "play"),
            button("Pause", icon="pause"),
            button("Delete", "danger", "delete"),
            button("Cancel", "quiet"),
        ),
        row(disabled(button("Train", "primary", "play")), disabled(button("Pause", icon="pause"))),
        row(checked(QCheckBox("Shuffle")), QCheckBox("Freeze"), partial, disabled(checked(QCheckBox("Fixed")))),
        group,
        row(combo, QSpinBox(), QDoubleSpinBox(), disabled(QSpinBox())),
        line,
        slider,
        progress,
        code,
    )


def words() -> QWidget:
    dots = [IconLabel(family, 20, f"family:{family}") for family in FAMILIES]
    roles = [label(role.capitalize(), role) for role in ("title", "heading", "section", "muted", "mono")]
    marks = [
        row(IconLabel(kind, 16, kind), label(text, kind))
        for kind, text in (
            ("error", "Linear expects 400 features; 256 come"),
            ("warning", "Softmax before cross-entropy"),
            ("hint", "55.25 → 55: the last column is never read"),
            ("ok", "Every tensor fits"),
        )
    ]
    return column(*roles, *marks, row(*dots), tree(), table())


def window(keeper: ThemeKeeper) -> tuple[QMainWindow, Actions]:
    main = QMainWindow()
    actions = Actions(all_actions(FEATURES), main)
    actions.menus(main.menuBar())
    bar = QToolBar()
    bar.setMovable(False)
    main.addToolBar(bar)
    for action_id in ("file.new", "file.open", "file.save", "", "edit.undo", "edit.redo", "", "view.fit"):
        bar.addAction(actions[action_id]) if action_id else bar.addSeparator()
    actions["edit.redo"].setEnabled(False)
    actions.set_checked("view.workspace_train", True)
    spaces = [actions[f"view.workspace_{name}"] for name in ("build", "train", "inspect")]
    bar.addWidget(Segmented.of_actions(spaces, "Workspace"))
    left = QDockWidget("Layers")
    left.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
    listing = QListWidget()
    listing.addItems([f"Layer {number}" for number in range(40)])
    listing.setCurrentRow(1)
    left.setWidget(column(SearchField("Search layers…", "Space"), listing))
    main.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, left)
    right = QDockWidget("Inspector")
    right.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
    right.setWidget(inspector())
    main.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, right)
    tabs = QTabWidget()
    tabs.setDocumentMode(True)
    tabs.addTab(row(controls(), words()), "Controls")
    tabs.addTab(QWidget(), "Problems")
    tabs.addTab(QWidget(), "Runs")
    banner = Banner()
    banner.show_message(
        "The program ended unexpectedly last time. Your work up to 12 s before is kept.",
        "warning",
        [("Restore", lambda: None)],
    )
    empty = EmptyState("problems", "No problem: every tensor fits.")
    middle = QWidget()
    box = QVBoxLayout(middle)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    for part in (banner, tabs, empty):
        box.addWidget(part)
    main.setCentralWidget(middle)
    main.statusBar().addWidget(label("epoch 8 of 20 · step 500"))
    main.resize(1440, 900)
    return main, actions


def render(out: Path) -> None:
    """Write the pictures into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    for name in THEMES:
        keeper = ThemeKeeper(app, name)  # type: ignore[arg-type]
        main, actions = window(keeper)
        main.show()
        Toast(main).show_message("Saved lenet5.vnet", "ok", [("Show", lambda: None)])
        app.processEvents()
        main.grab().save(str(out / f"widgets-{name}.png"))
        palette = CommandPalette(actions, main)
        palette.open()
        palette.search.edit.setText("zo")
        app.processEvents()
        main.grab().save(str(out / f"palette-{name}.png"))
        palette.close_panel()
        dialog = ShortcutsDialog(actions, main)
        dialog.select("graph.tidy")
        dialog.show()
        menu = main.findChildren(type(actions.menu(main.menuBar(), "View")))[1]
        menu.ensurePolished()
        app.processEvents()
        dialog.grab().save(str(out / f"shortcuts-{name}.png"))
        menu.popup(main.pos())
        app.processEvents()
        menu.grab().save(str(out / f"menu-{name}.png"))
        menu.close()
        dialog.close()
        main.close()


if __name__ == "__main__":
    render(Path(sys.argv[1] if len(sys.argv) > 1 else "gallery"))
