"""Decoding on a device that was made for it, where FFmpeg has one: the same pictures, from another place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import av
from av.codec.hwaccel import HWAccel, hwdevices_available
from av.error import FFmpegError

from videorecap.errors import ConfigError

PLANAR: Final = {
    "nv12": "yuv420p",
    "nv16": "yuv422p",
    "nv24": "yuv444p",
    "yuyv422": "yuv422p",
    "p010le": "yuv420p10le",
    "p012le": "yuv420p12le",
    "p016le": "yuv420p16le",
    "p210le": "yuv422p10le",
    "y210le": "yuv422p10le",
    "y212le": "yuv422p12le",
    "p410le": "yuv444p10le",
}
"""Formats of pixels that devices give, each with that in which software gives the same numbers."""
COMMONEST: Final = "h264"  # what is tried on a device to see whether it works


@dataclass(frozen=True, slots=True)
class Hardware:
    """A device that decodes.

    Attributes:
        name: FFmpeg's, of its kind.
        settings: as PyAV wants them.
    """

    name: str
    settings: HWAccel


def open_hardware(name: str) -> Hardware:
    """A device that works here; files that it cannot decode are decoded in software.

    Args:
        name: FFmpeg's, of a kind of device: "cuda", "vaapi", "videotoolbox", ...

    Raises:
        ConfigError: if this FFmpeg knows no such device, or none can be opened here.
    """
    known = hwdevices_available()
    if name not in known:
        told = ", ".join(known) or "none"
        raise ConfigError(
            f"videos cannot be decoded by {name!r}: this FFmpeg knows {told}; decode in software instead"
        )
    try:
        HWAccel(name, allow_software_fallback=False).create(av.Codec(COMMONEST, "r"))
    except (FFmpegError, OSError, NotImplementedError) as error:
        raise ConfigError(
            f"videos cannot be decoded by {name!r}: no such device works here ({error}); decode in software "
            "instead"
        ) from error
    return Hardware(name, HWAccel(name, allow_software_fallback=True))


def planar(picture: av.VideoFrame) -> av.VideoFrame:
    """A picture with each of its planes apart: FFmpeg makes other colours of planes that are interleaved."""
    form = PLANAR.get(picture.format.name)
    return picture if form is None else picture.reformat(format=form)
