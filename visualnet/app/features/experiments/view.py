"""All that the page shows: the gallery, how the chosen experiment stands, its curves, what came out, and what shows why."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from visualnet.app.features.experiments.experimenter import Experimenter
from visualnet.app.features.experiments.gallery import OWN, ExperimentGallery
from visualnet.app.features.experiments.observation_pictures import ObservationPictures
from visualnet.app.features.experiments.outcome import ExperimentOutcome
from visualnet.app.features.experiments.own_form import OwnForm
from visualnet.app.features.lazy_page import PageView
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import button, describe, label, restyle, spin_box
from visualnet.app.widgets.choices import offer_values
from visualnet.app.widgets.layouts import STRETCH, column, row, split, widget_of
from visualnet.app.widgets.share_bar import ShareBar
from visualnet.core.document import Document
from visualnet.core.text.format import format_number, format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.templates.lesson_state import ShownExperiment
from visualnet.training.experiments import curves, experiment_folder
from visualnet.training.experiments.declare import MOST_SEEDS, Experiment
from visualnet.training.experiments.model import ExperimentModel
from visualnet.training.experiments.registry import find_experiments
from visualnet.training.experiments.trials import describe_trials, list_trials

TRAINS = "A training goes on: stop it, or wait until it has ended."


class ExperimentsView(PageView):
    """The gallery at the left, the chosen experiment at the right."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.experiment: Experiment | None = None
        self.own: object = None
        self.experimenter = Experimenter(self)
        self.experimenter.changed.connect(self.refresh)
        self._build()
        studio.theme_changed.connect(self.chart.set_theme)
        self.chart.set_theme(studio.theme)
        self.gallery.chosen.connect(self.choose)
        self.gallery.choose(next(iter(find_experiments())))

    def _build(self) -> None:
        self.gallery = ExperimentGallery()
        self.title, self.sentence = label("", "title", wrap=True), label("", "muted", wrap=True)
        self.seeds = describe(
            spin_box(QSpinBox()),
            "Seeds",
            "With so many seeds each variant is trained: chance differs, the rest is the same",
        )
        self.seeds.setRange(1, MOST_SEEDS)
        self.seeds.setSuffix(" seeds")
        self.seeds.valueChanged.connect(self._take_seeds)
        self.go = button("Start", "primary", "play", self.toggle)
        self.anew = button("Start anew", "quiet", "repeat", self.start_anew)
        self.anew.setToolTip("Train all runs again, in a new folder; the old one stays where it is")
        self.bar = ShareBar("Progress of the experiment")
        self.bar.setFixedWidth(fonts.px(180))
        self.state = label("", "muted", wrap=True)
        self.form = OwnForm(self.studio)
        self.form.changed.connect(self._take_form)
        self.chart = ChartView()
        self.chart.empty_words = "The curves of all variants are drawn here while they are trained."
        self.which = describe(
            QComboBox(), "Which curve", "What is drawn: a value of the network on training or validation samples"
        )
        self.which.activated.connect(lambda _: self._draw())
        self.at = describe(QComboBox(), "At which value", "Curves over the epochs are of the runs at this value")
        self.at.activated.connect(lambda _: self._draw())
        for box in (self.which, self.at):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.outcome, self.looks = ExperimentOutcome(), ObservationPictures(self.studio)
        head = column(row((column(self.title, self.sentence, spacing=2), 1), spacing=12), margins=(12, 12, 12, 4))
        steer = row(self.seeds, self.go, self.anew, self.bar, (self.state, 1), margins=(12, 2, 12, 6), spacing=10)
        drawn = QWidget()
        self.legend = label("Line: mean. Band: from the lowest to the highest seed.", "small")
        column(
            row(self.which, self.at, STRETCH, self.legend, spacing=8),
            (self.chart, 1),
            margins=(8, 0, 0, 0),
            spacing=4,
            parent=drawn,
        )
        upper = split((drawn, 3), (self.outcome, 2), sizes=(600, 400))
        whole = split((upper, 1), (self.looks, 1), sizes=(520, 480), upright=True)
        self._form_holder = widget_of(row((self.form, 1), margins=(12, 0, 12, 4)))
        right = column(head, self._form_holder, steer, (whole, 1), spacing=0)
        row(self.gallery, (right, 1), spacing=4, parent=self)

    # --- what is chosen ------------------------------------------------------------------------------------------------------------

    def choose(self, name: str) -> None:
        """Show an experiment; of one that was trained before, what came out."""
        if self.experimenter.training:
            self._keep_chosen(name)
            return
        self.experimenter.stop()
        self.experimenter.wait()
        self._form_holder.setVisible(name == OWN)
        if name == OWN:
            self.experimenter.clear()
            self._show(None)
            self.refresh_projects()
            self._take_form()
            return
        self.own = None
        experiment = find_experiments()[name]
        self._show(experiment)
        found = experiment_folder.find_newest(name)
        if found is not None:
            self.seeds.setValue(len(found.seeds))
            self.experimenter.show(experiment, found)
        else:
            self.experimenter.clear()
        self.refresh()

    def vary(self, document: Document) -> None:
        """Offer an experiment on this document's project."""
        self.gallery.choose(OWN)
        self.refresh_projects()
        self.form.take(document)

    def page_shown(self) -> None:
        self.refresh_projects()

    def refresh_projects(self) -> None:
        """Offer the projects that are open now."""
        shell = self.studio.shell
        if not self._form_holder.isHidden():
            self.form.set_projects([(name, project) for name, project in shell.other_projects() if project.graph.nodes])
            if self.experimenter.model is None:
                self._take_form()

    def page_hidden(self) -> None:
        """Hold no project that may be closed before the page is seen again; what was trained stays."""
        self.form.release_projects()
        if self.experimenter.model is None and not self.experimenter.training and not self._form_holder.isHidden():
            self.own = self.experiment = None
            self.outcome.show_experiment(None)
            self.looks.show_experiment(None)

    def _keep_chosen(self, name: str) -> None:
        """While one is trained, another is not shown."""
        now = self.experiment.name if self.experiment is not None and self.own is None else OWN
        if name != now:
            self.gallery.choose(now)
            self.studio.message.emit("hint", "Stop this experiment, or wait until it is done, to go to another one.")

    def _show(self, experiment: Experiment | None) -> None:
        self.experiment = experiment
        self.title.setText(visible(experiment.title) if experiment is not None else "Your own experiment")
        words = (
            experiment.sentence
            if experiment is not None
            else "Train a project with several values of one setting, and compare them."
        )
        self.sentence.setText(visible(words))
        if experiment is not None and self.own is None:
            self.seeds.setValue(len(experiment.seeds))
        self.outcome.show_experiment(experiment)
        self.looks.show_experiment(experiment)
        self.which.clear()
        self.at.clear()
        axis = experiment.axis if experiment is not None else None
        self.at.addItems([f"{axis.title}: {format_number(value)}" for value in axis.values] if axis is not None else [])
        self.chart.show_chart(None)

    def _take_form(self) -> None:
        """The form says another experiment, or none."""
        if self.experimenter.training or self._form_holder.isHidden():
            return
        try:
            own, experiment = self.form.read(tuple(range(self.seeds.value())))
            self.own = own.varied
        except ValueError as error:
            self.own, experiment = None, None
            self.sentence.setText(visible(str(error)))
        self.experimenter.clear()
        self._show(experiment)
        self.refresh()

    # --- steering ------------------------------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Train, or stop."""
        if self.experimenter.training:
            self.experimenter.stop()
        else:
            model = self.experimenter.model
            self._start(model.folder if model is not None and self._goes_on(model) else None)

    def start_anew(self) -> None:
        """Train all of it again."""
        if not self.experimenter.training:
            self._start(None)

    def _start(self, folder: object) -> None:
        experiment = self.experiment
        runner = self.studio.runner if self.studio.has_runner else None
        if experiment is None:
            return
        if runner is not None and (runner.busy or runner.elsewhere is not None):
            self.studio.message.emit("error", TRAINS)
            return
        self.experimenter.stop()
        self.experimenter.wait()
        place = folder if folder is not None else experiment_folder.new_folder(experiment)
        self.experimenter.start(experiment, self._seeds(), place, self.own)  # type: ignore[arg-type]

    def _take_seeds(self, seeds: int) -> None:
        self.seeds.setSuffix(format_quantity(seeds, "seed").removeprefix(f"{seeds:,}"))
        self.refresh()

    def _seeds(self) -> tuple[int, ...]:
        return tuple(range(self.seeds.value()))

    def _goes_on(self, model: ExperimentModel) -> bool:
        """Whether what is shown can be gone on with: runs of it are missing, with the seeds that are asked for now."""
        wanted = list_trials(model.experiment, self._seeds())
        return (
            bool(model.runs)
            and model.state != "failed"
            and any(
                trial not in model.runs
                or not model.runs[trial].over
                or model.runs[trial].state in ("stopped", "interrupted")
                for trial in wanted
            )
        )

    # --- what is shown -------------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show how it stands."""
        model, training = self.experimenter.model, self.experimenter.training
        self._tell_lessons(model)
        goes_on = model is not None and not training and self._goes_on(model)
        known = model is not None and bool(model.runs)
        text = "Stop" if training else "Go on" if goes_on else "Start anew" if known else "Start"
        self.go.setText("Stopping …" if self.experimenter.stopping and training else text)
        restyle(self.go, kind="" if training else "primary")
        self.go.setToolTip(
            "End after the step in hand; what is done is kept, and can be gone on with"
            if training
            else "Train every variant with every seed"
        )
        self.go.setEnabled(self.experiment is not None and not (training and self.experimenter.stopping))
        self.anew.setVisible(goes_on)
        self.seeds.setEnabled(not training)
        self.form.setEnabled(not training)
        self.bar.setVisible(training)
        self.state.setText(visible(self._describe(model, training)))
        self.which.setVisible(known)
        self.legend.setVisible(known)
        if model is None:
            self.at.hide()
            return
        self.bar.show_share(model.share)
        if model.runs:
            self.outcome.show_model(model)
        self.looks.show_model(model)
        self._list_curves(model)
        self._draw()

    def _tell_lessons(self, model: ExperimentModel | None) -> None:
        """Say what is shown to whoever teaches with it."""
        name = self.experiment.name if self.experiment is not None and self.own is None else ""
        begun, done = (bool(model.runs), model.done) if model is not None else (False, 0)
        self.studio.experiment = ShownExperiment(name, begun, done)

    def _describe(self, model: ExperimentModel | None, training: bool) -> str:
        if self.experiment is None:
            return ""
        if model is None or not (model.runs or training):
            runs = len(list_trials(self.experiment, self._seeds()))
            return f"{format_quantity(runs, 'run')} will be trained: those with the same seed side by side, epoch by epoch."
        count = f"{model.done} of {format_quantity(len(model.trials), 'run')}"
        if training:
            now = describe_trials(model.experiment, model.now)
            return f"{count} done · now {now}" if now else f"{count} done"
        if model.state == "failed":
            return model.words
        return f"{count} done · kept in {model.folder.name}" if model.folder is not None else f"{count} done"

    def _list_curves(self, model: ExperimentModel) -> None:
        wanted = curves.list_curves(model)
        offer_values(self.which, [(visible(title), (name, part)) for name, part, title in wanted])

    def _draw(self) -> None:
        model, chosen = self.experimenter.model, self.which.currentData()
        if model is None or chosen is None or not model.runs:
            self.chart.show_chart(None)
            self.at.hide()
            return
        name, part = chosen
        self.at.setVisible(model.experiment.axis is not None and part != curves.OVER_AXIS)
        self.chart.show_chart(curves.draw(model, name, part, max(self.at.currentIndex(), 0)), self.which.currentText())
