"""Names that are safe as attributes of a module, as arguments, and in printed code."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Container

_MODULE_ATTRIBUTES = """
    T_destination add_module add_submodule apply bfloat16 buffers call_super_init children code compile cpu cuda
    delete_all_unused_submodules delete_submodule double dump_patches eval extra_repr float forward get_buffer
    get_extra_state get_parameter get_submodule graph half ipu load_state_dict meta modules mtia named_buffers
    named_children named_modules named_parameters nested_str parameters print_readable recompile register_backward_hook
    register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook
    register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    set_extra_state set_submodule shape_env share_memory state_dict to to_empty to_folder train training type xpu
zero_grad
"""
MODULE_ATTRIBUTES = frozenset(_MODULE_ATTRIBUTES.split())
"""What `nn.Module` and `fx.GraphModule` call their own; a test holds this against torch."""

_CODE_NAMES = """
    self torch nn F operator pieces math Tensor device inf nan NoneType fx_pytree pytree getattr super range dict
    kl_normal_of dice_loss_of top_k_accuracy_of class_hits precision_of recall_of f1_of iou_of attend start_anew
    fix_statistics keep_training_mode
"""
CODE_NAMES = frozenset(_CODE_NAMES.split())
"""What generated and printed code refers to; a test holds the functions of ``pieces`` against it."""

RESERVED = MODULE_ATTRIBUTES | CODE_NAMES | frozenset(keyword.kwlist)


def safe_name(wish: str, taken: Container[str] = ()) -> str:
    """The wish as an identifier that collides with nothing: ``forward`` becomes ``forward_``."""
    name = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", wish)) or "node"
    if name[0] == "_" or not name.isidentifier():
        name = "n" + name
    if not name.isidentifier():  # a letter that is none in an identifier
        name = "node"
    if name in RESERVED:
        name += "_"
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def class_name(wish: str, taken: Container[str] = ()) -> str:
    """The wish as a class is named: ``residual block`` becomes ``ResidualBlock``."""
    words = [w for w in re.split(r"[\W_]+", unicodedata.normalize("NFKC", wish)) if w]
    name = "".join(word[0].upper() + word[1:] for word in words)
    if not name or not name.isidentifier():
        name = f"Net{name}" if f"Net{name}".isidentifier() else "Net"
    return safe_name(name, taken)
