"""The packets of a file: reading them past damage, and what they and the header say about time."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.stream import VideoStream

Seconds = NDArray[np.floating[Any]]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

MISSING: Final = -(2**63)  # a time that a packet does not carry, in ticks
DEFAULT_RATE: Final = 25.0  # Hz, for streams that tell neither times nor a rate
MAX_FAILURES: Final = 64  # demuxer errors in a row after which the rest of a file is given up


def read_packets(container: InputContainer, streams: Sequence[Stream]) -> Iterator[Packet[Stream]]:
    """Packets of these streams in the order of the file, past damage that can be passed."""
    failures = 0
    while failures < MAX_FAILURES:
        try:
            for packet in container.demux(list(streams)):
                if packet.size == 0 and packet.pts is None and packet.dts is None:
                    return  # the end: not in the file, it asks a decoder to finish
                failures = 0
                yield packet
        except FFmpegError:
            failures += 1
        else:
            return


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketLog:
    """What one pass over a file tells about a video stream; arrays go by coded number.

    Attributes:
        form: short name of the container's format.
        tick: seconds of one unit of ``pts``, ``dts`` and ``duration``.
        rate: frames per second that the stream claims.
        pts: presentation times in ticks, or ``MISSING``.
        dts: decoding times, likewise.
        duration: in ticks, 0 where unknown.
        is_key: keyframes.
        is_shown: False where an edit list hides the frame.
        last_end: seconds at which the last packet of any stream ends, on the file's own clock.
        declared_frames: number of frames that the header claims, 0 if none.
        declared_stream_seconds: the stream's duration by its header, 0 if none.
        declared_file_seconds: the file's duration by its header, 0 if none.
    """

    form: str
    tick: float
    rate: float
    pts: Integers
    dts: Integers
    duration: Integers
    is_key: Flags
    is_shown: Flags
    last_end: float
    declared_frames: int
    declared_stream_seconds: float
    declared_file_seconds: float


def log_packets(container: InputContainer, stream: VideoStream) -> PacketLog:
    """Read all packets of a file once, decoding none."""
    pts, dts, duration = array("q"), array("q"), array("q")
    is_key, is_shown = array("b"), array("b")
    last_end = 0.0
    for packet in read_packets(container, tuple(container.streams)):
        when = packet.pts if packet.pts is not None else packet.dts
        if when is not None:
            last_end = max(last_end, float((when + (packet.duration or 0)) * packet.time_base))
        if packet.stream_index == stream.index:
            pts.append(MISSING if packet.pts is None else packet.pts)
            dts.append(MISSING if packet.dts is None else packet.dts)
            duration.append(packet.duration or 0)
            is_key.append(packet.is_keyframe)
            is_shown.append(not packet.is_discard)
    tick = stream.time_base or 1 / DEFAULT_RATE
    return PacketLog(
        form=container.format.name.split(",")[0],
        tick=float(tick),
        rate=float(stream.average_rate or stream.guessed_rate or DEFAULT_RATE),
        pts=np.array(pts, np.int64),
        dts=np.array(dts, np.int64),
        duration=np.array(duration, np.int64),
        is_key=np.array(is_key, np.bool_),
        is_shown=np.array(is_shown, np.bool_),
        last_end=last_end,
        declared_frames=stream.frames,
        declared_stream_seconds=float((stream.duration or 0) * tick),
        declared_file_seconds=(container.duration or 0) / av.time_base,
    )
