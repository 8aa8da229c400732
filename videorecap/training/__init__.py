"""Training: samples, stages and the loop."""
