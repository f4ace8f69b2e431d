"""A layer of a person's own: Python source as text, and the small language that tells its sizes.

`layer.py` holds the source (`params.Code`) and its ports; `shape_language.py` reads sizes, arguments and tensors. `Layer.code()`
is the source that a node would run. Code that nobody on this machine trusts is the error `untrusted` of the analysis, so nothing
compiles, and `compiling/custom_modules.py`, the one place where text becomes code, asks once more.
"""
