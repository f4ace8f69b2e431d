"""Steps that change batches of training at random, on their device; in validation they rest.

`*_steps.py` declare them; `chance.py` draws and `warping.py` moves pixels, masks and boxes. All chance comes from one generator.
"""
