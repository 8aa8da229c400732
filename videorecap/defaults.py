"""What is used when nothing else is said."""

from typing import Final

MODEL: Final = "sim-tiny"  # the system that ships
BATCH_SIZE: Final = 8  # clips that are encoded together
STILL_TOLERANCE: Final = 4.0  # levels of 0..255 by which a scene that stands still may change
FRAME_SIZE: Final = (480, 360)  # pixels of a simulated video
FRAME_RATE: Final = 15  # of it, per second
NUM_QUESTIONS: Final = 3  # about it, at most
