"""What a network that is trained on regions finds in a whole scene. ``declare`` declares the observation."""
