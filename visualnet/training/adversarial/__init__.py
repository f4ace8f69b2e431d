"""Networks that make samples of random numbers, and what can go wrong when they learn against another network.

- `makers.py`: where random numbers enter, where what is made of them leaves, and what it is to look like. By formula, without torch.
- `collapse.py`: whether a generator makes always the same; a run says so.
"""
