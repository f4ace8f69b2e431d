"""What attention layers look at: their weights, rollout over all layers, entropy. ``declare`` declares the observations."""
