"""The one style sheet of the window, written from the tokens."""

from __future__ import annotations

from dataclasses import fields
from string import Template

from visualnet.app.theme.glyphs import GLYPHS, glyph_path
from visualnet.app.theme.tokens import MONO, SANS, Theme, mix


def style_sheet(theme: Theme, px: int = 13) -> str:
    """The style sheet of a theme for body text of `px` pixels."""
    found = ((field.name, getattr(theme, field.name)) for field in fields(theme))
    values: dict[str, object] = {name: value for name, value in found if isinstance(value, str)}
    values |= {f"glyph_{name.replace('-', '_')}": glyph_path(theme, name) for name in GLYPHS}
    values |= {
        "small": px - 1,
        "heading": px + 2,
        "title": px + 9,
        "box": px + 3,
        "dot": (px + 3) // 2,
        "sans": SANS,
        "mono": MONO,
        "danger_ground": mix(theme.surface, theme.error, 0.1),
        "accent_ground": mix(theme.surface, theme.accent, 0.16),
        "thumb": mix(theme.surface, theme.muted, 0.35),
        "thumb_hover": mix(theme.surface, theme.muted, 0.6),
    }
    strong = _STRONG if theme.strong else ""
    return Template(_BASE + _BUTTONS + _FIELDS + _VIEWS + _OWN + strong).substitute(values)


_BASE = """
QMainWindow, QDialog { background: $surface; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QDockWidget { color: $muted; font-weight: 600; }
QDockWidget::title { background: $surface; padding: 8px 10px; text-align: left; border: none; }
QStackedWidget, QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }
QScrollArea, QFrame#plain { border: none; }
QFrame[frameShape="4"] { background: $line; border: none; max-height: 1px; }
QFrame[frameShape="5"] { background: $line; border: none; max-width: 1px; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }
QStatusBar { background: $surface; color: $muted; border-top: 1px solid $line; min-height: 26px; }
QStatusBar::item { border: none; }
QSizeGrip { image: none; width: 0; height: 0; }
QStatusBar QLabel { color: $muted; font-size: ${small}px; padding: 0 6px; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 5px 8px; font-size: ${small}px; }

QToolBar { background: $surface; border: none; border-bottom: 1px solid $line; padding: 6px 12px; spacing: 4px; icon-size: 20px; }
QToolBar::separator { background: $line; width: 1px; margin: 6px 6px; }
QMenuBar { background: $surface; border: none; padding: 2px 6px; }
QMenuBar::item { background: transparent; padding: 5px 9px; border-radius: 6px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $hover; }
QMenu { background: $raised; border: 1px solid $line; padding: 6px; }
QMenu::item { padding: 6px 24px 6px 10px; border-radius: 6px; background: transparent; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $disabled; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 6px 8px; }
QMenu::icon { padding-left: 8px; }
QMenu::right-arrow { image: url($glyph_right); width: 14px; height: 14px; margin-right: 6px; }
QMenu::indicator { width: 14px; height: 14px; margin-left: 6px; }
QMenu::indicator:checked { image: url($glyph_menu_check); }

QTabWidget::pane { border: none; border-top: 1px solid $line; top: -1px; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; padding: 8px 4px 7px 4px; margin: 0 8px;
  border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; border-bottom: 2px solid $line; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { color: $accent; }
QTabBar::close-button { image: url($glyph_close); width: 12px; height: 12px; }
QTabBar::close-button:hover { image: url($glyph_close_hover); background: $hover; border-radius: 4px; }
QTabBar QToolButton { background: $surface; }

QGroupBox { border: 1px solid $line; border-radius: 8px; margin-top: 22px; padding: 12px; }
QGroupBox::title { subcontrol-origin: margin; left: 2px; top: 2px; color: $muted; font-weight: 600; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: ${title}px; font-weight: 600; }
QLabel[role="heading"] { font-size: ${heading}px; font-weight: 600; }
QLabel[role="section"] { font-size: ${small}px; font-weight: 600; color: $muted; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="small"] { color: $muted; font-size: ${small}px; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="mono"] { font-family: "$mono", monospace; font-size: ${small}px; }
QLabel[role="error"] { color: $error; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="hint"] { color: $hint; }
QLabel[role="ok"] { color: $ok; }
"""

_BUTTONS = """
QPushButton { background: $raised; color: $text; border: 1px solid $line; border-radius: 6px;
  padding: 5px 14px; min-height: 18px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border: 1px solid $accent; }
QPushButton:disabled { color: $disabled; background: transparent; border-color: $line; }
QPushButton:checked { background: $accent_ground; border-color: $accent; }
QPushButton::menu-indicator { image: url($glyph_down); width: 12px; height: 12px;
  subcontrol-position: right center; right: 8px; }
QFrame[choice="true"] { border: 1px solid transparent; border-radius: 6px; }
QFrame[choice="true"]:hover { background: $hover; }
QFrame[choice="true"][current="true"] { background: $raised; border-color: $line; }
QFrame[choice="true"]:focus { border-color: $accent; }
QPushButton[kind="primary"] { background: $accent; color: $accent_text; border-color: $accent; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:pressed { background: $accent; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; padding: 4px 13px; }
QPushButton[kind="primary"]:disabled { background: $pressed; color: $disabled; border-color: $pressed; }
QPushButton[kind="danger"] { background: $danger_ground; color: $error; border-color: $error; }
QPushButton[kind="danger"]:hover { background: $error; color: $surface; }
QPushButton[kind="danger"]:focus { border: 2px solid $error; padding: 4px 13px; }
QPushButton[kind="danger"]:disabled { background: transparent; color: $disabled; border-color: $line; }
QPushButton[kind="quiet"] { background: transparent; border-color: transparent; color: $muted; padding: 5px 10px; }
QPushButton[kind="quiet"]:hover { background: $hover; color: $text; }
QPushButton[kind="quiet"]:pressed { background: $pressed; }
QPushButton[kind="quiet"]:focus { border-color: $accent; color: $text; }
QPushButton[kind="quiet"]:disabled { color: $disabled; }
QPushButton[kind="chip"] {
    background: transparent; border: 1px solid $line; border-radius: 8px; color: $muted; font-size: ${small}px;
    padding: 0px 7px; min-height: 16px;
}
QPushButton[kind="chip"][bare="true"] { border-color: transparent; padding: 0px 2px; }
QTextBrowser[bare="true"] { background: transparent; border-color: transparent; padding: 0px; }
QPushButton[kind="chip"]:hover { background: $hover; border-color: $accent; color: $text; }
QPushButton[kind="chip"]:pressed { background: $pressed; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $pressed; }
QToolButton:checked { background: $accent_ground; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $disabled; }
QToolButton[popupMode="1"] { padding-right: 16px; }
QToolButton::menu-indicator, QToolButton::menu-arrow { image: url($glyph_down); width: 10px; height: 10px; }
QToolButton::menu-button { border: none; width: 14px; }

QCheckBox, QRadioButton { spacing: 8px; background: transparent; padding: 2px 0; }
QCheckBox::indicator, QRadioButton::indicator { width: ${box}px; height: ${box}px; background: $field;
  border: 1px solid $outline; }
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: ${dot}px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($glyph_check); }
QCheckBox::indicator:indeterminate { background: $accent; border-color: $accent; image: url($glyph_partial); }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: transparent; border-color: $line; }
QCheckBox::indicator:checked:disabled { background: $pressed; border-color: $pressed; image: url($glyph_menu_check); }
QRadioButton::indicator:checked { border: 1px solid $accent; background: qradialgradient(cx:0.5, cy:0.5, radius:0.5,
  fx:0.5, fy:0.5, stop:0 $accent, stop:0.5 $accent, stop:0.58 $field, stop:1 $field); }
"""

_FIELDS = """
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit, QTextEdit, QKeySequenceEdit QLineEdit {
  background: $field; color: $text; border: 1px solid $line; border-radius: 6px; padding: 4px 8px;
  min-height: 18px; selection-background-color: $selection; selection-color: $text;
  placeholder-text-color: $muted; }
QLineEdit:hover, QSpinBox:hover, QDoubleSpinBox:hover, QComboBox:hover { border-color: $outline; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QComboBox:on, QPlainTextEdit:focus,
QTextEdit:focus { border-color: $accent; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: $disabled;
  background: transparent; }
QLineEdit[mono="true"], QSpinBox, QDoubleSpinBox { font-family: "$mono", monospace; font-size: ${small}px; }
QLineEdit[invalid="true"], QLineEdit[invalid="true"]:focus { border-color: $error; background: $danger_ground; }
QLineEdit[seamless="true"] { border: none; background: transparent; padding: 0; }
QPlainTextEdit[mono="true"] { font-family: "$mono", monospace; font-size: ${small}px; }
QComboBox QLineEdit { border: none; background: transparent; padding: 0; min-height: 0; }
QSpinBox, QDoubleSpinBox { padding: 4px 20px 4px 6px; }
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button {
  background: transparent; border: none; width: 18px; subcontrol-origin: border; margin: 2px; }
QSpinBox::up-button:hover, QDoubleSpinBox::up-button:hover, QSpinBox::down-button:hover,
QDoubleSpinBox::down-button:hover { background: $hover; border-radius: 4px; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url($glyph_up); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url($glyph_down); width: 10px; height: 10px; }
QComboBox { padding-right: 22px; background: $raised; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url($glyph_down); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line; padding: 4px; outline: none;
  selection-background-color: $selection; selection-color: $text; }
QComboBox QAbstractItemView::item { padding: 5px 8px; border-radius: 4px; min-height: 18px; }

QSlider { min-height: 20px; background: transparent; }
QSlider::groove:horizontal { height: 4px; background: $pressed; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { background: $accent; width: 14px; height: 14px; margin: -6px 0; border-radius: 8px;
  border: 1px solid $surface; }
QSlider::handle:horizontal:hover { background: $accent_hover; }
QSlider::handle:horizontal:focus, QSlider::handle:vertical:focus { border: 2px solid $text; width: 12px;
  height: 12px; }
QSlider::groove:vertical { width: 4px; background: $pressed; border-radius: 2px; }
QSlider::add-page:vertical { background: $accent; border-radius: 2px; }
QSlider::handle:vertical { background: $accent; width: 14px; height: 14px; margin: 0 -6px; border-radius: 8px;
  border: 1px solid $surface; }
QSlider::sub-page:horizontal:disabled, QSlider::add-page:vertical:disabled { background: $disabled; }
QSlider::handle:horizontal:disabled, QSlider::handle:vertical:disabled { background: $disabled; }
QProgressBar { background: $pressed; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
"""

_VIEWS = """
QListView, QTreeView, QTableView { background: transparent; alternate-background-color: $hover; border: none;
  outline: none; selection-background-color: $selection; selection-color: $text; gridline-color: $line; }
QListView::item, QTreeView::item { padding: 4px 6px; border: 1px solid transparent; border-radius: 6px; }
QTreeView::item { border-radius: 0; }
LayerTree::item { padding: 1px 4px; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QTableView::item { padding: 3px 8px; border: none; }
QListView::item:hover, QTreeView::item:hover, QTableView::item:hover { background: $hover; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected { background: $selection; color: $text; }
QListView:focus::item:focus, QListView::item:focus { border-color: $accent; }
QTreeView::branch { background: transparent; }
QTreeView::branch:selected { background: $selection; }
QTreeView::branch:has-children:closed { image: url($glyph_right); }
QTreeView::branch:has-children:open { image: url($glyph_down); }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: $surface; color: $muted; border: none; border-bottom: 1px solid $line;
  padding: 6px 8px; font-weight: 600; font-size: ${small}px; text-align: left; }
QHeaderView::section:hover { color: $text; }
QHeaderView::up-arrow { image: url($glyph_up); width: 10px; height: 10px; }
QHeaderView::down-arrow { image: url($glyph_down); width: 10px; height: 10px; }
QTableCornerButton::section { background: $surface; border: none; border-bottom: 1px solid $line; }
QAbstractScrollArea::corner { background: transparent; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $thumb; border-radius: 3px; }
QScrollBar::handle:vertical { min-height: 32px; margin: 2px; }
QScrollBar::handle:horizontal { min-width: 32px; margin: 2px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $thumb_hover; }
QScrollBar[idle="true"]::handle { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""

# Names of our own widgets, from visualnet/app/widgets.
_OWN = """
QTabBar#documents { background: $surface; border-top: 1px solid $line; }
QTabBar#documents::tab { background: transparent; border: none; border-right: 1px solid $line; margin: 0;
  padding: 6px 8px 6px 12px; min-width: 84px; }
QTabBar#documents::tab:hover { background: $hover; }
QTabBar#documents::tab:selected { background: $raised; color: $text; border-top: 2px solid $accent; padding-top: 4px; }
SearchField { background: $field; border: 1px solid $line; border-radius: 6px; }
SearchField[active="true"] { border-color: $accent; }
SearchField QLabel#keys { color: $muted; font-size: ${small}px; }
Segmented { background: $field; border: 1px solid $line; border-radius: 8px; }
Segmented QPushButton { background: transparent; border: 1px solid transparent; color: $muted; padding: 3px 14px; }
Segmented QPushButton:hover { color: $text; background: $hover; }
Segmented QPushButton:disabled { color: $disabled; background: transparent; border-color: transparent; }
Segmented QPushButton:checked { background: $accent; color: $accent_text; font-weight: 600; }
Segmented QPushButton:focus { border-color: $outline; }
Segmented QPushButton:checked:focus { border-color: $text; }
Banner { border: none; border-bottom: 1px solid $line; background: $raised; }
Toast { border: 1px solid $line; border-radius: 8px; background: $raised; }
Section > QToolButton#head { color: $muted; font-weight: 600; font-size: ${small}px; padding: 5px 0; }
Section > QToolButton#head:hover { color: $text; background: $hover; }
Badge { border-radius: 8px; padding: 1px 7px; font-size: ${small}px; background: $pressed; color: $text; }
QFrame[card="true"] { background: $raised; border: 1px solid $line; border-radius: 8px; }
QFrame#formula { background: $raised; border: none; border-radius: 8px; }
CommandPalette > QFrame#panel { background: $raised; border: 1px solid $outline; border-radius: 10px; }
CommandPalette SearchField { background: transparent; border: none; border-bottom: 1px solid $line; border-radius: 0; }
CommandPalette QLineEdit { border: none; background: transparent; font-size: ${heading}px; padding: 6px 4px; }
#quickAdd, #repairPopup { background: $raised; border: 1px solid $line; border-radius: 10px; }
#quickAdd QListWidget { background: transparent; border: none; padding: 0; outline: none; }
#quickAdd QLabel { color: $muted; padding: 10px 8px; }
#repairPopup QPushButton { text-align: left; padding-left: 10px; }
CommandPalette QListView::item { padding: 0; }
"""

# High contrast: what has the focus wears a ring of 2 px, what is chosen an edge besides its ground.
_STRONG = """
QPushButton:focus { border: 2px solid $accent; padding: 4px 13px; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="quiet"]:focus { border: 2px solid $accent; padding: 4px 9px; }
QToolButton:focus { border: 2px solid $accent; padding: 3px; }
QToolButton:hover, QToolButton:checked { border-color: $line; }
QLineEdit:focus, QComboBox:focus, QComboBox:on, QPlainTextEdit:focus, QTextEdit:focus {
  border: 2px solid $accent; padding: 3px 7px; }
QComboBox:focus, QComboBox:on { padding-right: 21px; }
QComboBox QLineEdit:focus, SearchField QLineEdit:focus, CommandPalette QLineEdit:focus { border: none; }
QListView::item:focus, QListView:focus::item:focus { border: 2px solid $accent; padding: 3px 5px; }
QListView::item:selected, QTreeView::item:selected { border: 1px solid $accent; }
QMenu::item:selected { border: 1px solid $accent; padding: 5px 23px 5px 9px; }
QFrame[choice="true"]:focus { border: 2px solid $accent; }
Segmented QPushButton:focus { border: 2px solid $outline; padding: 2px 13px; }
QTabBar::tab:selected { border-bottom: 3px solid $accent; }
QScrollBar::handle { background: $muted; }
QScrollBar[idle="true"]::handle { background: transparent; }
"""
