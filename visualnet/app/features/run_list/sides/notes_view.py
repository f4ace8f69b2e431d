"""What a person says of a run: name, tags, group, and notes in Markdown, written and read."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from visualnet.app.features.run_list.run_store import RunStore
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.layouts import STRETCH, column, row, stack, widget_of
from visualnet.app.widgets.markdown_page import MarkdownPage
from visualnet.app.widgets.segmented import Segmented
from visualnet.core.text.hidden_characters import visible
from visualnet.training.run_index.facts import RunRow
from visualnet.training.run_records.annotations import MAX_NAME, MAX_NOTES, RunAnnotations


class NotesView(QWidget):
    """Fields for one run. What is written is kept when a field is left, or another run is chosen."""

    def __init__(self, store: RunStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.run = ""
        self.name = describe(
            QLineEdit(placeholderText="Name"), "Name of the run", "What the run is called in lists and legends"
        )
        self.tags = describe(
            QLineEdit(placeholderText="Tags, with commas"), "Tags", "Words to find the run by: baseline, thesis"
        )
        self.group = describe(
            QLineEdit(placeholderText="Group"), "Group", "What the run belongs to; sort by it to see groups together"
        )
        self.name.setMaxLength(MAX_NAME)
        self.group.setMaxLength(MAX_NAME)
        self.notes = describe(
            QPlainTextEdit(placeholderText="Notes in Markdown: # heading, - list, **bold**"),
            "Notes",
            "What you want to remember of this run. Nothing is loaded from elsewhere, and links do not open by themselves",
        )
        self.notes.setTabChangesFocus(True)
        self.page = MarkdownPage("Notes as they read")
        self.stack = stack(self.notes, self.page)
        self.switch = Segmented(["Write", "Read"], "Notes")
        self.switch.part(0).setToolTip("Write the notes")
        self.switch.part(1).setToolTip("See the notes as they read")
        self.switch.chosen.connect(self._switch)
        self.empty = label("Choose one run to name it, tag it and take notes.", "muted", wrap=True)
        self.origin = label("", "small", wrap=True)
        names = [label(words, "section") for words in ("Name", "Tags")]
        for one in names:
            one.setMinimumWidth(max(name.sizeHint().width() for name in names))
        self.fields = widget_of(
            column(
                row(names[0], (self.name, 2), label("Group", "section"), (self.group, 1), spacing=8),
                row(names[1], (self.tags, 1), spacing=8),
                self.origin,
                row(label("Notes", "section"), STRETCH, self.switch, spacing=6),
                (self.stack, 1),
                spacing=6,
            )
        )
        column(self.empty, (self.fields, 1), margins=(8, 6, 8, 8), spacing=4, parent=self)
        for field in (self.name, self.tags, self.group):
            field.editingFinished.connect(self.keep)
        self.notes.installEventFilter(self)
        self.show_run(None)

    def show_run(self, one: RunRow | None) -> None:
        """Show what was said of this run; None for none or several."""
        self.keep()
        self.run = one.id if one is not None else ""
        self.fields.setVisible(one is not None)
        self.empty.setVisible(one is None)
        if one is None:
            return
        self._fill(self.store.said_of(one.id))
        self._tell_origin(one)

    def _fill(self, said: RunAnnotations) -> None:
        self.name.setText(visible(said.name))
        self.tags.setText(visible(", ".join(said.tags)))
        self.group.setText(visible(said.group))
        self.notes.setPlainText(visible(said.notes, lines=True))
        self._switch(self.switch.current)

    def show_again(self) -> None:
        """Show what is said of the run by now; a field in which somebody writes stays."""
        if self.run and not any(one.hasFocus() for one in (self.name, self.tags, self.group, self.notes)):
            self._fill(self.store.said_of(self.run))

    def keep(self) -> None:
        """Write down what was changed."""
        if not self.run:
            return
        said = self.store.said_of(self.run)
        tags = tuple(tag for part in self.tags.text().split(",") if (tag := " ".join(part.split())))
        now = {
            "name": " ".join(self.name.text().split()),
            "group": " ".join(self.group.text().split()),
            "tags": tags,
            "notes": self.notes.toPlainText().rstrip()[:MAX_NOTES],
        }
        changes = {field: value for field, value in now.items() if value != getattr(said, field)}
        if changes:
            run, self.run = self.run, ""  # what the change brings about keeps nothing a second time
            self.store.annotate("What was said of the run is kept.", [run], lambda _: changes)
            self.run = run

    def _tell_origin(self, one: RunRow) -> None:
        """Say where the run came from, if not from its own first weights."""
        words = self.store.origin_of(one.id)
        self.origin.setText(f"Comes from: {visible(words)}." if words else "")
        self.origin.setVisible(bool(words))

    def _switch(self, at: int) -> None:
        self.stack.setCurrentIndex(at)
        if at == 1:
            self.page.show_markdown(self.notes.toPlainText() or "*Nothing is written yet.*")

    def eventFilter(self, watched: object, event: object) -> bool:
        from PySide6.QtCore import QEvent

        if watched is self.notes and isinstance(event, QEvent) and event.type() == QEvent.Type.FocusOut:
            self.keep()
        return False

    def hideEvent(self, event: object) -> None:
        self.keep()

    def set_focus(self) -> None:
        """Go to the name."""
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
