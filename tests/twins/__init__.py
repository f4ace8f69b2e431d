"""Twins of the shipped networks: torchvision's, timm's and transformers', and short modules written by hand from the papers.

``COMPARED`` says for each template what it is held against; ``compare`` copies the twin's weights over and shows both the same inputs.
tests/contract/test_twins.py does so with small sizes, tests/benchmarks/bench_twins.py with the published ones.
"""
