"""What can be put on a sheet is listed whole, and says where more would come from."""

from __future__ import annotations

from visualnet.core import edits
from visualnet.core.project import Block, Project
from visualnet.layers import FAMILIES, LAYERS
from visualnet.layers.palette_groups import groups


def test_every_layer_that_is_shown_stands_under_its_family() -> None:
    found = {
        entry.kind: group.family for group in groups(Project()) for entry in group.entries if ":" not in entry.kind
    }
    assert found == {kind.tag: kind.family for kind in LAYERS.values() if not kind.hidden}


def test_blocks_of_the_project_and_of_the_library_have_groups_of_their_own() -> None:
    project = edits.put_block(Project(), "stem", Block(note="The first layers."))
    found = {group.title: group for group in groups(project)}
    assert ("block:stem", "stem", "The first layers.", "block") in found[FAMILIES["block"]].entries
    assert found["Your library"].entries == [] and "Ctrl+G" in found["Your library"].empty
    assert found["Standard blocks"].entries
    assert FAMILIES["block"] not in {group.title for group in groups(Project())}
