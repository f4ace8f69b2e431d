"""Copied nodes come back from a mail as they were, or are refused with words that tell why."""

from __future__ import annotations

import json
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.drawing import projects
from tests.sampling import examples
from visualnet.core import edits
from visualnet.core.edits import clipboard
from visualnet.core.project import MAIN, Project
from visualnet.core.storage.plain_text_transport import decode


def wrapped(text: str, width: int, flowed: bool) -> str:
    """Lines broken at spaces, as mail programs do it; ``flowed`` leaves the space at the line's end."""
    lines = []
    for line in text.split("\n"):
        while len(line) > width and " " in line[1:width]:
            at = line.rindex(" ", 1, width)
            lines.append(line[: at + flowed])
            line = line[at + 1 :]
        lines.append(line)
    return "\n".join(lines)


def mailed(text: str, width: int, flowed: bool, quotes: int, ends: str) -> str:
    text = wrapped(text, width, flowed)
    for _ in range(quotes):
        text = "\n".join(f"> {line}" for line in f"Look:\n\n{text}\nBest, {{me}}".split("\n"))
    return text.replace("\n", ends)


@settings(max_examples=examples(25, wide=80), deadline=None)
@given(projects, st.integers(20, 120), st.booleans(), st.integers(0, 2), st.sampled_from(["\n", "\r\n"]))
def test_a_mail_and_back_is_the_identity(project: Project, width: int, flowed: bool, quotes: int, ends: str) -> None:
    text = edits.copy(project, MAIN, project.graph.nodes)
    assert clipboard._read(mailed(text, width, flowed, quotes, ends)) == clipboard._read(text)


@settings(max_examples=examples(25, wide=80), deadline=None)
@given(projects)
def test_a_copy_brings_the_very_nodes(project: Project) -> None:
    text = edits.copy(project, MAIN, project.graph.nodes)
    part, blocks, constants = clipboard._read(text)
    assert part == clipboard.cut_out(project.graph, project.graph.nodes)
    assert blocks.items() <= dict(project.blocks).items()
    assert constants.items() <= dict(project.constants).items()
    assert edits.copy(project, MAIN, part.nodes) == text


def net() -> Project:
    made = edits.add_node(Project(), MAIN, "conv2d", name="first")
    made = edits.set_params(made, MAIN, ["n1"], {"later": "so  much > that  it   wraps " * 4})
    return edits.add_node(made, MAIN, "relu", at=(200, 0))


def test_words_around_it_do_not_matter() -> None:
    text = edits.copy(net(), MAIN, ["n1", "n2"])
    after, ids = edits.paste(Project(), MAIN, f"Hello,\nthis is my net:\n\n{text}\nWhat do you think?\n")
    assert len(ids) == 2
    assert after.graph.nodes["n1"].params == net().graph.nodes["n1"].params


def test_what_was_cut_inside_a_word_is_refused_and_says_so() -> None:
    text = edits.copy(net(), MAIN, ["n1", "n2"])
    broken = "\n".join(textwrap.wrap(text.replace(" ", "\0"), 31)).replace("\0", " ")
    with pytest.raises(ValueError, match=r"damaged|no part"):
        edits.paste(Project(), MAIN, broken)
    cut = text.replace("wraps", "wr\naps", 1)
    with pytest.raises(ValueError, match="a mail program cut or changed words"):
        edits.paste(Project(), MAIN, cut)


def test_clever_quotation_marks_are_named() -> None:
    text = edits.copy(net(), MAIN, ["n2"]).replace('"', "”")
    with pytest.raises(ValueError, match="quotation marks became “””"):
        edits.paste(Project(), MAIN, text)


def test_half_a_copy_says_that_its_end_is_missing() -> None:
    text = edits.copy(net(), MAIN, ["n1", "n2"])
    with pytest.raises(ValueError, match="its end is missing"):
        edits.paste(Project(), MAIN, text[:-40])


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("before", ["", "Look:"])
def test_a_wrapped_text_loses_as_many_quotation_signs_as_its_object_stands_behind(before: str, end: str) -> None:
    """Those that the text holds itself stay."""
    text = f'{before}{end}> > {{"mark": "a{end}> > > b"}}'
    assert json.loads(decode(text, "mark")) == {"mark": "a > b"}
    assert json.loads(decode(f'Look: {{"mark": "a{end}> b"}}', "mark")) == {"mark": "a > b"}
