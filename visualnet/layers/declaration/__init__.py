"""What a layer declaration is made of: parameters, ports, formulas with their derivation, calls of torch.

`layer.py` is the base class, `params.py` the kinds of parameter, `common_params.py` what several layers share, `calls.py` the
tree of calls, `notation.py` an expression as a tree that can be typeset (letters, figures, legend, LaTeX), `initial_moments.py` a
mean and a variance for each tensor before training, `initialization.py` the base class of the ways in which weights can start
(they themselves are `layers/initialization.py`).
"""
