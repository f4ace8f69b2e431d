"""A block's card shows its inside from the middle distance: drawn once, and anew when the definition changes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from visualnet.analysis import families, infer
from visualnet.app.canvas.scene import block_thumbnail
from visualnet.app.canvas.scene.node_item import NodeItem
from visualnet.app.theme.tokens import DARK, LIGHT, Theme
from visualnet.core import edits
from visualnet.core.caches import clear_caches
from visualnet.core.project import Project
from visualnet.core.user import block_library

SCALE = 0.4


def painted(item: NodeItem, project: Project, theme: Theme, scale: float = SCALE) -> QImage | None:
    picture = QImage(100, 60, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    p = QPainter(picture)
    p.scale(scale, scale)
    done = block_thumbnail.paint_miniature(p, item, project, theme, scale)
    p.end()
    return picture if done else None


def card(project: Project) -> NodeItem:
    (node,) = [n for n in project.graph if n.block]
    item = NodeItem(node, (0.0, 0.0))
    analysis = infer(project)
    item.show(analysis.main.nodes[node.id], (), project, project.graph)
    return item


def test_it_is_drawn_once_for_each_definition_and_theme(qapp: QApplication) -> None:
    project = block_library.find("squeeze_excitation").project
    item = card(project)
    first = painted(item, project, DARK)
    assert first is not None
    kept = len(block_thumbnail._kept)
    assert painted(item, project, DARK) == first
    moved = edits.move(project, "", {item.id: (900.0, 0.0)})
    assert painted(item, moved, DARK) == first, "what happens outside the block does not concern it"
    assert len(block_thumbnail._kept) == kept
    assert painted(item, project, LIGHT) != first
    assert len(block_thumbnail._kept) == kept + 1


def test_what_closed_projects_left_is_forgotten_with_the_caches(qapp: QApplication) -> None:
    project = block_library.find("squeeze_excitation").project
    item = card(project)
    first = painted(item, project, DARK)
    assert block_thumbnail._kept and families._cached
    clear_caches()
    assert not block_thumbnail._kept and not families._cached, "they hold the graphs that they were drawn from"
    assert painted(item, project, DARK) == first


def test_a_changed_definition_is_drawn_anew(qapp: QApplication) -> None:
    project = block_library.find("squeeze_excitation").project
    item = card(project)
    first, version = painted(item, project, DARK), item.version
    changed = edits.add_node(project, "squeeze_excitation", "linear", at=(0.0, 400.0))
    facts = infer(changed).main.nodes[item.id]
    assert item.show(facts, (), changed, changed.graph), "the card's sprite is stale"
    assert item.version > version
    assert painted(item, changed, DARK) != first


def test_where_there_is_no_room_the_name_stands_alone(qapp: QApplication) -> None:
    project = block_library.find("squeeze_excitation").project
    assert painted(card(project), project, DARK, 0.2) is None
    plain = NodeItem(next(n for n in project.graph if not n.block), (0.0, 0.0))
    assert painted(plain, project, DARK) is None
