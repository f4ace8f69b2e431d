"""The panel *See inside*: any number of observations of the network side by side, live.

`panel.py` arranges them; `observation_view.py` is one of them with its head, settings and explanation; `chooser.py` offers what there is;
`views.py` names the widgets that show what a chart cannot.

It takes the chooser of samples from `feature_maps` and how a sample is painted from `data_page`.
"""
