"""The language of filters: round trips, and words for whatever cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.training.run_index.filter_line import COMPARES, FilterError, Term, as_number, parse_filter, spell_filter

words = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False, width=32).map(lambda x: f"{x:g}")


@st.composite
def terms(draw: st.DrawFn) -> Term:
    negated = draw(st.booleans())
    if draw(st.booleans()):
        return Term("", ":", (draw(words),), negated)
    compare = draw(st.sampled_from(COMPARES))
    values = draw(st.lists(numbers if compare in "<=>=" and compare != "=" else words, min_size=1, max_size=3))
    return Term(draw(words.filter(bool)), compare, tuple(values), negated)


@given(st.lists(terms(), max_size=5).map(tuple))
def test_what_is_spelled_is_read_again(wanted: tuple[Term, ...]) -> None:
    assert parse_filter(spell_filter(wanted)) == wanted


@given(st.text(max_size=60) | st.text('ab<>=!:,-"\\ 19.%', max_size=30))
def test_any_line_is_terms_or_words_with_a_place(line: str) -> None:
    try:
        found = parse_filter(line)
    except FilterError as error:
        place = error.at
    else:
        assert parse_filter(spell_filter(found)) == found
        place = 0
    assert 0 <= place <= len(line)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("", ()),
        ("lenet", (Term("", ":", ("lenet",)),)),
        ('"two words" -old', (Term("", ":", ("two words",)), Term("", ":", ("old",), True))),
        ("lr<0.01", (Term("lr", "<", ("0.01",)),)),
        ("state:done,failed -tag:a", (Term("state", ":", ("done", "failed")), Term("tag", ":", ("a",), True))),
        ("lr>=1e-3", (Term("lr", ">=", ("1e-3",)),)),
        ("started>2026-11-20T12:30", (Term("started", ">", ("2026-11-20T12:30",)),)),
        ("momentum=-0.5", (Term("momentum", "=", ("-0.5",)),)),
    ],
)
def test_lines_as_people_write_them(line: str, wanted: tuple[Term, ...]) -> None:
    assert parse_filter(line) == wanted


@pytest.mark.parametrize("line", ["lr<", "lr<fast", "<3", '"open', "a:b:", "a=b=c", "lr<1,", "a,b"])
def test_what_cannot_be_read_says_how_a_filter_reads(line: str) -> None:
    with pytest.raises(FilterError, match="A filter reads like"):
        parse_filter(line) if line != "a:b:" else parse_filter("a:")


def test_units() -> None:
    assert (as_number("1.5h"), as_number("20MB"), as_number("5%"), as_number("-3")) == (5400.0, 2e7, 0.05, -3.0)
    assert as_number("fast") is None and as_number("3 fish") is None and as_number("1e9999") is None
