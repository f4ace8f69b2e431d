"""The learner map: every card of the canvas tinted and lettered by the learner that trains it or lowers it."""
