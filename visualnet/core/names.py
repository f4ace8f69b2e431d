"""Names and ids: what a node or block may be called, and what is still free.

A name becomes an attribute of a torch module and a variable in printed code, so it must be a Python identifier that means nothing else
there.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection

from visualnet.core.graph import Graph
from visualnet.core.text.hidden_characters import clean, visible

MAX_NAME = 64
MAX_TEXT = 10_000
MAX_SOURCE = 64 << 10
"""Bytes of Python source that one node may hold."""
MAX_ID = 999_999_999

ID = re.compile(r"n([1-9][0-9]{0,8})\Z")

# Every public attribute of torch's Module and GraphModule (a test holds it against torch), and the words of printed code.
_WORDS = """
T_destination add_module add_submodule apply bfloat16 buffers call_super_init children code compile cpu cuda
delete_all_unused_submodules delete_submodule double dump_patches eval extra_repr float forward get_buffer
get_extra_state get_parameter get_submodule graph half ipu load_state_dict modules mtia named_buffers named_children
named_modules named_parameters parameters print_readable recompile register_backward_hook register_buffer
register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter
register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory
state_dict to to_empty to_folder train training type xpu zero_grad self torch nn F math pieces
"""
RESERVED = frozenset(_WORDS.split())


def fault_in_name(name: str) -> str:
    """Why this cannot be a name; empty when it can."""
    if not name:
        return "a name cannot be empty"
    if len(name) > MAX_NAME:
        return f"a name may have {MAX_NAME} characters; this one has {len(name):,}"
    if not name.isidentifier() or unicodedata.normalize("NFKC", name) != name:
        return f"“{visible(name)}” is no name in Python: letters, digits and _ are allowed, and no digit first"
    if keyword.iskeyword(name):
        return f"“{name}” is a word of Python itself"
    if name.startswith("_"):
        return f"“{name}” begins with _, which torch keeps for itself"
    if name in RESERVED:
        return f"“{name}” already means something else in a torch module"
    return ""


def to_name(wish: str, fallback: str = "node") -> str:
    """The nearest allowed name to what was wished."""
    text = unicodedata.normalize("NFKC", clean(wish)).strip()
    text = re.sub(r"\W+", "_", text).strip("_")[: MAX_NAME - 8]
    if text and not text.isidentifier():
        text = f"{fallback}_{text}"
    if not text.isidentifier():
        return fallback
    return f"{text}_" if fault_in_name(text) else text


def free(wish: str, taken: Collection[str], fallback: str = "node") -> str:
    """The wished name, or the first with a number behind it, that is not taken: ``conv``, ``conv2``, ``conv3`` …"""
    name = to_name(wish, fallback)
    if name not in taken:
        return name
    stem = name.rstrip("0123456789") or name
    digits = name[len(stem) :]
    if len(digits) > 6 or digits.startswith("0"):
        stem, digits = f"{name}_", ""
    number = int(digits) + 1 if digits else 2
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def names(graph: Graph) -> set[str]:
    """Every name that is taken in this graph."""
    return {node.name for node in graph.nodes.values()}


def free_name(graph: Graph, wish: str) -> str:
    """A name for a new node of this graph: the wish if it is free, else with a number behind it."""
    return free(wish, names(graph))


def highest(graph: Graph) -> int:
    """The highest number among the graph's ids; 0 in an empty graph."""
    return max((int(match[1]) for match in map(ID.match, graph.nodes) if match), default=0)


def new_id(graph: Graph) -> str:
    """An id that no node of this graph has or had."""
    return f"n{max(graph.spent, highest(graph)) + 1}"
