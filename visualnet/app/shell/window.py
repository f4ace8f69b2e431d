"""The window: one canvas, the docks around it, and the actions that join them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from visualnet.app.actions.registry import Actions
from visualnet.app.canvas.actions import CANVAS_ACTIONS
from visualnet.app.canvas.commands import arrange
from visualnet.app.features.feature import Feature, openers
from visualnet.app.features.registry import FEATURES
from visualnet.app.services.background_task import close_tasks
from visualnet.app.services.gc_control import GcControl
from visualnet.app.services.runner import Runner
from visualnet.app.shell import prompts
from visualnet.app.shell.actions import PAGE_ACTIONS, TAB_ACTIONS, WINDOW_ACTIONS, TabTarget, all_actions
from visualnet.app.shell.arrangement.canvas_alone import CanvasAlone
from visualnet.app.shell.bars.project_tabs import DocumentTabs, WindowHeader
from visualnet.app.shell.bars.status_bar import StatusLine
from visualnet.app.shell.bars.top_bar import TopBar
from visualnet.app.shell.canvas_page import CanvasPage
from visualnet.app.shell.extra_windows import ActiveStudio, ExtraWindows
from visualnet.app.shell.open_projects import Tab
from visualnet.app.shell.project_files import ProjectFiles, templates
from visualnet.app.shell.searchable import make_palette
from visualnet.app.shell.window_base import WindowBase
from visualnet.app.shell.workspaces import SIZES, Workspaces
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.frame_settings import GEOMETRY, SHORTCUTS, TEXT_SIZE, THEME, WORKSPACE
from visualnet.app.state.studio import Studio
from visualnet.app.theme.apply import MODES, Mode, ThemeKeeper
from visualnet.app.widgets.dialogs.messages import Banner, MessageAction, Toast
from visualnet.app.widgets.layouts import column, stack
from visualnet.core.document import Document
from visualnet.core.process import crash_handler
from visualnet.core.process.autosave import orphans
from visualnet.core.process.exit_signals import exit_code
from visualnet.core.process.mailbox import Mailbox
from visualnet.core.project import Project
from visualnet.core.text.hidden_characters import visible
from visualnet.core.user.settings import Settings
from visualnet.templates.small_versions import small_version


class Window(WindowBase):
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
        self.actions_ = Actions(all_actions(self.features), self, settings.section(SHORTCUTS))
        self.studio = Studio(Document(Project()), keeper.theme, self)
        self.runner = Runner(self.studio, self.mailbox, settings, self)
        active = ActiveStudio(self.studio)
        self.studio.attach(self, self.runner, settings, cast(Studio, active))
        titles = {f.id: f.page.title for f in self.features if f.page is not None}
        home = next((f.id for f in self.features if f.page is not None and f.page.home), "")
        guard = prompts.TrainingGuard(self, self.runner)
        self.project_files = ProjectFiles(self, self.studio, settings, titles, home, guard)
        self.project_files.openers = openers(self.features, self.studio)
        self.canvas = CanvasPage(self.studio, self.actions_)
        self.views = ExtraWindows(self.canvas, self.project_files.tabs, self.actions_, active, self)
        self.setAcceptDrops(True)
        self.setObjectName("window")
        self.resize(1440, 900)
        self.setMinimumSize(QSize(960, 600))
        self._build()
        self._bind_actions()
        self._connect()
        self._restore()

    def _build(self) -> None:
        studio, tabs = self.studio, self.project_files.tabs
        self.topbar = TopBar(self.actions_, self)
        self.strip = DocumentTabs(
            tabs, lambda tab: self.runner.state_of(tab.document), self.project_files.close_tab, self._fill_tab_menu
        )
        self.setMenuWidget(WindowHeader(self.topbar, self.strip, self))
        self._overlays = {f.id: f.overlay(studio, self.canvas.view) for f in self.features if f.overlay is not None}
        for feature in self.features:
            if feature.strip is not None:
                self.canvas.strips[feature.id] = feature.strip(studio)
        self.pages = {f.id: f.page.make(studio) for f in self.features if f.page is not None}
        self.stack = stack(*self.pages.values(), self.canvas)
        self.banner = Banner()
        centre = QWidget()
        column(self.banner, (self.stack, 1), *self.canvas.strips.values(), spacing=0, parent=centre)
        self.setCentralWidget(centre)
        self.toast = Toast(centre)
        self.spaces = Workspaces(self, studio, self.features, self.settings)
        self.status = StatusLine(studio)
        self.setStatusBar(self.status)
        self.palette_popup = make_palette(self)
        self.actions_.install(self)
        self.actions_.install(self.canvas, "canvas")

    def _bind_actions(self) -> None:
        """Join what is declared with what it is done to."""
        actions, minimap = self.actions_, self.canvas.view.minimap
        actions.bind(WINDOW_ACTIONS, lambda: self)
        actions.bind(TAB_ACTIONS, lambda: TabTarget(self, self.project_files.tabs.front))
        actions.bind(PAGE_ACTIONS, lambda: self.views.place)
        actions.bind(CANVAS_ACTIONS, lambda: self.views.view)
        for feature in self.features:
            actions.bind(feature.actions, lambda: self.studio)
            if (toggle := feature.toggle) is not None:
                dock = self.spaces.docks[feature.id]
                actions.bind([toggle], lambda: self.studio)
                dock.visibilityChanged.connect(lambda _, t=toggle.id, d=dock: actions.set_checked(t, not d.isHidden()))
        actions.set_checked("file.reopen", self.project_files.reopening)
        actions.set_checked("view.path", self.canvas.view.path_shown)
        actions.set_checked("view.minimap", not minimap.collapsed)
        minimap.collapsed_changed.connect(lambda collapsed: actions.set_checked("view.minimap", not collapsed))
        assert not actions.check(), actions.check()

    def _fill_tab_menu(self, menu: QMenu, tab: Tab) -> None:
        self.actions_.fill_for(menu, "tab", TabTarget(self, tab))

    def panel(self, name: str) -> Any:
        """The panel of a dock; None where no feature of that name is there."""
        return self.spaces.docks[name].panel if name in self.spaces.docks else None

    def show_panel(self, name: str) -> Any:
        """Bring a dock to the front; its panel, or None where there is none of that name, or a page covers everything."""
        if self.covered or name not in self.spaces.docks:
            return None
        self.spaces.reveal(name)
        return self.panel(name)

    def set_panel_shown(self, name: str, state: bool) -> None:
        """Show a dock in front, or hide it."""
        self.set_canvas_alone(False)
        self.spaces.set_shown(name, state)

    def is_panel_seen(self, name: str) -> bool:
        """Whether a dock is on the screen, and not behind another one."""
        return self.spaces.is_seen(name)

    def overlay(self, name: str) -> Any:
        """What a feature draws over the canvas."""
        return self._overlays.get(name)

    def run_action(self, action_id: str) -> None:
        """Do what an action does, if it is there and can be done now."""
        if action_id in self.actions_.specs:
            self.actions_.trigger(action_id)

    def keys_text(self, action_id: str) -> str:
        """The first keys of an action as this system writes them, or nothing."""
        return self.actions_.keys_text(action_id)

    def show_page(self, name: str) -> None:
        """Cover the canvas with a feature's page, in a tab of its own; the open projects stay as they are."""
        self.project_files.tabs.show_page(name)
        self._show_tab()

    def page(self, name: str) -> Any:
        """A feature's page; None where there is none of that name."""
        return self.pages.get(name)

    def open_copy(self, project: Project) -> None:
        """Open a project that has no file, in a tab of its own."""
        self.project_files.adopt(Document(project))

    def open_file(self, path: Path) -> None:
        """Open a project, or go to the tab that has it."""
        self.project_files.open(path)

    def files_to_reopen(self) -> list[Path]:
        """The files that were open when the program was left last, are still there, and are not open now."""
        return self.project_files.to_reopen()

    def notify(self, severity: str, words: str, actions: Sequence[MessageAction]) -> None:
        """Say something across the top of the window, with what can be done about it."""
        self.banner.show_message(words, severity, list(actions))

    def other_projects(self) -> list[tuple[str, Project]]:
        """The other open projects by name, as they are now."""
        return self.project_files.tabs.other_projects()

    def last_project(self) -> Project | None:
        """The project in front; under a page, that which was in front before it."""
        return self.project_files.tabs.last_project

    def visible_area(self) -> tuple[float, float, float, float]:
        """What part of the open sheet is on the screen."""
        view = self.canvas.view
        seen = view.mapToScene(view.viewport().rect()).boundingRect()
        return seen.x(), seen.y(), seen.width(), seen.height()

    @property
    def canvas_alone(self) -> bool:
        """Whether the canvas is alone on the screen."""
        return self.alone.on

    def set_canvas_alone(self, state: bool) -> None:
        """Put bars and panels away and make the text larger, or bring all back as it was."""
        self.alone.set(state)

    def focus_canvas(self) -> None:
        """Give the keyboard back to the canvas that was worked in last."""
        if not self.covered:
            self.views.view.setFocus()

    def dialog_parent(self) -> QWidget:
        """The widget that a dialog belongs to."""
        return self

    def _connect(self) -> None:
        studio, project_files, tabs, runner = self.studio, self.project_files, self.project_files.tabs, self.runner
        self.collector = GcControl(lambda: runner.busy or runner.elsewhere is not None, self)
        self.actions_.triggered.connect(lambda action_id: studio.did("action", action_id))
        self.keeper.changed.connect(studio.set_theme)
        self.keeper.resized.connect(self._remember_text_size)  # a method: the keeper may live longer than the window
        studio.theme_changed.connect(lambda _: self.strip.redraw())
        studio.message.connect(lambda severity, words: self.toast.show_message(words, severity))
        studio.template_requested.connect(project_files.open_template)
        studio.sheet_changed.connect(lambda _: arrange.arrange_entered(self.canvas.view))
        project_files.notice.connect(self.notify)
        project_files.opened.connect(self._show_opened)
        project_files.template_opened.connect(self._arrange_template)
        project_files.opened.connect(self.collector.freeze_soon)
        project_files.unkept.connect(self.status.show_unkept)
        tabs.shown.connect(self._show_tab)
        tabs.closed.connect(runner.close_document)
        tabs.closed.connect(lambda _: self.collector.collect_later())
        self.views.closed.connect(self.collector.collect_later)
        self._state_due = DeferredRefresh(self, self._show_state, hidden=True)
        self._faults = prompts.connect_runner(self, self.banner)
        for changed in (studio.state_changed, tabs.changed, runner.state_changed, self.views.changed):
            changed.connect(self._state_due.ask)
        for moved in (studio.selection_changed, studio.sheet_changed):
            moved.connect(self._state_due.ask)
        self.alone = CanvasAlone(self, self._set_docks_visible)

    def _restore(self) -> None:
        mode = self.settings[THEME]
        self.actions_.set_checked(f"view.theme_{mode if mode in MODES else 'system'}".replace("-", "_"), True)
        if kept := self.settings[GEOMETRY]:
            self.restoreGeometry(QByteArray.fromBase64(kept.encode("ascii", "ignore")))
        self.show_space(self.settings[WORKSPACE])
        self._show_tab()

    def begin(self, wish: str | Path = "") -> None:
        """What happens once the window is up: the given file or template, else an offer to recover what a crash left."""
        if wish:
            known = str(wish) in templates() and not Path(wish).exists()
            self.project_files.open_template(str(wish)) if known else self.project_files.open(Path(wish))
        elif self.project_files.reopening:
            self.project_files.reopen()
        left = orphans()
        if left:
            prompts.offer_recovered(self, left)
        elif crash_handler.previous_crash():
            self.notify("hint", "VisualNet ended unexpectedly last time. All saved work is whole.", [])

    def _show_opened(self) -> None:
        self._show_tab()
        self.runner.prepare()
        arrange.unstack(self.canvas.view)
        QTimer.singleShot(0, self.canvas.view.fit)

    def _arrange_template(self) -> None:
        # After the docks, which come with the first project, have left the canvas its size.
        QTimer.singleShot(0, lambda: arrange.arrange_opened(self.canvas.view))

    def _show_tab(self) -> None:
        """Show the project in front, or the page that stands for one."""
        prompts.repeat(self)
        page = self.pages.get(self.project_files.tabs.front.page)
        if page is not None:
            self._set_docks_visible(False)  # first, for the page lays out in the room that it will have
        self.stack.setCurrentWidget(page or self.canvas)
        if page is None:
            self._set_docks_visible(not self.alone.on)
            self.canvas.view.setFocus()
            if not self.banner.isVisible():
                prompts.offer_small_version(self)
        self._state_due.ask()

    def _set_docks_visible(self, visible: bool) -> None:
        """On a page there is nothing to inspect: the docks make room."""
        self.status.setVisible(visible)
        if not visible:
            self.spaces.hide()
        elif not self._docks_shown:
            self.spaces.show(self.settings[WORKSPACE])
        self._docks_shown = visible

    _docks_shown = _ending = False

    @property
    def covered(self) -> bool:
        """Whether a page covers the canvas."""
        return self.stack.currentWidget() is not self.canvas

    def show_space(self, name: str) -> None:
        """Switch to a workspace."""
        self.set_canvas_alone(False)
        name = name if name in SIZES else "build"
        self.actions_.set_checked(f"view.workspace_{name}", True)
        self.settings[WORKSPACE] = name
        if self._docks_shown:
            self.spaces.show(name)

    def set_mode(self, mode: Mode) -> None:
        """Choose the theme, for now and for the next start."""
        self.settings[THEME] = mode
        self.keeper.set_mode(mode)

    def _remember_text_size(self, per_cent: int) -> None:
        if not self.alone.on:
            self.settings[TEXT_SIZE] = per_cent
            self.spaces.keep_sizes()

    def train(self) -> None:
        """Start a run, and bring it into view: from any workspace, and whatever tab stands in front of it."""
        if prompts.offer_small_version(self):
            return
        if self.runner.start() and not self.alone.on and not self.spaces.is_run_open():
            self.show_space("train")
        if self.runner.busy:
            self.spaces.reveal_run()

    # --- telling -------------------------------------------------------------------------------------------------------------------

    def _show_state(self) -> None:
        document, actions, start = self.studio.document, self.actions_, self.covered
        name = visible(document.path.name) if document.path else "unsaved"
        state = name if document.path is None else f"{name} · {'edited' if document.modified else 'saved'}"
        self.topbar.show_project("" if start else self.studio.project.name, "" if start else state)
        self.topbar.spaces.setVisible(not start)
        self.setWindowTitle("VisualNet" if start else f"{self.studio.project.name}[*] — VisualNet")
        self.setWindowModified(document.modified and not start)
        actions.set_text("edit.undo", f"Undo {document.undo_label}" if document.undo_label else "")
        actions.set_text("edit.redo", f"Redo {document.redo_label}" if document.redo_label else "")
        actions.refresh(covered=start)
        self.strip.refresh()
        actions["train.start"].setToolTip(self.runner.why_not() or f"Train ({actions.keys_text('train.start')})")
        ready = not (self.runner.why_not() and small_version(self.studio.project))
        self.topbar.show_run("" if start else self.runner.state, ready)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask, stop, join, remember."""
        if not (self._ending or self.project_files.may_quit()):
            event.ignore()
            return
        self.set_canvas_alone(False)
        self.views.close_all()
        self.collector.stop()
        self.runner.close()
        close_tasks(self)
        self.spaces.remember()
        self.settings[GEOMETRY] = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self.project_files.close(asked=not self._ending)
        event.accept()

    def end(self, number: int) -> None:
        """The system ends the program by this signal: as closing does, but nobody is asked, and what is not saved can be recovered."""
        self._ending = True
        self.project_files.keep()  # first of all, whatever may go wrong on the way
        try:
            self.close()
        finally:
            QApplication.exit(exit_code(number))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.project_files.tick()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.topbar.setFixedWidth(self.width())

    def minimumSizeHint(self) -> QSize:
        return QSize(960, 600)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        else:  # no bar or panel had a use for it
            self.banner.dismiss() if self.banner.isVisible() else self.focus_canvas()
