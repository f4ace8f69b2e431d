"""The window: one canvas, the docks around it, and the actions that join them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from visualnet.app.actions.registry import Actions
from visualnet.app.canvas import handlers
from visualnet.app.canvas.commands import arrange
from visualnet.app.features.feature import Feature
from visualnet.app.features.registry import FEATURES, all_actions
from visualnet.app.features.start_page.page import StartPage, dropped_file
from visualnet.app.services.background_task import close_tasks
from visualnet.app.services.gc_control import GcControl
from visualnet.app.services.runner import Runner
from visualnet.app.shell import prompts
from visualnet.app.shell.action_handlers import answer_actions, fill_tab_menu
from visualnet.app.shell.action_states import possible
from visualnet.app.shell.canvas_page import CanvasPage
from visualnet.app.shell.extra_windows import ExtraWindows
from visualnet.app.shell.frame import Frame
from visualnet.app.shell.project_files import ProjectFiles, templates
from visualnet.app.shell.project_tabs import DocumentTabs, Head
from visualnet.app.shell.status_bar import StatusLine
from visualnet.app.shell.top_bar import TopBar
from visualnet.app.shell.workspaces import Workspaces
from visualnet.app.state.settings import Settings
from visualnet.app.state.studio import Studio
from visualnet.app.theme.apply import MODES, Mode, ThemeKeeper
from visualnet.app.widgets.command_palette import CommandPalette
from visualnet.app.widgets.messages import Act, Banner, Toast
from visualnet.core import crash_handler
from visualnet.core.autosave import orphans
from visualnet.core.document import Document
from visualnet.core.exit_signals import exit_code
from visualnet.core.mailbox import Mailbox
from visualnet.core.project import Project
from visualnet.core.text.visible import visible
from visualnet.templates.small_versions import OPEN_SMALL, small_version


class Window(Frame):
    """The main window. It builds its parts and joins them; what they do, they do themselves."""

    def __init__(
        self,
        settings: Settings,
        keeper: ThemeKeeper,
        mailbox: Mailbox | None = None,
        features: Iterable[Feature] = FEATURES,
    ) -> None:
        super().__init__()
        self.features = tuple(features)
        self.settings, self.keeper = settings, keeper
        self.mailbox = Mailbox() if mailbox is None else mailbox  # an empty one is false
        self.actions_ = Actions(all_actions(self.features), self, settings.section("shortcuts"))
        self.studio = Studio(Document(Project()), keeper.theme, self)
        self.runner = Runner(self.studio, self.mailbox, settings, self)
        self.studio.runner, self.studio.settings, self.studio.shell = self.runner, settings, self
        self.filing = ProjectFiles(self, self.studio, settings)
        self.views = ExtraWindows(self)
        self.studio.active = self.views.focus
        self.filing.may_stop = lambda document: prompts.may_stop(self, document)
        self._traces: list[str] = []
        self.setAcceptDrops(True)
        self.setObjectName("window")
        self.resize(1440, 900)
        self.setMinimumSize(QSize(960, 600))
        self._build()
        self._join()
        answer_actions(self, self.views)
        self._restore()

    # --- building ------------------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.topbar = TopBar(self.actions_, self)
        filing = self.filing
        self.strip = DocumentTabs(filing.tabs, lambda tab: self.runner.state_of(tab.document), filing.close_tab)
        self.strip.menu_of = lambda menu, tab: fill_tab_menu(self, menu, tab)
        self.setMenuWidget(Head(self.topbar, self.strip, self))
        self.canvas = CanvasPage(self.studio, self.actions_)
        self.canvas.view.popup.kept = self.settings.section("used_layers")
        handlers.remember(self.canvas.view, self.settings.section("canvas"))
        self._overlays = {
            f.id: f.overlay(self.studio, self.canvas.view) for f in self.features if f.overlay is not None
        }
        for feature in self.features:
            if feature.strip is not None:
                self.canvas.add_strip(feature.id, feature.strip(self.studio))
        self.start_page = StartPage(self.studio, self.settings)
        self.banner = Banner()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.start_page)
        self.stack.addWidget(self.canvas)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.stack, 1)
        self.setCentralWidget(centre)
        self.toast = Toast(centre)
        self.spaces = Workspaces(self, self.studio, self.features, self.settings)
        self.status = StatusLine(self.studio)
        self.setStatusBar(self.status)
        self.palette_popup = CommandPalette(self.actions_, self)
        self.actions_.install(self)
        self.actions_.install(self.canvas, "canvas")

    def panel(self, name: str) -> Any:
        """The panel of a dock; None where no feature of that name is there."""
        return self.spaces.docks[name].panel if name in self.spaces.docks else None

    # --- what features ask (``state/shell.py``) ------------------------------------------------------------------------------------

    def show_panel(self, name: str) -> Any:
        """Bring a dock to the front; its panel, or None where there is none of that name, or the start page covers everything."""
        if self.on_start_page or name not in self.spaces.docks:
            return None
        self.spaces.reveal(name)
        return self.panel(name)

    def overlay(self, name: str) -> Any:
        """What a feature draws over the canvas."""
        return self._overlays.get(name)

    def run_action(self, action_id: str) -> None:
        """Do what an action does, if it can be done now."""
        self.actions_.trigger(action_id)

    def notify(self, severity: str, words: str, acts: Sequence[Act]) -> None:
        """Say something across the top of the window, with what can be done about it."""
        self.banner.show_message(words, severity, list(acts))

    def other_projects(self) -> list[tuple[str, Project]]:
        """The other open projects by name, as they are now."""
        tabs = self.filing.tabs
        return [
            (tabs.name(t), t.document.project) for t in tabs if not t.start and t.document is not self.studio.document
        ]

    def visible_area(self) -> tuple[float, float, float, float]:
        """What part of the open sheet is on the screen."""
        view = self.canvas.view
        seen = view.mapToScene(view.viewport().rect()).boundingRect()
        return seen.x(), seen.y(), seen.width(), seen.height()

    def focus_canvas(self) -> None:
        """Give the keyboard back to the canvas."""
        self.canvas.view.setFocus()

    def dialog_parent(self) -> QWidget:
        """The widget that a dialog belongs to."""
        return self

    def _join(self) -> None:
        studio = self.studio
        self.keeper.changed.connect(studio.set_theme)
        studio.theme_changed.connect(lambda _: self.strip.wear())
        self.keeper.resized.connect(lambda size: self.settings.update(text_size=size))
        studio.state_changed.connect(self._show_state)
        studio.message.connect(self._say)
        studio.template_requested.connect(self.filing.open_template)
        self.filing.notice.connect(self.notify)
        self.filing.opened.connect(self._opened)
        self.filing.unkept.connect(self.status.show_unkept)
        self.studio.sheet_changed.connect(lambda _: arrange.unstack(self.canvas.view))
        self.filing.tabs.shown.connect(self._other_tab)
        self.filing.tabs.changed.connect(self._show_state)
        self.filing.tabs.closed.connect(self.runner.close_document)
        self.collector = GcControl(lambda: self.runner.busy or self.runner.elsewhere is not None, self)
        self.filing.opened.connect(self.collector.freeze_soon)
        self.filing.tabs.closed.connect(lambda _: self.collector.collect_later())
        self.runner.occupied.connect(lambda: prompts.tell_occupied(self))
        self.runner.state_changed.connect(self._show_state)
        self.runner.failed.connect(lambda words, node: self.notify("error", words, []))
        self.runner.faulted.connect(self._fault)
        self.start_page.template_chosen.connect(self.filing.open_template)
        self.start_page.file_chosen.connect(lambda name: self.filing.open(Path(name)))
        self.start_page.open_asked.connect(self.filing.ask_open)
        self.start_page.recent.reopen_asked.connect(self.filing.reopen)
        self.start_page.empty_chosen.connect(self.filing.new)
        self.start_page.lesson_chosen.connect(studio.lesson_requested)
        studio.selection_changed.connect(lambda _: self._show_state())
        studio.sheet_changed.connect(lambda _: self._show_state())
        self.views.join()
        self.views.changed.connect(self._show_state)

    def _restore(self) -> None:
        mode = self.settings.typed("theme", "system")
        self.actions_.set_checked(f"view.theme_{mode if mode in MODES else 'system'}".replace("-", "_"), True)
        kept = self.settings.typed("geometry", "")
        if kept:
            self.restoreGeometry(QByteArray.fromBase64(kept.encode("ascii", "ignore")))
        self.show_space(self.settings.typed("workspace", "build"))
        self.show_start()
        self._show_state()

    # --- beginning -----------------------------------------------------------------------------------------------------------------

    def begin(self, wish: str | Path = "") -> None:
        """What happens once the window is up: the given file or template, else an offer to recover what a crash left."""
        if wish:
            known = str(wish) in templates() and not Path(wish).exists()
            self.filing.open_template(str(wish)) if known else self.filing.open(Path(wish))
        elif self.filing.reopening:
            self.filing.reopen()
        left = orphans()
        if left:
            prompts.offer(self, left)
        elif crash_handler.previous_crash():
            self.notify("hint", "VisualNet ended unexpectedly last time. All saved work is whole.", [])

    def _opened(self) -> None:
        self._other_tab()
        self.runner.prepare()
        self.canvas.view.setFocus()
        arrange.unstack(self.canvas.view)
        QTimer.singleShot(0, self.canvas.fit)

    def _other_tab(self) -> None:
        """Another project is in front, or the start page."""
        offered = self.banner.isVisible() and self.banner.text.startswith(prompts.CRASHED)
        self.banner.dismiss()
        self.filing.repeat_notice()
        if offered and (left := orphans()):
            prompts.offer(self, left)
        start = self.filing.tabs.front.start
        if start:
            self.start_page.refresh()
            self.start_page.recent.show_last(self.filing.to_reopen())
        self.stack.setCurrentWidget(self.start_page if start else self.canvas)
        self._docks_visible(not start)
        if not start:
            self.canvas.view.setFocus()
        self._show_state()

    def show_start(self) -> None:
        """The start page, in a tab of its own; the open projects stay as they are."""
        self.filing.show_start()
        self._other_tab()

    def _docks_visible(self, visible: bool) -> None:
        """On the start page there is nothing to inspect: the docks make room."""
        if visible and not self._docks_shown:
            self._docks_shown = True
            self.spaces.show(self.settings.typed("workspace", "build"))
        elif not visible:
            self.spaces.hide()
            self._docks_shown = False
        self.status.setVisible(visible)

    _docks_shown = _ending = False

    @property
    def on_start_page(self) -> bool:
        """Whether the start page covers the canvas."""
        return self.stack.currentWidget() is self.start_page

    # --- doing ---------------------------------------------------------------------------------------------------------------------

    def show_space(self, name: str) -> None:
        """Switch to a workspace."""
        name = name if name in ("build", "train", "inspect") else "build"
        self.actions_.set_checked(f"view.workspace_{name}", True)
        self.settings["workspace"] = name
        if self._docks_shown:
            self.spaces.show(name)

    def set_mode(self, mode: Mode) -> None:
        """Choose the theme, for now and for the next start."""
        self.settings["theme"] = mode
        self.keeper.set_mode(mode)

    def train(self) -> None:
        """Start a run, and show the training workspace if nothing about training is on the screen."""
        small = small_version(self.studio.project)
        if small is not None and (words := self.runner.why_not()):
            self.notify("hint", words, [(OPEN_SMALL, lambda: self.filing.open_template(small.name))])
            return
        if self.runner.start() and not self.spaces.is_shown("training"):
            self.show_space("train")

    # --- telling -------------------------------------------------------------------------------------------------------------------

    def _say(self, severity: str, words: str) -> None:
        self.toast.show_message(words, severity)

    def _fault(self, words: str, trace: str) -> None:
        """Once, however many there are: a paint event that fails would else flood the window."""
        self._traces = [*self._traces, trace][-20:]
        told = "Something went wrong inside VisualNet"
        if self.banner.isVisible() and self.banner.text.startswith(told):
            return
        acts: list[Act] = [("Copy the details", self._copy_traces)]
        self.notify("error", f"{told}: {words}. Your work is still here; save it.", acts)

    def _copy_traces(self) -> None:
        QApplication.clipboard().setText("\n".join(self._traces))
        self._traces = []

    def _show_state(self) -> None:
        if self.studio.turning:
            return
        document, runner, actions = self.studio.document, self.runner, self.actions_
        start = self.on_start_page
        name = visible(document.path.name) if document.path else "unsaved"
        state = name if document.path is None else f"{name} · {'edited' if document.modified else 'saved'}"
        self.topbar.show_project("" if start else self.studio.project.name, "" if start else state)
        self.topbar.spaces.setVisible(not start)
        self.setWindowTitle("VisualNet" if start else f"{self.studio.project.name}[*] — VisualNet")
        self.setWindowModified(document.modified and not start)
        actions.set_text("edit.undo", f"Undo {document.undo_label}" if document.undo_label else "")
        actions.set_text("edit.redo", f"Redo {document.redo_label}" if document.redo_label else "")
        actions.set_enabled(possible(self, self.views.studio))
        self.strip.refresh()
        if not start:
            # What concerns blocks is said by those who know.
            self.canvas.blocks.show_state()
        self.actions_["train.start"].setToolTip(runner.why_not() or f"Train ({self.actions_.keys_text('train.start')})")
        self.topbar.show_run("" if start else runner.state)

    # --- Qt ------------------------------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask, stop, join, remember."""
        if not (self._ending or self.filing.may_quit()):
            event.ignore()
            return
        self.views.close_all()
        self.collector.stop()
        self.runner.close()
        close_tasks(self)
        self.spaces.remember()
        self.settings["geometry"] = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self.filing.close(asked=not self._ending)
        event.accept()

    def end(self, number: int) -> None:
        """The system ends the program by this signal: as closing does, but nobody is asked, and what is not saved can be recovered."""
        self._ending = True
        self.filing.keep()  # first of all, whatever may go wrong on the way
        try:
            self.close()
        finally:
            QApplication.exit(exit_code(number))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        name = dropped_file(event)
        if name:
            event.acceptProposedAction()
            # After the drag has ended: a question about unsaved changes must not hold up the program it came from.
            QTimer.singleShot(0, lambda: self.filing.open(Path(name)))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.filing.tick()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.topbar.setFixedWidth(self.width())

    def minimumSizeHint(self) -> QSize:
        return QSize(960, 600)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.banner.isVisible():
            self.banner.dismiss()
            return
        super().keyPressEvent(event)
