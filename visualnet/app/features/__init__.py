"""What the window offers beside the canvas, a folder each.

Panels, pages and dialogs. None imports another but where its docstring says so.
"""
