"""Attention, states over steps and embeddings as figures: what is drawn, and how much of it where there is more than pixels."""
