"""What the dashboard shows on the open sheet: asked for while it is chosen, drawn as it comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from visualnet.analysis.cost.quantities import QUANTITIES
from visualnet.app.canvas.overlays.card_tints import CardTint, FigureNotes, TintLayer, amount_colour
from visualnet.app.canvas.view import CanvasView
from visualnet.app.features.dashboard.feature import CARDS_CHOICE, LIVE_PICTURES, SHOWN, WIRES_CHOICE
from visualnet.app.features.dashboard.legend import DashboardLegend, Part
from visualnet.app.features.dashboard.quantities import (
    CARDS,
    WIRES,
    CardQuantity,
    DashboardFigure,
    WireQuantity,
    spread_over_run,
)
from visualnet.app.features.dashboard.sparkline import draw_course
from visualnet.app.features.dashboard.wire_styles import wire_style
from visualnet.app.features.heatmap.overlay import MEASURE, MEASURE_TIP, STOP, HeatMap
from visualnet.app.features.learner_map.overlay import LearnerMap
from visualnet.app.services.live_probes import sheet_path
from visualnet.app.state.studio import Studio
from visualnet.core.graph import Port
from visualnet.core.user.settings import Settings
from visualnet.figures.ticks import LogScale, extend_log_scale, power_text
from visualnet.training.observations.observation import History, ObservationRequest, find_observations

ACTION = "view.dashboard"
WHO = "dashboard"
EVERY_MS = 200
MOST_TICKS = 5
SHARES = ((0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %"))
FIRST = ("dead", "gradients")
"""What is shown on cards and wires when the dashboard is switched on for the first time."""


class Dashboard(QObject):
    """Off unless switched on; that and what is chosen is remembered."""

    def __init__(self, studio: Studio, view: CanvasView, settings: Settings) -> None:
        super().__init__(view)
        self.studio, self.view, self.settings = studio, view, settings
        self.cards = _known(settings[CARDS_CHOICE], CARDS)
        self.wires = _known(settings[WIRES_CHOICE], WIRES)
        self.shown = settings[SHOWN] and bool(self.cards or self.wires)
        self.pictures = settings[LIVE_PICTURES]
        self.card_figures: Mapping[str, DashboardFigure] = {}
        self.wire_figures: Mapping[Port, DashboardFigure] = {}
        self.card_scale: LogScale | None = None
        self.wire_scale: LogScale | None = None
        self._began: dict[ObservationRequest, int] = {}
        self._with_course: set[tuple[str, ...]] = set()
        self.layer, self.notes = TintLayer(view), FigureNotes(view)
        self.legend = DashboardLegend(studio, view, self.fill_cards_menu, self.fill_wires_menu)
        self.heat, self.learners = view.findChild(HeatMap), view.findChild(LearnerMap)
        for item in (self.layer, self.notes):
            view.canvas.addItem(item)
        if self.heat is not None:
            self.heat.chosen_changed.connect(self._yield_cards)
        if self.learners is not None:
            self.learners.shown_changed.connect(self._yield_cards)
        for signal in (studio.analysed, studio.sheet_changed, studio.theme_changed):
            signal.connect(self.follow)
        self._joined = False
        self.follow()

    # --- what is chosen ------------------------------------------------------------------------------------------------

    @property
    def card_quantity(self) -> CardQuantity | None:
        """What is shown of cards; None for nothing."""
        return CARDS.get(self.cards) if self.shown else None

    @property
    def wire_quantity(self) -> WireQuantity | None:
        """What is shown of wires; None for nothing."""
        return WIRES.get(self.wires) if self.shown else None

    def show_dashboard(self, shown: bool) -> None:
        """Show what was chosen last, or the sheet as it is."""
        if shown and not (self.cards or self.wires):
            self.cards, self.wires = FIRST
        self._choose(self.cards, self.wires, shown)

    def choose_cards(self, name: str) -> None:
        """Show another quantity on the cards, or none ("")."""
        was = self.wires if self.shown else ""
        self._choose(name, was, bool(name or was))

    def choose_wires(self, name: str) -> None:
        """Show another quantity on the wires, or none ("")."""
        was = self.cards if self.shown else ""
        self._choose(was, name, bool(name or was))

    def _choose(self, cards: str, wires: str, shown: bool) -> None:
        if cards != self.cards:
            self.card_scale = None
        if wires != self.wires:
            self.wire_scale = None
        self.shown = self.settings[SHOWN] = shown
        if shown:
            self.cards = self.settings[CARDS_CHOICE] = cards
            self.wires = self.settings[WIRES_CHOICE] = wires
            if cards:
                self._show_costs("")
                self._show_learners(False)
        self.follow()

    def show_pictures(self, shown: bool) -> None:
        """Show live pictures on the cards while a network trains and afterwards, or none."""
        self.pictures = self.settings[LIVE_PICTURES] = shown
        self.follow()

    def _show_costs(self, name: str) -> None:
        if self.heat is not None and self.heat.chosen != name:
            self.heat.choose(name)

    def _show_learners(self, shown: bool) -> None:
        if self.learners is not None and self.learners.shown != shown:
            self.learners.show_learners(shown)

    def choose_costs(self, name: str) -> None:
        """Tint the cards by a cost."""
        self._show_learners(False)
        self._show_costs(name)

    def choose_learners(self) -> None:
        """Tint the cards by their learners."""
        self._show_costs("")
        self._show_learners(True)

    def clear_cards(self) -> None:
        """Nothing on the cards but their pictures."""
        self._show_costs("")
        self._show_learners(False)
        self.choose_cards("")

    def _yield_cards(self, shown: bool) -> None:
        """Another map tints the cards: this one gives way."""
        if shown and self.card_quantity is not None:
            self.choose_cards("")

    # --- menus -----------------------------------------------------------------------------------------------------------

    def fill_cards_menu(self, menu: QMenu) -> None:
        """All that can be on the cards, with a mark at what is."""
        heat, learners = self.heat, self.learners
        tinted = bool(self.card_quantity or (heat and heat.chosen) or (learners and learners.shown))
        pictures = menu.addAction("Pictures of what leaves them", partial(self.show_pictures, not self.pictures))
        pictures.setCheckable(True)
        pictures.setChecked(self.pictures)
        pictures.setStatusTip("Small live pictures on the cards, while a network trains and afterwards")
        menu.addSeparator()
        _add(menu, "Nothing else", "Show the cards as they are", not tinted, self.clear_cards)
        for name, quantity in CARDS.items():
            chosen = self.card_quantity is not None and name == self.cards
            _add(menu, quantity.title, quantity.tip, chosen, partial(self.choose_cards, name))
        menu.addSeparator()
        if heat is not None:
            for name, cost in QUANTITIES.items():
                _add(menu, cost.title, cost.tip, name == heat.chosen, partial(self.choose_costs, name))
        if learners is not None:
            _add(menu, "Learners", "Which learner trains what", learners.shown, self.choose_learners)
        if heat is not None:
            menu.addSeparator()
            words = STOP if heat.stopwatch.running else MEASURE
            menu.addAction(words, heat.measure).setStatusTip(MEASURE_TIP)

    def fill_wires_menu(self, menu: QMenu) -> None:
        """All that can be on the wires, with a mark at what is."""
        _add(menu, "Nothing", "Show the wires as they are", self.wire_quantity is None, partial(self.choose_wires, ""))
        for name, quantity in WIRES.items():
            chosen = self.wire_quantity is not None and name == self.wires
            _add(menu, quantity.title, quantity.tip, chosen, partial(self.choose_wires, name))

    # --- what is shown -----------------------------------------------------------------------------------------------------

    def follow(self, *_: object) -> None:
        """Ask for what is to be shown of the sheet that is open now, and show what there is of it."""
        self.studio.shell.set_checked(ACTION, self.shown)
        probes = self.studio.runner.probes
        if not self._joined:
            self._joined = True
            probes.observed.changed.connect(self._ask_to_draw)
        probes.set_pictures(self.pictures and not (self.card_quantity and self.cards == "run"))
        requests = [r for r in map(self.request_of, (self.card_quantity, self.wire_quantity)) if r is not None]
        probes.set_request(WHO, observations=requests)
        self.draw()

    def request_of(self, quantity: CardQuantity | WireQuantity | None) -> ObservationRequest | None:
        """What has to be observed of the open sheet to show this; None where it has nothing of it."""
        if quantity is None or self.why_none(quantity):
            return None
        return ObservationRequest(quantity.observation, (sheet_path(self.studio), ""))

    def why_none(self, quantity: CardQuantity | WireQuantity) -> str:
        """Why there is nothing of this on the open sheet; empty where there is."""
        kind = find_observations()[quantity.observation]
        return "" if (sheet_path(self.studio), "") in kind.subjects(self.studio.analysis) else kind.why_none

    def _ask_to_draw(self) -> None:
        if self.shown:
            self.studio.runner.redraws.ask(WHO, None, self.draw, EVERY_MS)

    def _history(self, quantity: CardQuantity | WireQuantity | None) -> History:
        request = self.request_of(quantity)
        if request is None:
            return ()
        found = self.studio.runner.probes.observed.history(request)
        if found and self._began.setdefault(request, found[0][0]) != found[0][0]:
            self._began[request] = found[0][0]
            self.card_scale = self.wire_scale = None  # another run: another scale
        return found

    def draw(self) -> None:
        """Show what was observed last."""
        cards, wires = self.card_quantity, self.wire_quantity
        history = self._history(cards)
        self.card_figures = cards.read(history) if cards is not None and history else {}
        self._draw_courses(history if cards is not None and self.cards == "run" else ())
        flow = self._history(wires)
        self.wire_figures = wires.read(flow) if wires is not None and flow else {}
        self._draw_cards(cards)
        self._draw_wires()
        self.legend.describe(self._card_part(), self._wire_part(), self.shown)

    def _card_part(self) -> Part:
        """The part of the legend that is about the cards."""
        quantity = self.card_quantity
        if quantity is None:
            return Part()
        if words := self._why_empty(quantity, self.card_figures):
            return Part(quantity.title, (), words)
        if self.cards == "run":
            return Part(
                quantity.title, (), "the mean of what leaves a card as a line, its spread as a band; dashed: zero"
            )
        ticks = SHARES if quantity.is_share else _ticks(self.card_scale)
        return Part(quantity.title, ticks, quantity.unit, quantity.is_share)

    def _wire_part(self) -> Part:
        """The part of the legend that is about the wires."""
        quantity = self.wire_quantity
        if quantity is None:
            return Part()
        if words := self._why_empty(quantity, self.wire_figures):
            return Part(quantity.title, (), words)
        return Part(quantity.title, _ticks(self.wire_scale), quantity.unit)

    def _why_empty(self, quantity: CardQuantity | WireQuantity, figures: Mapping[Any, DashboardFigure]) -> str:
        """Why nothing of this is to be seen, and what to do; empty where something is."""
        if figures:
            return ""
        request = self.request_of(quantity)
        if request is None:
            return self.why_none(quantity)
        probes = self.studio.runner.probes
        found = probes.observed.words(request)
        if not found and probes.observed.last(request) is not None:
            found = quantity.waits
        return found or probes.words or "It is being computed …"

    def _draw_cards(self, quantity: CardQuantity | None) -> None:
        figures = self.card_figures
        tints: dict[str, CardTint] = {}
        if quantity is not None and self.cards == "run":
            tints = {node: CardTint("", figure.words) for node, figure in figures.items()}
        elif quantity is not None:
            if not quantity.is_share:
                self.card_scale = extend_log_scale(self.card_scale, (f.value for f in figures.values()))
            scale = self.card_scale or LogScale()
            for node, figure in figures.items():
                # Faint to burning, as wires are: of dead units none is well, and should not catch the eye.
                burning = wire_style(figure.value, self.studio.theme).colour
                colour = burning if quantity.is_share else amount_colour(scale.share(figure.value))
                strength = min(0.2 + figure.value, 1.0) if quantity.is_share else 1.0
                tints[node] = CardTint(colour, figure.words, strength)
        self.layer.show_tints(tints)

    def _draw_wires(self) -> None:
        figures = self.wire_figures
        self.wire_scale = extend_log_scale(self.wire_scale, (f.value for f in figures.values()))
        scale, theme = self.wire_scale or LogScale(), self.studio.theme
        wires = {
            target: figures[wire.source] for target, wire in self.view.canvas.wires.items() if wire.source in figures
        }
        styles = {target: wire_style(scale.share(figure.value), theme) for target, figure in wires.items()}
        self.view.canvas.set_wire_styles(styles)
        notes = {target: figure.told for target, figure in wires.items()}
        self.notes.show_notes({node: figure.told for node, figure in self.card_figures.items()}, notes)

    def _draw_courses(self, history: History) -> None:
        """The courses on the cards; those that have none any more lose theirs."""
        path, theme = sheet_path(self.studio), self.studio.theme
        found = {
            (*path, node): draw_course(spread_over_run(history, node), theme) for node in self.card_figures if history
        }
        gone = dict.fromkeys(self._with_course - found.keys())
        self._with_course = set(found)
        if found or gone:
            self.studio.thumbnails_changed.emit({**gone, **found})


def _known(name: str, known: Mapping[str, object]) -> str:
    return name if name in known else ""


def _ticks(scale: LogScale | None) -> tuple[tuple[float, str], ...]:
    found = scale or LogScale()
    return tuple((found.share(10.0**exponent), power_text(exponent)) for exponent in found.ticks(MOST_TICKS))


def _add(menu: QMenu, title: str, tip: str, checked: bool, run: Callable[[], object]) -> None:
    action = menu.addAction(title, run)
    action.setCheckable(True)
    action.setChecked(checked)
    action.setStatusTip(tip)
