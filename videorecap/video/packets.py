"""The packets of a file: reading them past damage, and what they and the header say about time."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from videorecap.video.h264 import follows, has_whole_frames, is_disposable

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.stream import VideoStream

Seconds = NDArray[np.floating[Any]]
Integers = NDArray[np.signedinteger[Any]]
Flags = NDArray[np.bool_]

MISSING: Final = -(2**63)  # a time that a packet does not carry, in ticks
DEFAULT_RATE: Final = 25.0  # Hz, for streams that tell neither times nor a rate
HOLE_SECONDS: Final = 0.2  # shorter losses do not count
MAX_BETWEEN_REFERENCES: Final = 17  # packets
HEAD_BYTES: Final = 4096  # of a packet, which are searched for its first slice
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
        is_disposable: packets of frames that surely no other frame is predicted from; told of H.264 without
            fields alone.
        last_end: seconds at which the last packet of any stream ends, on the file's own clock.
        declared_frames: number of frames that the header claims, 0 if none.
        declared_stream_seconds: the stream's duration by its header, 0 if none.
        declared_file_seconds: the file's duration by its header, 0 if none.
        continued: coded numbers after a jump in time before which nothing is missing, where that is sure.
    """

    form: str
    tick: float
    rate: float
    pts: Integers
    dts: Integers
    duration: Integers
    is_key: Flags
    is_shown: Flags
    is_disposable: Flags
    last_end: float
    declared_frames: int
    declared_stream_seconds: float
    declared_file_seconds: float
    continued: frozenset[int]


class _Continuity:
    """Finds the jumps in time across which a stream's own numbering goes on.

    Args:
        stream: only H.264 has such a numbering.
        jump: ticks that a jump has at least.
    """

    def __init__(self, stream: VideoStream, jump: float) -> None:
        self.continued: set[int] = set()
        self._is_numbered = stream.codec.name == "h264"
        self._settings = stream.codec_context.extradata or b""
        self._jump = jump
        self._latest: int | None = None
        self._recent: deque[Packet[Stream]] = deque(maxlen=MAX_BETWEEN_REFERENCES)

    def see(self, coded: int, packet: Packet[Stream]) -> None:
        """Take the packet with this coded number; they come in order."""
        if not self._is_numbered or packet.pts is None:
            return
        latest = packet.pts if self._latest is None else self._latest
        if packet.pts - latest > self._jump and follows(
            bytes(packet), map(bytes, reversed(self._recent)), self._settings
        ):
            self.continued.add(coded)
        self._latest = max(packet.pts, latest)
        self._recent.append(packet)


def log_packets(container: InputContainer, stream: VideoStream) -> PacketLog:
    """Read all packets of a file once, decoding none."""
    pts, dts, duration = array("q"), array("q"), array("q")
    is_key, is_shown, may_pass = array("b"), array("b"), array("b")
    last_end = 0.0
    tick = float(stream.time_base or 1 / DEFAULT_RATE)
    continuity = _Continuity(stream, HOLE_SECONDS / tick)
    settings = stream.codec_context.extradata or b""
    is_told = stream.codec.name == "h264" and has_whole_frames(settings)
    for packet in read_packets(container, tuple(container.streams)):
        when = packet.pts if packet.pts is not None else packet.dts
        if when is not None:
            last_end = max(last_end, float((when + (packet.duration or 0)) * packet.time_base))
        if packet.stream_index == stream.index:
            continuity.see(len(pts), packet)
            pts.append(MISSING if packet.pts is None else packet.pts)
            dts.append(MISSING if packet.dts is None else packet.dts)
            duration.append(packet.duration or 0)
            is_key.append(packet.is_keyframe)
            is_shown.append(not packet.is_discard)
            may_pass.append(is_told and is_disposable(bytes(memoryview(packet)[:HEAD_BYTES]), settings))
    return PacketLog(
        form=container.format.name.split(",")[0],
        tick=tick,
        rate=float(stream.average_rate or stream.guessed_rate or DEFAULT_RATE),
        pts=np.frombuffer(pts, np.int64),
        dts=np.frombuffer(dts, np.int64),
        duration=np.frombuffer(duration, np.int64),
        is_key=np.frombuffer(is_key, np.bool_),
        is_shown=np.frombuffer(is_shown, np.bool_),
        is_disposable=np.frombuffer(may_pass, np.bool_),
        last_end=last_end,
        declared_frames=stream.frames,
        declared_stream_seconds=float((stream.duration or 0) * tick),
        declared_file_seconds=(container.duration or 0) / av.time_base,
        continued=frozenset(continuity.continued),
    )
