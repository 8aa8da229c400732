"""One file as frames in order of display, each with its time; damage loses only what is damaged."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from threading import RLock
from typing import Final, cast

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from videorecap.errors import VideoError
from videorecap.video.damage import DamageTracker
from videorecap.video.files import open_video
from videorecap.video.hardware import Hardware
from videorecap.video.index import FrameIndex, build_index
from videorecap.video.packets import log_packets, read_packets
from videorecap.video.passing import Passing
from videorecap.video.pixels import Orientation, orientation_of

log = logging.getLogger(__name__)

DECODER_THREADS: Final = 4  # fixed, so that damage is judged alike on every machine
FRAME_THREADS: Final = 1 << 12  # AV_CODEC_CAP_FRAME_THREADS: errors come out late
IS_LENIENT: Final = frozenset({"hevc"})  # shows broken frames as good ones unless told to be strict
LOSES_SILENTLY: Final = frozenset({"hevc", "av1", "mpeg2video"})  # every packet is a frame, or broken


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """A frame that is not known to be damaged; its pixels are not converted until asked for.

    Attributes:
        rank: its place in the order of display, among all frames the file says it holds.
        picture: as FFmpeg decoded it; None if it was passed over.
    """

    rank: int
    picture: av.VideoFrame | None


@dataclass(frozen=True, slots=True)
class _Coded:
    """A coded number on its way through the decoder; PyAV needs an object of its own for each packet."""

    number: int


class FileReader:
    """A file that can be decoded from its start, any number of times.

    Opening reads all packets once, without decoding, so that times, count and duration are known; and
    decodes up to the first good frame.

    Args:
        path: a file.
        hardware: that decodes it, if it can, which the log tells otherwise; None decodes in software.

    Attributes:
        path: as given.
        metadata: the container's tags.
        index: when each frame is shown.
        size: width and height as coded.
        orientation: how a picture is turned to be displayed.

    Raises:
        VideoError: if the file is missing, empty, no video, or if none of its frames can be decoded.
    """

    def __init__(self, path: Path, hardware: Hardware | None = None) -> None:
        self.path = path
        self._hardware = hardware
        self._open_containers: list[InputContainer] = []
        self._lock = RLock()  # who holds it may touch what is open
        container, stream = open_video(self.path)
        with container:
            self.metadata: dict[str, str] = dict(container.metadata)
            self.index: FrameIndex = build_index(log_packets(container, stream), str(self.path))
        first = self._first()
        if first is None and self._hardware is not None:
            self._give_up("it decodes no frame of it")
            first = self._first()
        if first is None:
            raise VideoError(
                f"{self.path}: no frame of its video can be decoded; re-encode or replace the file"
            )
        self.size = (first.width, first.height)
        self.orientation: Orientation = orientation_of(first)

    def close(self) -> None:
        """Close what ``frames`` still holds open, in whatever thread; the reader can be used again."""
        with self._lock:
            while self._open_containers:
                self._open_containers.pop().close()

    def frames(self, wanted: Iterable[int] | None = None) -> Iterator[DecodedFrame]:
        """Undamaged frames in order of display, decoded once; memory does not grow with the length.

        After ``close`` there are no more.

        Args:
            wanted: ranks whose pixels will be asked for; others may come without a picture, not decoded. None
                wants all.
        """
        container, stream = self._open()
        passing = Passing(self.index, None if self._hardware is not None else wanted)
        with self._lock:
            self._open_containers.append(container)
        damage = DamageTracker(self.index)
        loses_silently = stream.codec.name in LOSES_SILENTLY and self.index.has_stored_times
        last = -1
        try:
            for picture in self._decode(container, stream, damage, passing):
                coded = cast(_Coded, picture.opaque).number
                rank = self._rank(coded, last, picture)
                if rank <= last:
                    continue
                if picture.is_corrupt:
                    damage.add(coded)
                if loses_silently:
                    damage.add_lost(range(last + 1, rank))
                yield from _undecoded(passing.between(last + 1, rank), damage)
                last = rank
                if not damage.covers(coded):
                    yield DecodedFrame(rank, picture)
            if container in self._open_containers:
                yield from _undecoded(passing.between(last + 1, self.index.num_frames), damage)
        finally:
            with self._lock:
                if container in self._open_containers:
                    self._open_containers.remove(container)
                    container.close()

    def _first(self) -> av.VideoFrame | None:
        first = next(self.frames(), None)
        self.close()
        return None if first is None else first.picture

    def _open(self) -> tuple[InputContainer, VideoStream]:
        """The file, to be decoded by the device if that is possible."""
        if self._hardware is None:
            return open_video(self.path)
        try:
            container, stream = open_video(self.path, self._hardware.settings)
        except VideoError as error:
            self._give_up(str(error))
            return open_video(self.path)
        if not stream.codec_context.is_hwaccel:
            self._give_up(f"it does not know {stream.codec.name}")
        return container, stream

    def _give_up(self, reason: str) -> None:
        """Decode in software from now on."""
        assert self._hardware is not None
        log.warning("%s: decoded in software and not by %s: %s", self.path, self._hardware.name, reason)
        self._hardware = None

    def _rank(self, coded: int, last: int, picture: av.VideoFrame) -> int:
        """The rank of a decoded frame that comes after rank ``last``."""
        if self.index.has_stored_times:
            return int(self.index.rank_of[coded])
        return max(last + 1, coded) if picture.key_frame else last + 1

    def _decode(
        self, container: InputContainer, stream: VideoStream, damage: DamageTracker, passing: Passing
    ) -> Iterator[av.VideoFrame]:
        """Pictures in order of display, each with its coded number as ``opaque``; errors go to ``damage``."""
        context = stream.codec_context
        context.thread_type = "AUTO"
        context.thread_count = DECODER_THREADS
        context.copy_opaque = True
        if stream.codec.name in IS_LENIENT:
            context.options = {"err_detect": "explode"}
        lag = DECODER_THREADS - 1 if context.codec.capabilities & FRAME_THREADS else 0
        steps = enumerate(chain(read_packets(container, [stream]), repeat(None, 1 + lag)))
        while True:
            with self._lock:
                if container not in self._open_containers:
                    return
                coded, packet = next(steps, (-1, None))
                if coded < 0:
                    return
                if packet is not None:
                    packet.opaque = _Coded(coded)
                    is_passed = damage.is_clean and passing.takes(coded)
                    context.skip_frame = "NONREF" if is_passed else "DEFAULT"
                    if packet.is_corrupt:
                        damage.add(coded)
                pictures: list[av.VideoFrame] = []
                try:
                    pictures = context.decode(packet)
                except FFmpegError as error:
                    if packet is None and isinstance(error, EOFError):
                        return
                    damage.add(coded - lag)
            yield from pictures


def _undecoded(ranks: range, damage: DamageTracker) -> Iterator[DecodedFrame]:
    """Frames that were passed over, as far as they are not known to be damaged."""
    return (DecodedFrame(rank, None) for rank in ranks if damage.spares(rank))
