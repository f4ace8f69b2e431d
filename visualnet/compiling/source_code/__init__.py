"""Write a drawing as readable PyTorch source: same names, same `state_dict` keys, bit-equal outputs.

`source.py` prints a file (`model_source(project) -> str`), `class_printer.py` a class (one for all places of a block that differ
in figures only: these become arguments of the constructor), `statements.py` the lines of `forward` and what a type checker must
be told, `objectives.py` `forward`, `loss` and `metrics`, `argument_printer.py` values and expressions, `code_layout.py` lines of
100 columns as `ruff format` breaks them. `tests/contract/test_printed.py` holds every template's file against ruff, mypy and the
program.
"""
