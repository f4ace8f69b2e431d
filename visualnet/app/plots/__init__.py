"""The live pictures: curves, feature maps, attention, predictions, histograms."""
