"""The dashboard on the canvas: every card and every wire drawn by what is observed of it, chosen in one control with a legend.

`quantities.py` lists what can be shown, `overlay.py` asks for it and shows it, `legend.py` explains it, `sparkline.py` and `wire_styles.py`
draw it. The heat map and the learner map are offered in the same control, so this folder imports `heatmap` and `learner_map`.

It takes what `heatmap` and `learner_map` paint as two of its ways of showing.
"""
