"""The heat map: every card of the canvas tinted by its share of a cost."""
