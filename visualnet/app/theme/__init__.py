"""Colours, type, icons and the one style sheet.

`tokens.py` holds every colour and line width of the four looks, `style.qss` the style sheet that is filled in with them,
`fonts.py` the text size: what is drawn by hand takes both from there (`fonts.px`). `hidden_widgets.py` styles what is hidden
after what is seen; `child_objects.py` finds what is below a widget, for all of the window.
"""
