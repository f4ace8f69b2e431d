"""Names that are safe as attributes of a module, as arguments, and in printed code."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Container

from visualnet.core.text.format import capitalize_first

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
    self torch nn F operator pieces extra_modules math Tensor device inf nan NoneType fx_pytree pytree getattr super range dict
    kl_normal_of dice_loss_of sum_of_each spread_over weighted_mean weight_of_class class_hits mean_of_classes precision_of recall_of f1_of
    iou_of attend start_anew fix_statistics release_statistics keep_training_mode
"""
CODE_NAMES = frozenset(_CODE_NAMES.split())
"""What generated and printed code has always referred to."""

RESERVED = MODULE_ATTRIBUTES | CODE_NAMES | frozenset(keyword.kwlist)
"""What no attribute of a module may be called; ``state_dict`` keys rest on it."""

_FUNCTIONS = """
    Callable MethodType draw_weights gradient_penalty_of boundary_weights_of affine_coupling undo_affine_coupling
    normal_nll_of bits_per_dim_of keep_states run_in_parts count_steps
    fire find_place
"""
RESERVED_VARIABLES = RESERVED | frozenset(dir(builtins)) | frozenset(_FUNCTIONS.split())
"""What no variable or argument may be called besides: ``self.sum`` hides nothing, ``sum`` hides Python's own. What printed code comes to
refer to is added here, not above: ``state_dict`` keys of old checkpoints stay. A test holds the functions of ``extra_modules``
against it."""


def variable_name(wish: str, taken: Container[str] = ()) -> str:
    """The wish as a variable or argument of printed code: ``sum`` becomes ``sum_``."""
    return safe_name(wish, taken, RESERVED_VARIABLES)


def safe_name(wish: str, taken: Container[str] = (), reserved: Container[str] = RESERVED) -> str:
    """The wish as an identifier that collides with nothing: ``forward`` becomes ``forward_``.

    It is given as Python reads it (NFKC), so that two names which Python takes for one are seen to be one.
    """
    name = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", wish)) or "node"
    if name[0] == "_" or not name.isidentifier():
        name = "n" + name
    if not name.isidentifier():  # a letter that is none in an identifier
        name = "node"
    if name in reserved:
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
    name = "".join(capitalize_first(word) for word in words)
    if not name or not name.isidentifier():
        name = f"Net{name}" if f"Net{name}".isidentifier() else "Net"
    return variable_name(name, taken)
