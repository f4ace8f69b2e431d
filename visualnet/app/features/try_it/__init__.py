"""The panel *Try it*: a sample that the person draws, opens, types or sets, and what the network says of it at once."""
