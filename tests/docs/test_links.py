"""Every page is in the navigation; every link, anchor and picture is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from tests import architecture_docs
from tests.docs.pages import DOCS, GUIDE, PAGES, ROOT, SITE, anchors, name_of, prose, text_of
from tests.guide_pictures import PICTURES
from tests.guide_window import FOLDER, SIZE

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
MOST_BYTES = 2_000_000


def links(page: Path) -> list[str]:
    """Where a page leads to."""
    return _LINK.findall(prose(page))


def test_the_navigation_names_every_page_once() -> None:
    trees = re.findall(r"```\{toctree\}\n(.*?)```", text_of(DOCS / "index.md"), re.S)
    named = [line for tree in trees for line in tree.splitlines() if line and not line.startswith(":")]
    assert sorted(named) == sorted(p.relative_to(DOCS).with_suffix("").as_posix() for p in SITE if p.stem != "index")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        if link.startswith(("http:", "https:", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(ROOT) and target.exists(), f"{link} is not there"
        if anchor:
            assert anchor in anchors(target), f"{link}: {target.name} has no such heading"


@pytest.mark.parametrize("page", GUIDE, ids=name_of)
def test_a_page_of_the_guide_says_what_it_is_for_and_shows_it(page: Path) -> None:
    text = text_of(page)
    assert page.stem == "getting-started" or "\nWhat it is for: " in text or "\nWhat they are for: " in text
    pictures = re.findall(r"!\[([^\]]*)\]\((pictures/[^)]+)\)", text)
    assert pictures or page.stem in ("command-line", "python")
    assert all(len(words) > 10 for words, _ in pictures), "a picture says in words what it shows"


def test_every_picture_is_made_and_shown_and_small() -> None:
    files = {path.stem: path for path in FOLDER.glob("*.png")}
    shown = {Path(link).stem for page in GUIDE for link in links(page) if link.startswith("pictures/")}
    assert set(files) == shown
    assert set(PICTURES) <= set(files) and set(files) - set(PICTURES) == {"runs-compared"}
    assert sum(path.stat().st_size for path in files.values()) < MOST_BYTES
    for path in files.values():
        with Image.open(path) as image:
            assert image.width <= SIZE[0] and image.height <= SIZE[1]
            colours = image.getcolors()
            assert image.mode == "P" and colours is not None and len(colours) > 8, f"{path.name} is empty"


def test_the_tools_of_the_site_are_pinned_and_its_output_is_ignored() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").lower()
    for wanted in project["optional-dependencies"]["docs"]:
        assert f"\n{re.split('[><=]', wanted)[0]}==" in pins, wanted
    assert "docs/_build/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert "bash .ci/docs" in text_of(ROOT / "CONTRIBUTING.md")
    assert ".ci/docs" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_map_of_the_code_is_short() -> None:
    """It grows with every folder by itself; what is written by hand stays a map."""
    text = text_of(architecture_docs.PAGE)
    begin, end = text.index(architecture_docs.BEGIN), text.index(architecture_docs.END)
    by_hand = (text[:begin] + text[end:]).splitlines()
    assert len(by_hand) <= 120
    assert max(map(len, by_hand)) <= 160


def test_the_notes_on_the_parts_name_files_that_are_there() -> None:
    """The last part of a path is enough; after a file was renamed this says which page has its old name."""
    there = [
        f"/{path.relative_to(ROOT).as_posix()}"
        for top in ("visualnet", "tests", "packaging")
        for path in (ROOT / top).rglob("*.py")
    ]
    named = {
        name
        for page in SITE
        for name in re.findall(r"`([\w/]+\.py)`", prose(page))
        if page.stem in ("internals", "adding")
    }
    assert len(named) > 50
    assert sorted(name for name in named if not any(path.endswith(f"/{name}") for path in there)) == []
