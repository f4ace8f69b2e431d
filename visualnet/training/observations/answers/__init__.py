"""What a network says of chosen samples, and what it makes: probabilities by step, reconstructions, generated images.

`declare.py` and `declare_images.py` declare the observations; `scores.py`, `images.py` and `codes.py` hold what they compute with.
"""
