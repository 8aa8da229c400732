"""What is used when nothing else is said."""

from typing import Final

MODEL: Final = "sim-tiny"  # the system that ships
BATCH_SIZE: Final = 8  # clips that are encoded and captioned together
