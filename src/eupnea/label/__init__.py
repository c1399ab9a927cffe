"""Labelling: which side of a training image is cheaper to draw, and back to a learning set."""
