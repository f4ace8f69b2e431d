"""What a network that plays holds of its actions: what each is worth on every cell of a grid. ``declare`` declares the observations."""
