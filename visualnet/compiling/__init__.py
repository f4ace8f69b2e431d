"""From the graph to PyTorch: one plan, from which the module is built and the source is printed.

It may import `analysis`, `layers` and `core`.

`compile_project(project, analysis=None) -> Model` (`module.py`): `.net` (fx GraphModule: inputs -> outputs), `.objective` (the
same submodules; inputs and targets -> dict with `loss`, every loss, metric and output by node name), `.trial` (the same, and
beside it what was counted: `.counted` says what belongs to which value, `.settled` makes values of counts), `.view(ports)` (a
GraphModule that computes any ports of any nodes: feature maps and attention are watched with it), `.paths` from fx nodes to node
paths, `.guilty(error, inputs)`, `.change_settings(project)`: other settings of the same network, its weights the very same
tensors. `module_tree.py`: the modules that all these programs share.

`extra_modules` holds modules that torch lacks; its source is printed into exported files as it stands. `draw_weights` is what
the module and the printed source both call, in the same order: the same first weights from the same seed. `first_weights.py`
draws the weights of single nodes to be looked at, from a generator of its own. `own_tensors.py` says which tensor is whose.
`custom_modules.py` is the one place where a person's text becomes code. `names.py` names attributes and variables apart: no variable
hides a builtin, a keyword or an import.
"""

from visualnet.compiling.plan import GraphError

__all__ = ["GraphError"]
