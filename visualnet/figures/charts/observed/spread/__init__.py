"""How numbers are spread at each step: histograms one behind another, and quantiles as bands."""
