"""Texts written by a network, token by token: greedily, by drawing, or by beam search.

`search.py` knows no network: it asks for the probabilities of the next token. `writer.py` finds in a drawing which of its inputs holds what
is written so far, and answers that; `token_text.py` reads what a person typed. `ngrams.py` counts, for comparison.
"""
