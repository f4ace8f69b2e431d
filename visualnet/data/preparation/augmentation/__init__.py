"""Steps that change batches of training at random, on their device; in validation they rest.

`*_steps.py` declare them, `functions.py` does what they say; `chance.py` draws, `warping.py` moves pixels, masks and boxes. All chance
comes from one generator.
"""
