"""What networks learn from: the data sets that are shipped, how they are divided, and their way onto the device."""
