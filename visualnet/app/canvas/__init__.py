"""The canvas: the open sheet as a drawing that can be edited.

`view.py` shows it, `gestures.py` gives events to the tool whose turn it is, `base.py` is what tools, commands and overlays see of
it. Import order: `actions` -> `view` -> `gestures` -> `tools` -> `commands` -> `overlays`, `editors`, `repairs` -> `base` ->
`camera` -> `scene`.
"""
