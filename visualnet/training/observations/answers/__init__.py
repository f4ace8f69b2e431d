"""What a network says of chosen samples, and what it makes: probabilities by step, reconstructions, generated images.

`declare.py` declares the observations; `scores.py` computes.
"""
