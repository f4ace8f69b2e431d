"""Every page is in the navigation; every link, anchor and picture is there."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from tests.docs.pages import DOCS, GUIDE, PAGES, ROOT, SITE, anchors, name_of, prose, text_of
from tests.generators import architecture_docs
from tests.pictures.guide import PICTURES
from tests.pictures.guide_window import FOLDER, SIZE

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
    assert set(PICTURES) == set(files)
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


SOURCES = ("visualnet", "tests", "packaging")


@cache
def source_files() -> list[str]:
    """Every file of the sources, from the root on."""
    return [f"/{p.relative_to(ROOT).as_posix()}" for top in SOURCES for p in (ROOT / top).rglob("*.py")]


def missing_files(text: str) -> list[str]:
    """The files that a text names and that are not there; the last part of a path is enough."""
    named = set(re.findall(r"`([\w/]+\.py)`", text))
    return sorted(name for name in named if not any(path.endswith(f"/{name}") for path in source_files()))


def test_a_page_names_files_that_are_there() -> None:
    """After a file was renamed this says which page has its old name."""
    assert missing_files("see `no_such_file.py`") == ["no_such_file.py"]
    assert [name for page in SITE if page.stem == "adding" for name in missing_files(prose(page))] == []


def package_docstrings() -> dict[str, str]:
    """The docstring of each folder."""
    return {
        file.parent.relative_to(ROOT).as_posix(): ast.get_docstring(ast.parse(text_of(file))) or ""
        for file in sorted((ROOT / "visualnet").rglob("__init__.py"))
    }


def test_a_folder_names_files_that_are_there() -> None:
    missing = {folder: missing_files(text) for folder, text in package_docstrings().items()}
    assert {folder: names for folder, names in missing.items() if names} == {}


def imported_packages(folder: Path) -> set[str]:
    """The folders at the top of the program that the files of one of them import."""
    tops = {p.parent.name for p in (ROOT / "visualnet").glob("*/__init__.py")} - {folder.name}
    lines = (line for file in folder.rglob("*.py") for line in text_of(file).splitlines())
    found = (re.match(r"\s*(?:from|import) visualnet(?:\.| import )(\w+)", line) for line in lines)
    return {match[1] for match in found if match} & tops


def test_a_folder_at_the_top_says_what_it_may_import() -> None:
    """That nothing forbidden is imported, the import contracts hold; here that the docstring says all that is."""
    for name, text in package_docstrings().items():
        if name.count("/") != 1:
            continue
        said = re.search(r"^It may import (.*?)[.;]", text, re.S | re.M)
        assert said, f"{name}: its docstring does not say what it may import"
        named = set(re.findall(r"`(\w+)`", said[1]))
        imported = imported_packages(ROOT / name)
        if said[1].startswith("everything"):
            assert not imported & named, (name, imported & named)
        else:
            assert imported <= named, (name, imported - named)
