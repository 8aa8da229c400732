"""Frames that nobody asks for, and that nothing is predicted from, are not decoded; nothing else changes."""

from itertools import pairwise

import av
import numpy as np
import pytest
from video_zoo import drop_packets, flip_bytes, read_code, write_video

from videorecap.video.clips import read_clips, read_spans
from videorecap.video.h264 import has_whole_frames, is_disposable
from videorecap.video.reader import VideoReader

THREE_B = {"g": "60", "x264-params": "bframes=3:b-adapt=0"}
FORMS = [
    ("mp4", {"g": "60"}),
    ("mkv", {"g": "250", "x264-params": "bframes=8:b-adapt=0"}),
    ("ts", {"g": "30", "x264-params": "bframes=2:b-adapt=0:b-pyramid=none"}),
    ("mp4", {"g": "60", "x264-params": "open-gop=1:bframes=3:b-adapt=0"}),
]
INTERLACED = {"g": "60", "x264-params": "interlaced=1:bframes=3:b-adapt=0"}


@pytest.fixture
def everything(monkeypatch):
    """Has all frames decoded."""

    def decode():
        whole = VideoReader.frames
        monkeypatch.setattr(VideoReader, "frames", lambda self, _=None: whole(self))

    return decode


def frames_of(path, step):
    """Frames when one of so many is wanted; all are there in order, and show what they should."""
    with VideoReader(path) as reader:
        wanted = range(0, reader.index.num_frames, step)
        frames = list(reader.frames(wanted))
        assert [frame.rank for frame in frames] == list(range(reader.index.num_frames))
        assert all(frame.picture is not None for frame in frames if frame.rank in wanted)
        for frame in frames:
            assert frame.picture is None or read_code(reader.pixels(frame)) == frame.rank
    return frames


def share_passed(frames):
    return np.mean([frame.picture is None for frame in frames])


def clips_of(path, **options):
    with VideoReader(path) as reader:
        return list(read_clips(reader, num_frames=4, **options))


def lost_seconds(clips):
    """Hundredths of a second that are in gaps."""
    return {
        n
        for clip in clips
        for gap in clip.gaps
        for n in range(*(round(100 * t) for t in (gap.span.start, gap.span.end)))
    }


@pytest.mark.parametrize(("suffix", "options"), FORMS)
def test_what_is_passed_over_changes_no_clip(tmp_path, everything, suffix, options):
    path = tmp_path / f"video.{suffix}"
    write_video(path, count=400, options=options)
    frames = frames_of(path, 30)
    assert share_passed(frames) > 0.3
    decoded = [frame.rank for frame in frames if frame.picture is not None]
    assert all((following - rank - 1) / 30 < 0.2 for rank, following in pairwise(decoded))
    ways = [{}, {"official": True}, {"skip": 2}, {"window_seconds": 0.3}]
    found = [clips_of(path, **way) for way in ways]
    spans = [clip.span for clip in found[0]]
    with VideoReader(path) as reader:
        found.append(
            [clip for _, clip in sorted(read_spans(reader, spans, num_frames=4), key=lambda item: item[0])]
        )
    everything()
    for clips, way in zip(found, [*ways, {}], strict=True):
        for clip, same in zip(clips, clips_of(path, **way), strict=True):
            assert (clip.span, clip.gaps) == (same.span, same.gaps)
            np.testing.assert_array_equal(clip.frames, same.frames)


def test_frames_that_last_are_decoded(tmp_path):
    """Damage in what is passed over is not found, so it must be too short to count."""
    write_video(tmp_path / "slow.mp4", count=60, rate=5, options=THREE_B)
    assert share_passed(frames_of(tmp_path / "slow.mp4", 5)) == 0


def test_what_may_be_fields_and_other_codecs_are_decoded_whole(tmp_path):
    write_video(tmp_path / "video.mp4", count=90, options=INTERLACED)
    assert share_passed(frames_of(tmp_path / "video.mp4", 30)) == 0
    write_video(tmp_path / "video.mpg", codec="mpeg2video", count=90, options={"bf": "2"})
    assert share_passed(frames_of(tmp_path / "video.mpg", 30)) == 0


def test_damage_to_what_is_passed_over_costs_nothing(tmp_path):
    """To what is looked at it costs that frame, and those coded after it, as it did."""
    path = tmp_path / "video.mp4"
    write_video(path, count=240, options={"g": "60", "x264-params": "bframes=1:b-adapt=0:b-pyramid=none"})
    with VideoReader(path) as reader:
        rank = next(frame.rank for frame in reader.frames([]) if frame.picture is None and frame.rank > 60)
        seconds = reader.index.starts[rank]
    invert(path, lambda packets: next(p for p in packets if abs(float(p.pts * p.time_base) - seconds) < 0.01))
    with VideoReader(path) as reader:
        assert [frame.rank for frame in reader.frames([])] == list(range(240))
        assert rank not in [frame.rank for frame in reader.frames([rank])]


def invert(path, choose):
    """Break a packet of an mp4 file, all but its length and kind."""
    with av.open(str(path)) as video:
        broken = choose([packet for packet in video.demux(video.streams.video[0]) if packet.size])
    data = bytearray(path.read_bytes())
    for place in range(broken.pos + 5, broken.pos + broken.size):
        data[place] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize("suffix", ["ts", "mkv", "mp4"])
def test_a_video_that_starts_between_keyframes_lacks_its_start(tmp_path, everything, suffix):
    """Its frames never come out, and the decoder says nothing of it; those passed over are lost as well."""
    whole, cut = tmp_path / f"whole.{suffix}", tmp_path / f"cut.{suffix}"
    write_video(whole, count=300, options=THREE_B | {"g": "120"})
    drop_packets(whole, cut, -1, 1)
    lost = lost_seconds(clips_of(cut))
    assert len(lost) > 250
    everything()
    assert lost == lost_seconds(clips_of(cut))


def test_lost_references_are_in_a_gap(tmp_path):
    """The decoder says nothing of it; and only they were to be decoded, so each is a short loss by itself."""
    path = tmp_path / "video.mp4"
    write_video(path, count=240, options={"g": "60", "x264-params": "bframes=3:b-adapt=0:b-pyramid=none"})
    invert(path, lambda packets: packets[65])
    lost = lost_seconds(clips_of(path))
    assert len(lost) > 40
    assert min(lost) > 190 and max(lost) < 300


@pytest.mark.parametrize("suffix", ["ts", "mkv", "mp4"])
def test_damage_is_found_as_if_all_was_decoded(tmp_path, everything, suffix):
    whole, broken = tmp_path / f"whole.{suffix}", tmp_path / f"broken.{suffix}"
    write_video(whole, count=480, options=THREE_B)
    flip_bytes(whole, broken, 5.0, 5.7)
    clips = clips_of(broken)
    everything()
    same = clips_of(broken)
    assert [clip.frames is None for clip in clips] == [clip.frames is None for clip in same]
    assert len(lost_seconds(same) - lost_seconds(clips)) < 20


def test_chunks_pass_over_their_own(tmp_path):
    for start in (0, 4):
        write_video(tmp_path / f"{start}.mp4", count=120, options=THREE_B)
    with VideoReader(tmp_path) as reader:
        wanted = [5, 118, 121, 239]
        frames = list(reader.frames(wanted))
        assert len(frames) == 240
        seen = {f.rank: read_code(reader.pixels(f)) for f in frames if f.picture is not None}
        assert [seen[rank] for rank in wanted] == [5, 118, 1, 119]
        assert len(seen) < 150


def test_after_closing_there_are_no_more_frames(tmp_path):
    path = tmp_path / "video.mp4"
    write_video(path, count=120, options=THREE_B)
    reader = VideoReader(path)
    frames = reader.frames([])
    next(frames)
    reader.close()
    assert len(list(frames)) < 10  # what the decoder had given


def test_packets_tell_whether_they_are_referred_to(tmp_path):
    slices, hint = bytes([0x01, 0x9A]), bytes([0x06, 0x05])  # nal_ref_idc is 0 in both
    kept = bytes([0x41, 0x9A])
    lengths = b"\1" + bytes([100, 0, 30, 0xFF])
    assert is_disposable(b"\0\0\0\1" + hint + b"\0\0\1" + slices, b"")
    assert not is_disposable(b"\0\0\0\1" + hint + b"\0\0\1" + kept, b"")
    assert is_disposable(b"\0\0\0\2" + hint + b"\0\0\0\2" + slices, lengths)
    assert not is_disposable(b"\0\0\0\2" + hint + b"\0\0\0\2" + kept, lengths)
    for unknown in (b"", b"\0\0\0\1" + hint, b"\0\0\0\0\0"):
        assert not is_disposable(unknown, b"") and not is_disposable(unknown, lengths)
    assert not is_disposable(slices, b"\1") and not has_whole_frames(b"\1") and not has_whole_frames(b"")
