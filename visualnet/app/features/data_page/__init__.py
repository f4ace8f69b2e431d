"""The panel *Data*: choose data, see what they hold before anything is trained, prepare them.

`preparation_section.py` edits the steps of the preparation: `step_list.py` is their list, `preparation_preview.py` shows samples before and
behind them.
"""
