"""What most excites a unit: the strongest samples with their patches, and an input made by gradient ascent."""
