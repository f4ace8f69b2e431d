"""Change what a node is or holds: another kind in its place, another node's parameters, muted or off."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from visualnet.analysis.connect.insert_node import kind_label
from visualnet.analysis.connect.replace_kind import paste_params as paste
from visualnet.analysis.connect.replace_kind import replace_kind
from visualnet.analysis.inference.muting import can_mute
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.commands import clipboard
from visualnet.app.canvas.commands.select import selected_cards
from visualnet.core import edits
from visualnet.core.text.format import format_quantity
from visualnet.layers.shorthand import TypedParameters


def choose_kind(view: CanvasBase) -> None:
    """Ask what the selected nodes shall be, and change them."""
    studio, ids = view.studio, selected_cards(view)
    if not ids:
        return
    card, sheet, scope = view.canvas.cards[ids[-1]], studio.sheet, studio.scope

    def chosen(kind: str, given: TypedParameters) -> None:
        studio.do(f"Change to {kind_label(kind)}", lambda p: replace_kind(p, sheet, ids, kind, given, scope))

    view.show_card(card.id)
    view.search_asked.emit(view.mapFromScene(card.rect.bottomLeft()), chosen, "Change to… (conv 3x3 64)")


def copy_params(view: CanvasBase) -> None:
    """Keep the selected node, so that its parameters can be given to others."""
    if len(view.studio.selection) == 1:
        clipboard.copy(view.studio)
    else:
        view.studio.message.emit("hint", "select one card: its parameters are copied")


def paste_params(view: CanvasBase) -> None:
    """Give the selected nodes the parameters of the copied one, as far as they have them too."""
    studio = view.studio
    ids, sheet, scope = studio.selection, studio.sheet, studio.scope
    if not ids:
        studio.message.emit("hint", "select the cards that shall get the parameters")
        return
    label = f"Paste parameters to {format_quantity(len(ids), 'node')}"
    studio.do(label, lambda p: paste(p, sheet, ids, QGuiApplication.clipboard().text(), scope))


def freeze(view: CanvasBase) -> None:
    """Freeze the weights of the selected nodes; if all of them are frozen, they are trained again."""
    studio, sheet = view.studio, view.studio.sheet
    known = studio.facts.nodes if studio.facts is not None else {}
    found = [known[i] for i in selected_cards(view) if i in known]
    nodes = [facts.node for facts in found if facts.weights or facts.shared or facts.parameters]
    if not nodes:
        studio.message.emit("hint", "select a card with weights: they are frozen, or trained again")
        return
    ids, trained = [node.id for node in nodes], not any(node.trainable for node in nodes)
    words = f"{'Unfreeze' if trained else 'Freeze'} {format_quantity(len(ids), 'node')}"
    studio.do(words, lambda p: edits.set_node(p, sheet, ids, trainable=trained))


def set_mode(view: CanvasBase, mode: str) -> None:
    """Mute the selected nodes or put them off; if all of them are, they work again."""
    studio, sheet = view.studio, view.studio.sheet
    nodes = [studio.graph.nodes[i] for i in selected_cards(view)]
    modes = {node.id: node.mode for node in nodes if can_mute(node)}
    if nodes and not modes:
        studio.message.emit("hint", "inputs, targets and outputs are always on")
    if not modes:
        return
    ids, wanted = list(modes), "" if set(modes.values()) == {mode} else mode
    verb = {"mute": "Mute", "off": "Disable", "": "Enable"}[wanted]
    studio.do(f"{verb} {format_quantity(len(ids), 'node')}", lambda p: edits.set_node(p, sheet, ids, mode=wanted))
