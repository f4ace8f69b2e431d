"""The panel *Play*: an environment, played by hand or by the network, with what each action is worth while it goes on.

It takes the view of an observation from `see_inside`.
"""
