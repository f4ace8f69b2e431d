"""Values at ports replaced by hand: what a person feeds there, and how a network computes with it."""
