"""What H.264 says of its frames without decoding: their numbers, and which ones others are predicted from.

Their numbers tell a long frame from missing packets.

Source: ITU-T H.264, sections 7.3.1 (unit header), 7.3.2.1 (sequence parameter set) and 7.3.3 (slice header).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

SLICE, KEY_SLICE, SEQUENCE = 1, 5, 7  # types of NAL units
REFERENCE: Final = 0x60  # bits of a unit's first byte; all zero where nothing is predicted from it
WITH_CHROMA: Final = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})  # profiles
HEADER_BYTES: Final = 256  # more than any header that is read here


class _Bits:
    """Reads a NAL unit's bits from its first byte on."""

    def __init__(self, unit: bytes) -> None:
        clean = unit[:HEADER_BYTES].replace(b"\0\0\3", b"\0\0")  # the 3 only guards against start codes
        self._value, self._left = int.from_bytes(clean), 8 * len(clean)

    def fixed(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("the header is cut off")
        return (self._value >> self._left) & ((1 << count) - 1)

    def golomb(self) -> int:
        zeros = 0
        while not self.fixed(1):
            zeros += 1
        return (1 << zeros) - 1 + self.fixed(zeros)

    def signed_golomb(self) -> int:
        code = self.golomb()
        return (code + 1) // 2 if code % 2 else -(code // 2)


@dataclass(frozen=True, slots=True)
class _Sequence:
    number_bits: int
    has_planes: bool
    has_whole_frames: bool


@dataclass(frozen=True, slots=True)
class _Frame:
    number: int
    is_key: bool
    is_reference: bool


def follows(packet: bytes, earlier: Iterable[bytes], settings: bytes) -> bool:
    """Whether a packet is surely the next one after earlier ones; False if it cannot be told.

    Args:
        packet: an H.264 access unit.
        earlier: those before it, the latest first.
        settings: the stream's extra data, which holds its sequence parameter set.
    """
    try:
        sequence = _sequence(settings)
        frame = _frame(packet, settings, sequence)
        if sequence is None or frame is None or frame.is_key:
            return False
        for data in earlier:
            before = _frame(data, settings, sequence)
            if before is None:
                return False
            if before.is_reference:
                return (frame.number - before.number) % (1 << sequence.number_bits) == 1
    except (ValueError, IndexError):
        return False
    return False


def has_whole_frames(settings: bytes) -> bool:
    """Whether a stream surely codes no fields, two of which make a frame.

    Args:
        settings: the stream's extra data.
    """
    try:
        sequence = _sequence(settings)
    except (ValueError, IndexError):
        return False
    return sequence is not None and sequence.has_whole_frames


def is_disposable(packet: bytes, settings: bytes) -> bool:
    """Whether surely no other frame is predicted from a packet's frame.

    Args:
        packet: an H.264 access unit, or its first bytes.
        settings: the stream's extra data.
    """
    try:
        slices = (unit[0] for unit in _units(packet, settings) if unit[0] & 31 in (SLICE, KEY_SLICE))
        first = next(slices, REFERENCE)
    except IndexError:
        return False
    return not first & REFERENCE


def _units(data: bytes, settings: bytes) -> Iterator[bytes]:
    """NAL units of a packet, whether they carry their length or follow a start code."""
    if settings[:1] != b"\1":
        yield from (unit.rstrip(b"\0") for unit in data.split(b"\0\0\1")[1:] if unit)
        return
    size = (settings[4] & 3) + 1
    place = 0
    while place + size < len(data):
        length = int.from_bytes(data[place : place + size])
        yield data[place + size : place + size + length]
        place += size + length


def _sequence(settings: bytes) -> _Sequence | None:
    units = [settings[8:]] if settings[:1] == b"\1" else _units(settings, b"")
    unit = next((unit for unit in units if unit[0] & 31 == SEQUENCE), None)
    if unit is None:
        return None
    bits = _Bits(unit[1:])
    profile = bits.fixed(8)
    bits.fixed(16)
    bits.golomb()
    has_planes = False
    if profile in WITH_CHROMA:
        chroma = bits.golomb()
        has_planes = chroma == 3 and bool(bits.fixed(1))
        bits.golomb()
        bits.golomb()
        bits.fixed(1)
        if bits.fixed(1):
            for number in range(12 if chroma == 3 else 8):
                if bits.fixed(1):
                    _skip_list(bits, 16 if number < 6 else 64)
    number_bits = bits.golomb() + 4
    order = bits.golomb()  # how the order of display is told
    if order == 0:
        bits.golomb()
    elif order == 1:
        bits.fixed(1)
        bits.signed_golomb()
        bits.signed_golomb()
        for _ in range(bits.golomb()):
            bits.signed_golomb()
    bits.golomb()  # frames that are referred to
    bits.fixed(1)
    bits.golomb()  # width and height
    bits.golomb()
    return _Sequence(number_bits, has_planes, has_whole_frames=bool(bits.fixed(1)))


def _skip_list(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed_golomb()) % 256
        last = following or last


def _frame(packet: bytes, settings: bytes, sequence: _Sequence | None) -> _Frame | None:
    """What the first slice of a packet says."""
    for unit in _units(packet, settings):
        kind = unit[0] & 31
        if sequence and kind in (SLICE, KEY_SLICE):
            bits = _Bits(unit[1:])
            for _ in range(3):  # first macroblock, type, picture parameter set
                bits.golomb()
            bits.fixed(2 if sequence.has_planes else 0)
            return _Frame(bits.fixed(sequence.number_bits), kind == KEY_SLICE, bool(unit[0] & REFERENCE))
    return None
