"""What can be watched in a network: each observation is declared once, a folder for each family.

`observation.py` is what a declaration consists of, and the list of all; `context.py` is what computing is given; `schedule.py` computes
what was asked for. Declarations import neither torch nor Qt; what computes imports torch only when it runs. Panels, the command line,
the reference and the contract tests follow from the list.
"""
