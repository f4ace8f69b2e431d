"""What can be done with feeds from a menu, a key or the canvas."""

from __future__ import annotations

from visualnet.analysis.facts import NodeFacts, NodePath, plain_path
from visualnet.app.services.live_probes import sheet_path
from visualnet.app.state.studio import Studio
from visualnet.training.observations.feeds.feed import Feed, find_heads, find_units, first_kind, kinds_for

MOST_SLIDERS = 48
"""So many units have a slider each; of more, some are chosen."""
FIRST_UNITS = 8


def selected_node(studio: Studio) -> tuple[NodePath, NodeFacts] | None:
    """The one node that is selected, with its path from the main sheet down."""
    active = studio.active
    if len(active.selection) != 1 or active.facts is None or active.selection[0] not in active.facts.nodes:
        return None
    node_id = active.selection[0]
    return (*sheet_path(active), node_id), active.facts.nodes[node_id]


def feedable_ports(facts: NodeFacts) -> tuple[str, ...]:
    """The output ports of a node that can be fed."""
    role = facts.layer.role if facts.layer is not None else ""
    if role in ("loss", "metric", "target"):
        return ()
    return tuple(port for port in facts.leaving if kinds_for(facts, port))


def can_feed_selected(studio: Studio) -> bool:
    """Whether something can be fed at the selected node."""
    found = selected_node(studio)
    return found is not None and bool(feedable_ports(found[1]))


def first_feed(path: NodePath, facts: NodeFacts) -> Feed:
    """What a node is fed at first: heads of an attention, sliders for a short vector, a factor for each channel, else zeros."""
    port = feedable_ports(facts)[0]
    if find_heads(facts):
        return Feed((path, port), "scale", heads=True)
    kind, units = first_kind(facts.leaving[port]), find_units(facts.leaving[port])
    if kind in ("scale", "values") and units is not None and units.size > MOST_SLIDERS:
        return Feed((path, port), kind, tuple(range(FIRST_UNITS)))
    return Feed((path, port), kind)


def feed_selected(studio: Studio) -> None:
    """Feed the selected node, and show the panel in which that is changed."""
    found = selected_node(studio)
    if found is None or not feedable_ports(found[1]):
        return
    feeds = studio.runner.probes.feeds
    if not any(feed.port[0] == found[0] for feed in feeds.every):
        feeds.add(first_feed(*found))
    if (panel := studio.shell.show_panel("feeds")) is not None:
        panel.show_feed(found[0])


def show_knock_out(studio: Studio, path: NodePath) -> None:
    """Have the panel *See inside* show what each unit of a node is worth; it follows the selection."""
    active = studio.active
    if plain_path(path)[:-1] == plain_path(sheet_path(active)):
        active.select([path[-1]])
    panel = studio.shell.show_panel("see_inside")
    if panel is not None and not any(view.kind.name == "knock_out" for view in panel.views):
        panel.add("knock_out")


def has_feeds(studio: Studio) -> bool:
    """Whether anything is fed by hand."""
    return studio.has_runner and bool(studio.runner.probes.feeds.every)


def remove_all(studio: Studio) -> None:
    """Feed nothing any more."""
    studio.runner.probes.feeds.clear()
