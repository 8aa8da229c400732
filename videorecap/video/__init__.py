"""Reading video: frames with their timestamps, and 4-second clips of them."""
