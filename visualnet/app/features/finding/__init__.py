"""Found out before a training: a good learning rate and the largest batch that fits, each in a dialog of its own."""
