"""Errors a user can act on: each message says what came and what would do."""


class VideoRecapError(Exception):
    """Anything this package reports to its user in one line."""


class VideoError(VideoRecapError):
    """A video could not be opened, or holds nothing to caption."""


class ConfigError(VideoRecapError):
    """A configuration, or a combination of options, cannot work."""


class CheckpointError(VideoRecapError):
    """A checkpoint could not be read, or does not fit the model it is for."""


class OutputError(VideoRecapError):
    """A result could not be written, or a stored result could not be read."""


class DataError(VideoRecapError):
    """Annotations could not be read, or do not hold what they are asked for."""
