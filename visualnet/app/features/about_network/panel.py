"""About this network: the one-page note of the template that it was made from, with steps that can be tried on the spot."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, QUrl
from PySide6.QtWidgets import QDialog, QWidget

from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.app.widgets.markdown_page import MarkdownPage
from visualnet.core.text.format import capitalize_first
from visualnet.templates.index import Template
from visualnet.templates.note_actions import apply_step, steps, without_steps
from visualnet.templates.small_versions import OPEN_SMALL, SMALL_TIP, template_of

OPEN_PUBLISHED = "Open the published network"


class AboutPanel(QWidget):
    """The note of the open network, and the way to its small or its published version."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.template: Template | None = None
        self._shown: tuple[str, str] | None = None
        self.page = MarkdownPage("About this network", bare=True)
        self.page.anchorClicked.connect(self._try)
        self.hint = label("", "small", wrap=True)
        self.other = button(OPEN_SMALL, done=self._open_other)
        column((self.page, 1), self.hint, self.other, margins=(12, 8, 12, 12), spacing=8, parent=self)
        studio.project_changed.connect(DeferredRefresh(self, self.refresh).ask)
        self.refresh()

    def refresh(self) -> None:
        """Show the note of the open network, if it is another than before."""
        project = self.studio.project
        if self._shown == (project.name, project.note):
            return
        self._shown = (project.name, project.note)
        self.template = found = template_of(project)
        text = found.read_page() if found is not None else ""
        if text:
            self.page.show_markdown(text)
        else:
            note = (
                project.note
                or "This network is your own. What you write under its name in the inspector is shown here."
            )
            self.page.setPlainText(f"{project.name}\n\n{note}")
        tried = bool(list(steps(text)))
        self.hint.setText("Click a step in colour to try it; Ctrl+Z takes it back." if tried else "")
        self.hint.setVisible(tried)
        self.other.setVisible(found is not None and found.small != found.name)
        if found is not None:
            self.other.setText(OPEN_PUBLISHED if found.of else OPEN_SMALL)
            self.other.setToolTip(f"Open “{found.of}”, with the sizes of its paper" if found.of else SMALL_TIP)

    def _open_other(self) -> None:
        if self.template is not None:
            self.studio.template_requested.emit(self.template.of or self.template.small)

    def _try(self, address: QUrl) -> None:
        link = address.toString()
        offered = steps(self.template.read_page()) if self.template is not None else ()
        words = next((words for words, step in offered if step == link), "")
        if not words:
            return
        studio, said = self.studio, capitalize_first(words)
        try:
            after = apply_step(studio.project, link)
        except ValueError as error:
            studio.message.emit("hint", f"This step fits no more: {error}.")
            return
        if after == studio.project:
            studio.message.emit("ok", "It is so already.")
        elif studio.do(said, lambda project: apply_step(project, link)):
            studio.message.emit("ok", f"{said}: done. Ctrl+Z takes it back.")

    def sizeHint(self) -> QSize:
        return QSize(320, 480)


class AboutDialog(QDialog):
    """The note of a template before it is opened."""

    def __init__(self, template: Template, open_template: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"About {template.title}")
        self.resize(560, 520)
        self.page = MarkdownPage("About this network", bare=True)
        self.page.show_markdown(without_steps(template.read_page()) or template.note)
        self.open_button = button("Open", "primary", done=lambda: self._open(open_template, template.name))
        self.small_button = button(OPEN_SMALL, done=lambda: self._open(open_template, template.small))
        self.small_button.setVisible(template.small not in ("", template.name))
        self.small_button.setToolTip(SMALL_TIP)
        foot = row(STRETCH, button("Close", "quiet", done=self.reject), self.small_button, self.open_button)
        column((self.page, 1), foot, margins=(16, 12, 16, 16), spacing=12, parent=self)
        self.open_button.setDefault(True)

    def _open(self, open_template: Callable[[str], None], name: str) -> None:
        self.accept()
        open_template(name)
