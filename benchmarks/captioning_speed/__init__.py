"""What the benchmark of captioning's speed is made of: `speed.py` has its command."""
