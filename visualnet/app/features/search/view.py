"""All that the page shows: what is varied and how at the left; how the search stands, its charts and its trials at the right."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from PySide6.QtWidgets import QScrollArea, QTabWidget, QWidget

from visualnet.app.features.lazy_page import PageView
from visualnet.app.features.search.searcher import Searcher
from visualnet.app.features.search.settings_form import SettingsForm
from visualnet.app.features.search.space_form import SpaceForm
from visualnet.app.features.search.trials_table import TrialsTable
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme
from visualnet.app.widgets.basic import button, label, restyle
from visualnet.app.widgets.layouts import STRETCH, column, row, scroll_area, split, widget_of
from visualnet.app.widgets.share_bar import ShareBar
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.project import Project, SearchSpec
from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.training.runs.run_model import read_project, read_run
from visualnet.training.search import charts
from visualnet.training.search import folder as kept
from visualnet.training.search.apply_values import apply
from visualnet.training.search.space import read_space
from visualnet.training.search.study import counts, find_best, is_over

NO_PROJECT = "Open a project, then choose Train > Find and compare > Search for good settings."
COMPLETE = "All trials are over: ask for more of them, or start anew"
DRAWN: tuple[tuple[str, Callable[[charts.TrialOutcome], Any], str], ...] = (
    ("Best so far", charts.draw_best, "What each trial has reached is drawn here, and the best up to it."),
    ("Parallel", charts.draw_parallel, "A line for each trial through its values, to what it reached."),
    ("Slices", charts.draw_slices, "What was reached over each setting."),
    ("Importance", charts.draw_importances, "Which settings matter is told when four trials are done."),
)


class SearchView(PageView):
    """The forms at the left, what came out at the right."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self._document: Callable[[], Document | None] = lambda: None
        self.searcher = Searcher(self)
        self.searcher.changed.connect(self.show_outcome)
        self._build()
        studio.theme_changed.connect(self._set_theme)
        studio.document_closed.connect(self._forget)
        self.refresh()

    def _build(self) -> None:
        whole = split(self._make_forms(), (self._make_outcome(), 1), sizes=(fonts.px(360), 900))
        row((whole, 1), parent=self)

    def _make_forms(self) -> QScrollArea:
        """What is varied, and how."""
        self.title, self.sentence = label("Search", "title"), label(NO_PROJECT, "muted", wrap=True)
        self.space, self.settings = SpaceForm(), SettingsForm()
        self.space.changed.connect(lambda entries: self._change(entries=entries))
        self.settings.changed.connect(self._put)
        self.go = button("Start", "primary", "play", self.toggle)
        self.anew = button("Start anew", "quiet", "repeat", self.start_anew)
        self.anew.setToolTip("Begin a search in a new folder; the old one stays where it is")
        self.fault = label("", "error", wrap=True)
        inner = widget_of(
            column(
                self.title,
                self.sentence,
                label("What is varied", "section"),
                self.space,
                label("How it is searched", "section"),
                self.settings,
                row(self.go, self.anew, STRETCH, spacing=8),
                self.fault,
                STRETCH,
                margins=(12, 12, 12, 12),
                spacing=8,
            )
        )
        left = scroll_area(inner, upright=True)
        left.setMinimumWidth(fonts.px(320))
        return left

    def _make_outcome(self) -> QWidget:
        """How the search stands, its charts, its trials."""
        self.bar = ShareBar("Progress of the search")
        self.bar.setFixedWidth(fonts.px(160))
        self.state = label("", "muted", wrap=True)
        self.best = label("", "", wrap=True, selectable=True)
        self.use = button("Use the best", "primary", "check", self.use_best)
        self.use.setToolTip("Put the values of the best trial into the project; undo takes it back in one step")
        self.open_one = button("Open the trial", "", "open", lambda: self.open_trial(self._chosen()))
        self.open_one.setToolTip("Open the chosen trial's network as a project of its own, with its run")
        self.tabs = QTabWidget(documentMode=True)
        self.charts: list[ChartView] = []
        for title, _, words in DRAWN:
            chart = ChartView()
            chart.empty_words = words
            chart.set_theme(self.studio.theme)
            chart.samples_chosen.connect(lambda numbers, _words: self._point_at(numbers[0]))
            self.tabs.setTabToolTip(self.tabs.addTab(chart, title), words)
            self.charts.append(chart)
        self.tabs.currentChanged.connect(lambda _: self._draw())
        self.table = TrialsTable()
        self.table.opened.connect(self.open_trial)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        lower = split(self.tabs, self.table, sizes=(520, 360), upright=True)
        right = widget_of(
            column(
                row(self.bar, (self.state, 1), spacing=10),
                row((self.best, 1), self.use, self.open_one, spacing=10),
                (lower, 1),
                margins=(12, 14, 12, 12),
                spacing=6,
            )
        )
        return right

    def _set_theme(self, theme: Theme) -> None:
        for chart in self.charts:
            chart.set_theme(theme)

    # --- what is searched ------------------------------------------------------------------------------------------------------------

    @property
    def document(self) -> Document | None:
        """The document whose project is searched; None where it is closed."""
        return self._document()

    @property
    def project(self) -> Project | None:
        """Its project as it is now."""
        return self.document.project if self.document is not None else None

    def take(self, document: Document) -> None:
        """Search for settings of this document's project; not while another one's search goes on."""
        if self.document is document:
            self.refresh()
            return
        if self.searcher.running:
            self.studio.message.emit(
                "hint", "A search goes on: stop it, or wait until it is done, to search another project."
            )
            return
        if (before := self.document) is not None:
            before.changed.disconnect(self._follow)
        self._document = weakref.ref(document)
        document.changed.connect(self._follow)
        self.searcher.show(kept.find_newest(document.project))
        self.refresh()

    def _forget(self, closed: Document) -> None:
        if closed is self.document:
            closed.changed.disconnect(self._follow)
            self._document = lambda: None
            self.refresh()

    def add(self, address: str) -> None:
        """Vary the setting of this address too."""
        try:
            self.space.add(address)
        except ValueError as error:
            self.studio.message.emit("warning", str(error))

    def _follow(self, _before: Project, _after: Project) -> None:
        if self.isVisible():
            self.refresh()

    def _change(self, **fields: Any) -> None:
        if self.project is not None:
            self._put(replace(self.project.search or SearchSpec(), **fields))

    def _put(self, spec: SearchSpec) -> None:
        if self.document is None:
            return
        try:
            self.document.do("Change the search", lambda project: edits.set_search(project, spec))
        except ValueError as error:
            self.studio.message.emit("warning", str(error))
        self.refresh()

    # --- steering --------------------------------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Search, go on, or stop."""
        if self.searcher.running:
            try:
                self.searcher.stop()
            except OSError as error:
                self.studio.message.emit("error", f"The search cannot be stopped: {error.strerror or error}")
        else:
            self._start(anew=False)

    def start_anew(self) -> None:
        """Search in a new folder."""
        self._start(anew=True)

    def _start(self, anew: bool) -> None:
        project = self.project
        if project is None or self._fault():
            return
        folder = None if anew else kept.find_newest(project)
        count = self.settings.workers.value()
        self.searcher.start(project, folder or kept.new_folder(project), count)

    def use_best(self) -> None:
        """Put the values of the best trial into the project, as one step."""
        outcome, document = self._outcome(), self.document
        best = find_best(outcome.trials, outcome.figure.better) if outcome is not None else None
        if best is None or document is None:
            return
        try:
            changed = document.do(f"Use trial {best.number} of the search", lambda project: apply(project, best.values))
        except ValueError as error:
            self.studio.message.emit("error", str(error))
            return
        words = (
            f"The project has the values of trial {best.number} now."
            if changed
            else "The project has these values already."
        )
        self.studio.message.emit("hint", words)

    def open_trial(self, number: int) -> None:
        """Open a trial's network in a tab of its own, with its run in front."""
        if not number or self.searcher.folder is None:
            return
        place = kept.place_of(self.searcher.folder, number)
        project, run = read_project(place), read_run(place)
        if project is None:
            self.studio.message.emit("warning", f"Trial {number} has no run that can be opened.")
            return
        ref = run.ref()
        name = f"{project.name}, trial {number}"
        self.studio.shell.open_copy(replace(edits.set_name(project, name), runs=(ref,)))
        if self.studio.active.has_runner:
            self.studio.active.runner.attach(ref.id)

    # --- what is shown ---------------------------------------------------------------------------------------------------------------

    def page_shown(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Show what is searched, and how that stands."""
        project = self.project
        for part in (self.space, self.settings):
            part.setEnabled(project is not None)
        if project is not None:
            spec = project.search or SearchSpec()
            self.title.setText(visible(f"Search: {project.name}"))
            self.sentence.setText(
                "Trials with other values of chosen settings, each an ordinary run; the best can be applied."
            )
            self.space.show_project(project, spec)
            self.settings.show_search(project, spec)
        else:
            self.title.setText("Search")
            self.sentence.setText(NO_PROJECT)
            self.space.clear()
        self.show_outcome()

    def _fault(self) -> str:
        """Why the search cannot begin."""
        project = self.project
        if project is None:
            return ""
        try:
            read_space(project, project.search or SearchSpec())
        except ValueError as error:
            return str(error)
        return ""

    def _outcome(self) -> charts.TrialOutcome | None:
        return self.searcher.seen.outcome if self.searcher.seen is not None else None

    def _chosen(self) -> int:
        chosen = self.table.chosen()
        return chosen.number if chosen is not None else 0

    def _point_at(self, number: int) -> None:
        self.table.choose(number)
        self.table.setFocus()

    def show_outcome(self) -> None:
        """Show how the search stands."""
        outcome, running = self._outcome(), self.searcher.running
        fault = self._fault()
        self.fault.setText(
            visible(self.searcher.words or (fault if self.project is not None and self.project.search else ""))
        )
        self.fault.setVisible(bool(self.fault.text()) and not running)
        stopping = self.searcher.stopping
        trials = outcome.trials if outcome is not None else ()
        over = sum(counts(trial) and is_over(trial) for trial in trials)
        planned = self.searcher.seen.planned if self.searcher.seen is not None else 0
        complete = bool(trials) and not running and self._is_complete(over)
        self.go.setText("Stopping …" if stopping else "Stop" if running else "Go on" if trials else "Start")
        restyle(self.go, kind="" if running else "primary")
        tip = (
            "End after the steps in hand; what is done is kept, and can be gone on with"
            if running
            else "Train trials, each in a process beside the window"
        )
        self.go.setToolTip(COMPLETE if complete else fault or tip)
        able = running or not (fault or complete)
        self.go.setEnabled(self.project is not None and not stopping and able)
        self.anew.setVisible(bool(trials) and not running)
        self.anew.setEnabled(not fault)
        self.bar.setVisible(running)
        self.bar.show_share(over / max(planned, 1))
        self.state.setText(visible(self._describe(over, planned)))
        best = find_best(trials, outcome.figure.better) if outcome is not None else None
        self.best.setText(visible(charts.describe_best(best, outcome.figure) if best is not None and outcome else ""))
        self.table.show_outcome(outcome)
        self.table.setVisible(bool(trials))
        self._enable()
        self._draw()

    def _is_complete(self, over: int) -> bool:
        """Whether what is shown has all the trials that the project asks for now."""
        seen, project = self.searcher.seen, self.project
        if seen is None or project is None or project.search is None:
            return False
        wanted = seen.planned if project.search.method == "grid" else project.search.trials
        return over >= wanted and not any(trial.state in ("running", "paused") for trial in seen.outcome.trials)

    def _enable(self) -> None:
        outcome = self._outcome()
        best = find_best(outcome.trials, outcome.figure.better) if outcome is not None else None
        self.use.setEnabled(best is not None and self.project is not None)
        self.open_one.setEnabled(bool(self._chosen()))

    def _describe(self, over: int, planned: int) -> str:
        seen = self.searcher.seen
        if self.searcher.starting:
            return "The processes begin …"
        if seen is None or not seen.outcome.trials:
            return "Nothing is searched yet." if not self.searcher.running else "The first trial begins …"
        count = f"{over} of {format_quantity(planned, 'trial')} over"
        if self.searcher.stopping:
            return f"{count} · stops after the steps in hand"
        if seen.processes:
            return f"{count} · {format_quantity(seen.processes, 'process', 'processes')} at work"
        left = sum(trial.state == "paused" for trial in seen.outcome.trials)
        stopped = f" · {format_quantity(left, 'trial')} stopped on the way" if left else ""
        return f"{count}{stopped} · kept in {seen.folder.name}"

    def _draw(self) -> None:
        at, outcome = self.tabs.currentIndex(), self._outcome()
        if at < 0:
            return
        chart = DRAWN[at][1](outcome) if outcome is not None else None
        if chart != self.charts[at].chart:
            self.charts[at].show_chart(chart, DRAWN[at][0])
