"""What this machine takes: memory at the peak, time of each layer, speed, and where that is kept."""
