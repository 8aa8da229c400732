"""The simulated world: scripts of days, rendered frames, captions at three levels."""
