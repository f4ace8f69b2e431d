"""One row widget per parameter type; a form is a stack of them.

`value_field.py` is the one field for numbers and expressions (`core/text/values.py` reads and writes them), `drag_handle.py`
carries a field by its name, `completion.py` completes names of constants and parameters.
"""
