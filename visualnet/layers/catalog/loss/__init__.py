"""Losses and metrics.

What a loss or a metric is given to hold against its target (``answer_kind``) says how a trained network is judged: classes along the first
axis as ``logits``, ``log_probabilities`` or mere ``scores`` (the largest wins); yes or no as ``binary_logits`` or ``binary_probabilities``;
``numbers``; nothing where that cannot be told.
"""
