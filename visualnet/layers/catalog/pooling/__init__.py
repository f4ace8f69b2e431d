"""Pooling over images, sequences and volumes."""
