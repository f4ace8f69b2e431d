"""Feature map sizes: every card of the canvas as a box whose sides are to scale, as papers draw networks."""
