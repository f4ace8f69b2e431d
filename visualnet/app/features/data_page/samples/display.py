"""What one sample shows, large: a picture with its mask and boxes, its text, its curves, its row as a table; and a sound to be heard."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPaintEvent, QPen
from PySide6.QtWidgets import QPlainTextEdit, QTableWidget, QTableWidgetItem, QWidget

from visualnet.app.features.data_page.samples.content_painting import PAD as CURVE_PAD
from visualnet.app.features.data_page.samples.content_painting import paint_content
from visualnet.app.features.data_page.samples.sound_player import SoundPlayer
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.layouts import column, stack
from visualnet.app.widgets.painting import painting
from visualnet.core.text.hidden_characters import visible
from visualnet.data.examination.sample_content import SampleContent
from visualnet.data.examination.sound import Sound

PAD = 8
LINE_WIDTH = 2


class SampleCanvas(QWidget):
    """Pictures or curves side by side, each as large as there is room, with its title; and how far a sound was heard."""

    def __init__(self, hint: str = "") -> None:
        super().__init__()
        self.hint = hint
        """What stands there while there is nothing."""
        self.contents: tuple[tuple[str, SampleContent], ...] = ()
        self.classes: tuple[str, ...] = ()
        self.position: float | None = None
        """The share of the sound that was heard; None while nothing plays."""
        self.setMinimumSize(80, 60)

    def show_contents(self, contents: tuple[tuple[str, SampleContent], ...], classes: tuple[str, ...]) -> None:
        """Show these, each with its title."""
        self.contents, self.classes, self.position = contents, classes, None
        named = ", ".join(filter(None, (title or content.label for title, content in contents)))
        self.setAccessibleName(f"Sample: {named}" if named else "Sample")
        self.update()

    def set_position(self, share: float | None) -> None:
        """Draw a line where the sound is now."""
        self.position = share
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, 360)

    def areas(self) -> list[QRectF]:
        """Where each of them stands, its title above it: in the columns that make them largest."""
        count = len(self.contents)
        if not count:
            return []
        head = self._head()
        shape = self.contents[0][1].size if self.contents[0][1].kind == "image" else (0, 0)
        aspect = shape[1] / shape[0] if all(shape) else 2.0

        def side(columns: int) -> float:
            rows = -(-count // columns)
            return min((self.width() / columns - PAD) / aspect, self.height() / rows - head - PAD)

        columns = max(range(1, count + 1), key=side)
        rows = -(-count // columns)
        width, height = self.width() / columns, self.height() / rows
        return [
            QRectF(at % columns * width, at // columns * height + head, width, height - head).adjusted(
                PAD / 2, PAD / 2, -PAD / 2, -PAD / 2
            )
            for at in range(count)
        ]

    def _head(self) -> int:
        return fonts.px(16) if any(title for title, _ in self.contents) else 0

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = icons.current_theme()
        with painting(self, smooth=False) as painter:
            painter.fillRect(self.rect(), QColor(theme.field))
            font, head = fonts.sans(fonts.px(12)), self._head()
            for (title, content), area in zip(self.contents, self.areas(), strict=True):
                paint_content(painter, area, content, theme, font, self.classes, named=True)
                if title:
                    painter.setFont(fonts.sans(fonts.px(11)))
                    painter.setPen(QColor(theme.muted))
                    above = QRectF(area.x(), area.y() - head, area.width(), head)
                    painter.drawText(above, Qt.AlignmentFlag.AlignCenter, title)
            if self.position is not None and self.contents:
                area = self.areas()[0].adjusted(CURVE_PAD, 0, -CURVE_PAD, 0)
                x = area.x() + self.position * area.width()
                painter.setPen(QPen(QColor(theme.text), LINE_WIDTH))
                painter.drawLine(round(x), round(area.top()), round(x), round(area.bottom()))
            if not self.contents:
                painter.setPen(QColor(theme.muted))
                painter.setFont(font)
                painter.drawText(
                    self.rect(), int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap), self.hint
                )


class SampleDisplay(QWidget):
    """Shows one sample, in the way that suits it; ``played`` tells the share of its sound that was heard."""

    played = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = SampleCanvas()
        self.text = describe(QPlainTextEdit(readOnly=True), "Text of the sample")
        self.table = describe(QTableWidget(0, 2), "Values of the sample")
        self.table.setHorizontalHeaderLabels(("Column", "Value"))
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.fault = label("", "error", wrap=True)
        self.stack = stack(self.picture, self.text, self.table, self.fault)
        self.player = SoundPlayer()
        self.player.moved.connect(self.picture.set_position)
        self.player.moved.connect(self.played)
        column((self.stack, 1), self.player, spacing=4, parent=self)

    def show_content(self, content: SampleContent, classes: tuple[str, ...] = (), sound: Sound | None = None) -> None:
        """Show this one."""
        self.show_contents((("", content),), classes, sound)

    def show_contents(
        self, contents: tuple[tuple[str, SampleContent], ...], classes: tuple[str, ...] = (), sound: Sound | None = None
    ) -> None:
        """Show one sample; several pictures or curves of it stand side by side, each with its title."""
        content = contents[0][1]
        self.player.show_sound(sound)
        if content.kind == "text":
            self.text.setPlainText(content.words)
            self.stack.setCurrentWidget(self.text)
        elif content.kind == "row":
            self.table.setRowCount(len(content.row))
            for at, pair in enumerate(content.row):
                for side, words in enumerate(pair):
                    self.table.setItem(at, side, QTableWidgetItem(visible(words)))
            self.table.resizeColumnToContents(0)
            self.stack.setCurrentWidget(self.table)
        else:
            self.picture.show_contents(contents, classes)
            self.stack.setCurrentWidget(self.picture)

    def show_fault(self, words: str) -> None:
        """Say why there is nothing to be seen."""
        self.player.show_sound(None)
        self.fault.setText(visible(words))
        self.stack.setCurrentWidget(self.fault)
