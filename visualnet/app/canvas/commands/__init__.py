"""What the canvas does on a command: arrange, copy, select, annotate, add and change nodes, work with the keyboard.

`keyboard_focus.py` is the keyboard on wires, their points and annotations; `long_task.py` runs what takes long beside the window,
Esc stops it.
"""
