from __future__ import annotations

import inspect
import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import fx, nn

from visualnet.compiling import extra_modules
from visualnet.compiling.names import MODULE_ATTRIBUTES, RESERVED_VARIABLES, class_name, safe_name


def test_every_attribute_of_torchs_modules_is_known() -> None:
    public = {name for name in dir(fx.GraphModule(nn.Module(), fx.Graph())) if not name.startswith("_")}
    assert public - MODULE_ATTRIBUTES == set()


@given(st.text(max_size=20))
def test_any_text_becomes_a_name_that_collides_with_nothing(text: str) -> None:
    for name in (safe_name(text), class_name(text)):
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert not hasattr(nn.Module(), name)


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ("conv1", "conv1"),
        ("forward", "forward_"),
        ("class", "class_"),
        ("__x", "n__x"),
        ("größe", "größe"),
        ("1st", "n1st"),
        ("", "node"),
    ],
)
def test_names_stay_as_they_are_where_they_can(wish: str, name: str) -> None:
    assert safe_name(wish) == name


def test_taken_names_are_counted_on() -> None:
    assert safe_name("conv", {"conv", "conv_2"}) == "conv_3"
    assert class_name("residual block", {"ResidualBlock"}) == "ResidualBlock_2"


def test_no_node_hides_a_function_of_the_pieces() -> None:
    functions = {name for name, found in vars(extra_modules).items() if inspect.isfunction(found)}
    assert functions
    assert functions <= RESERVED_VARIABLES
