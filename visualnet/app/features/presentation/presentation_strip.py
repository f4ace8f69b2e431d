"""What stands under the canvas in presentation mode: the formula of the selected node, large."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from visualnet.analysis import explain
from visualnet.app.features.inspector.explanation_card import ExplanationCard
from visualnet.app.features.presentation.key_display import KeyDisplay
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.app.widgets.painting import painting

FORMULA_PX, HIGH = 14, 160
CARDS = 2
"""So many formulas stand side by side: as a rule that of the size and that of the parameters."""
LARGEST_SHARE = 0.45
"""Of the window's height."""
NOTHING = "Click a layer to see its formula here. Esc ends the presentation."
NO_FORMULA = "The size that comes out is the one that goes in: there is no formula to show."


class PresentationStrip(QFrame):
    """Stands where it is only while the canvas is alone on the screen, and listens to the keyboard only then."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.keys: KeyDisplay | None = None
        self._formula_shown = False
        """Whether a formula was shown since the presentation began."""
        self.setAccessibleName("Formula of the selected layer")
        self.title, self.hint = label("", "heading"), label(NOTHING, "muted", wrap=True)
        self.cards = [ExplanationCard(FORMULA_PX) for _ in range(CARDS)]
        for card in self.cards:
            card.typeset.can_enlarge = False
        side_by_side = row(*((card, 1, Qt.AlignmentFlag.AlignTop) for card in self.cards), spacing=16)
        column(self.title, self.hint, side_by_side, STRETCH, margins=(24, 8, 24, 12), spacing=6, parent=self)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, context=Qt.ShortcutContext.WindowShortcut)
        self._escape.activated.connect(self.leave)
        self._escape.setEnabled(False)
        studio.canvas_alone_changed.connect(self.show_mode)
        for changed in (studio.analysed, studio.selection_changed, studio.sheet_changed):
            changed.connect(lambda _: self.refresh())
        studio.theme_changed.connect(lambda _: self.refresh())
        self.hide()

    def show_mode(self, on: bool) -> None:
        """The presentation begins or ends."""
        self.setVisible(on)
        self._escape.setEnabled(on)
        if on and self.keys is None:
            self.keys = KeyDisplay(self.window())
            self._formula_shown = False
            self.refresh()
        elif not on and self.keys is not None:
            self.keys.close_()
            self.keys = None

    def leave(self) -> None:
        """End the presentation."""
        self.studio.shell.set_canvas_alone(False)

    def refresh(self) -> None:
        """Show the formula of what is selected now."""
        if self.keys is None:
            return
        selected = self.studio.selection
        facts = self.studio.facts
        known = facts[selected[0]] if len(selected) == 1 and facts is not None and selected[0] in facts.nodes else None
        whys = [why for why in explain.questions(known) if why.lines] if known is not None else []
        self.title.setText(known.node.name if known is not None else "")
        self.title.setVisible(known is not None)
        self.hint.setText(NOTHING if known is None else NO_FORMULA)
        self.hint.setVisible(not whys)
        self._formula_shown |= bool(whys)
        # From the first formula on as high as most formulas are, so that the canvas does not jump with every click.
        self.setMinimumHeight(fonts.px(HIGH) if self._formula_shown else 0)
        self.setMaximumHeight(max(fonts.px(HIGH), round(self.window().height() * LARGEST_SHARE)))
        for at, card in enumerate(self.cards):
            card.setVisible(at < len(whys))
            if at < len(whys):
                card.show_why(whys[at])

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = icons.current_theme()
        with painting(self, smooth=False) as painter:
            painter.fillRect(self.rect(), QColor(theme.surface))
            painter.fillRect(0, 0, self.width(), 1, QColor(theme.line))
