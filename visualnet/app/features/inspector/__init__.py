"""The panel *Inspector*: form, formulas, weights, cost and code of what is selected."""
