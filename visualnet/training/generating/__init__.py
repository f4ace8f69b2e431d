"""To make something with a network, without training it: each method is declared once.

`method.py` is what a declaration consists of, and the list of all; `results.py` what comes of one, as plain values with a chart and files;
`generate.py` carries one out, with the weights that are asked for. Declarations import neither torch nor Qt; panel, command line and
reference follow from the list.
"""
