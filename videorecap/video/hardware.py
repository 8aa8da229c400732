"""Decoding on a device that was made for it, where FFmpeg has one: the same pictures, from another place."""

from __future__ import annotations

from typing import Final

import av
from av.codec.hwaccel import HWAccel, hwdevices_available
from av.error import FFmpegError

from videorecap.errors import ConfigError

PLANAR: Final = {
    "nv12": "yuv420p",
    "nv16": "yuv422p",
    "nv24": "yuv444p",
    "p010le": "yuv420p10le",
    "p210le": "yuv422p10le",
    "p410le": "yuv444p10le",
}
"""What devices give back, and the same numbers as a decoder in software gives them."""
COMMONEST: Final = "h264"


def open_hardware(name: str) -> HWAccel:
    """A device, by FFmpeg's name of its kind; files in codecs that it does not know are decoded in software.

    Args:
        name: such as "cuda", "vaapi", "videotoolbox".

    Raises:
        ConfigError: if this FFmpeg knows no such device, or none can be opened here.
    """
    known = hwdevices_available()
    if name not in known:
        told = ", ".join(known) or "none"
        raise ConfigError(
            f"videos cannot be decoded by {name!r}: this FFmpeg knows {told}; leave --hwaccel out"
        )
    try:
        HWAccel(name, allow_software_fallback=False).create(av.Codec(COMMONEST, "r"))
    except (FFmpegError, OSError, NotImplementedError, RuntimeError) as error:
        raise ConfigError(
            f"videos cannot be decoded by {name!r}: no such device works here ({error}); leave --hwaccel out"
        ) from error
    return HWAccel(name, allow_software_fallback=True)


def planar(picture: av.VideoFrame) -> av.VideoFrame:
    """A picture with each of its planes apart: FFmpeg makes other colours of planes that are interleaved."""
    form = PLANAR.get(picture.format.name)
    return picture if form is None else picture.reformat(format=form)
