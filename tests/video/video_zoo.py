"""Videos whose frames show their own index, and the ways in which files break.

A frame's index is painted as a 4 x 4 grid of black and white cells (16 bits), which survives lossy coding,
chroma subsampling, odd sizes and resizing; ``read_code`` reads it back.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np

GRID = 4
FINE = Fraction(1, 90_000)


@cache
def paint(index: int, width: int = 64, height: int = 48) -> np.ndarray:
    """An RGB picture [height, width, 3] that shows ``index`` (0 to 65535)."""
    bits = (index >> np.arange(GRID * GRID)) & 1
    rows = np.arange(height) * GRID // height
    columns = np.arange(width) * GRID // width
    gray = np.where(bits.reshape(GRID, GRID)[rows][:, columns], 235, 20).astype(np.uint8)
    return np.repeat(gray[:, :, None], 3, axis=2)


def read_code(picture: np.ndarray) -> int:
    """The index that a picture [H, W, 3] shows."""
    height, width = picture.shape[:2]
    bits = 0
    for cell in range(GRID * GRID):
        row, column = divmod(cell, GRID)
        top, left = (2 * row + 1) * height // (2 * GRID), (2 * column + 1) * width // (2 * GRID)
        middle = picture[max(top - 1, 0) : top + 2, max(left - 1, 0) : left + 2]
        bits |= int(middle.mean() > 127) << cell
    return bits


def write_video(
    path: Path,
    *,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    times: Sequence[Fraction] | None = None,
    count: int = 120,
    rate: Fraction | int = 30,
    size: tuple[int, int] = (64, 48),
    options: dict[str, str] | None = None,
    container: dict[str, str] | None = None,
    time_base: Fraction | None = None,
    turn: Callable[[np.ndarray], np.ndarray] | None = None,
    audio_seconds: float = 0.0,
) -> list[Fraction]:
    """Write frames 0, 1, 2... and return their times.

    Args:
        path: its suffix names the container.
        codec: an encoder of FFmpeg.
        pixels: pixel format of the encoder.
        times: presentation times in seconds; by default ``count`` frames at ``rate``.
        count: number of frames when ``times`` is not given.
        rate: frames per second, also the rate the container declares.
        size: width and height as coded, before ``turn``.
        options: of the encoder.
        container: options of the muxer.
        time_base: of the encoder; by default one tick a frame, or fine enough for ``times``.
        turn: done to each picture before it is coded, for rotated videos.
        audio_seconds: length of a silent sound track; 0 for none.
    """
    rate = Fraction(rate)
    quick = {"preset": "veryfast"} if codec in ("libx264", "libx265") else {}
    shown = [Fraction(i) / rate for i in range(count)] if times is None else list(times)
    base = time_base or (1 / rate if times is None else FINE)
    with av.open(str(path), "w", options=container or {}) as output:
        stream = output.add_stream(codec, rate=rate, options=quick | (options or {}))
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.codec_context.time_base = base
        stream.codec_context.thread_count = 1
        sound = output.add_stream("aac", rate=8000, layout="mono") if audio_seconds else None
        for index, time in enumerate(shown):
            picture = paint(index, *size) if turn is None else turn(paint(index, size[0], size[1]))
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame = frame.reformat(format=pixels)
            frame.pts, frame.time_base = round(time / base), base
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
        if sound is not None:
            _silence(output, sound, audio_seconds)
    return shown


def _silence(output: av.container.OutputContainer, sound: av.AudioStream, seconds: float) -> None:
    for start in range(0, int(seconds * 8000), 1024):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 8000, start, Fraction(1, 8000)
        output.mux(sound.encode(frame))
    output.mux(sound.encode(None))


def drop_packets(source: Path, target: Path, start: float, end: float) -> None:
    """Copy a video without the packets that are shown in ``start <= t < end`` seconds."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = old.streams.video[0]
        copy = new.add_stream_from_template(stream)
        for packet in old.demux(stream):
            if packet.size == 0 or start <= float(packet.pts * packet.time_base) < end:
                continue
            packet.stream = copy
            new.mux(packet)


def truncate(source: Path, target: Path, share: float) -> None:
    """Keep the first ``share`` of a file's bytes."""
    data = source.read_bytes()
    target.write_bytes(data[: int(len(data) * share)])


def flip_bytes(source: Path, target: Path, start: float, end: float, every: int = 40) -> None:
    """Invert every ``every``-th byte of the packets that are shown in ``start <= t < end`` seconds."""
    with av.open(str(source)) as video:
        packets = [packet for packet in video.demux(video.streams.video[0]) if packet.size]
        zero = min(packet.pts for packet in packets)
        hit = [p for p in packets if start <= float((p.pts - zero) * p.time_base) < end]
    data = bytearray(source.read_bytes())
    for position in range(min(p.pos for p in hit) + 20, max(p.pos + p.size for p in hit), every):
        data[position] ^= 0xFF
    target.write_bytes(bytes(data))


def set_matrix(path: Path, matrix: tuple[int, int, int, int]) -> None:
    """Set the display matrix (a b c d) of an mp4 or mov file whose only track is its video."""
    data = bytearray(path.read_bytes())
    place = data.index(b"tkhd") + 4 + 40
    a, b, c, d = (value << 16 for value in matrix)
    struct.pack_into(">9i", data, place, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(bytes(data))


def shown_at(times: Sequence[Fraction], moment: Fraction) -> int:
    """Which frame is shown ``moment`` after the first one: the latest that has begun."""
    return max(bisect_right(times, times[0] + moment) - 1, 0)


def expected_codes(times: Sequence[Fraction], start: int, ids: Sequence[int]) -> list[int]:
    """What a clip's frames show, if it takes the times ``ids / 30`` after ``start`` seconds."""
    return [shown_at(times, start + Fraction(i, 30)) for i in ids]
