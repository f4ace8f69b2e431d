"""The panel *Data*: choose data, see what they hold before anything is trained, prepare them.

`page.py` is the panel; `choosing_section.py` what can be chosen, `own_data_dialog.py` how files of one's own are read and
`download_dialog.py` how known sets are fetched; `samples/` shows them; `figures_section.py` and `class_balance.py` measure them;
`findings_section.py` tells what is broken or there twice. `preparation_section.py` edits the steps of the preparation: `step_list.py` is
their list, `preparation_preview.py` shows samples before and behind them.

It takes `choose_data` from `inspector`.
"""
