"""Draw a neural network, see why its tensors fit, train it and watch it learn."""

__version__ = "0.1.0"
