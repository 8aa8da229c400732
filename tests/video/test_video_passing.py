"""Frames that nobody asks for, and that nothing is predicted from, are not decoded; nothing else changes."""

import av
import numpy as np
import pytest
from video_zoo import read_code, write_video

from videorecap.video.clips import read_clips, read_spans
from videorecap.video.reader import VideoReader

FORMS = [
    ("mp4", {"g": "60"}),
    ("mkv", {"g": "250", "x264-params": "bframes=8:b-adapt=0"}),
    ("ts", {"g": "30", "x264-params": "bframes=2:b-adapt=0:b-pyramid=none"}),
    ("mp4", {"g": "60", "x264-params": "open-gop=1:bframes=3:b-adapt=0"}),
    ("mp4", {"g": "60", "x264-params": "interlaced=1:bframes=3:b-adapt=0"}),
]


def shares(path, rate):
    """Of frames that are passed over when one a second is wanted, and of the time that they show in a row."""
    with VideoReader(path) as reader:
        wanted = range(0, reader.index.num_frames, rate)
        frames = list(reader.frames(wanted))
        assert [frame.rank for frame in frames] == list(range(reader.index.num_frames))
        assert all(frame.picture is not None for frame in frames if frame.rank in wanted)
        codes = [read_code(reader.pixels(frame)) for frame in frames if frame.picture is not None]
        assert codes == [frame.rank for frame in frames if frame.picture is not None]
    passed = np.array([frame.picture is None for frame in frames])
    longest = max(map(len, "".join("#" if is_passed else "." for is_passed in passed).split(".")))
    return passed.mean(), longest / rate


@pytest.mark.parametrize(("suffix", "options"), FORMS)
def test_what_is_passed_over_changes_no_clip(tmp_path, monkeypatch, suffix, options):
    path = tmp_path / f"video.{suffix}"
    write_video(path, count=400, options=options)
    share, longest = shares(path, 30)
    assert share > 0.3
    assert longest < 0.2
    with VideoReader(path) as reader:
        clips = list(read_clips(reader, num_frames=4))
        numbers = [number for number, _ in read_spans(reader, [clip.span for clip in clips], num_frames=4)]
    whole = VideoReader.frames
    monkeypatch.setattr(VideoReader, "frames", lambda self, wanted: whole(self))
    with VideoReader(path) as reader:
        for clip, same in zip(clips, read_clips(reader, num_frames=4), strict=True):
            assert (clip.span, clip.gaps) == (same.span, same.gaps)
            np.testing.assert_array_equal(clip.frames, same.frames)
    assert sorted(numbers) == list(range(len(clips)))


def test_frames_that_last_are_decoded(tmp_path):
    """Damage in what is passed over is not found, so it must be too short to count."""
    write_video(tmp_path / "slow.mp4", count=60, rate=5, options={"x264-params": "bframes=3:b-adapt=0"})
    assert shares(tmp_path / "slow.mp4", 5) == (0, 0)


def test_other_codecs_are_decoded_whole(tmp_path):
    write_video(tmp_path / "video.mpg", codec="mpeg2video", count=90, options={"bf": "2"})
    with VideoReader(tmp_path / "video.mpg") as reader:
        assert all(frame.picture is not None for frame in reader.frames([0]))


def test_damage_to_what_is_passed_over_costs_nothing(tmp_path):
    """To what is looked at it costs that frame, and those coded after it, as it did."""
    path = tmp_path / "video.mp4"
    write_video(path, count=240, options={"g": "60", "x264-params": "bframes=1:b-adapt=0:b-pyramid=none"})
    with VideoReader(path) as reader:
        rank = next(frame.rank for frame in reader.frames([]) if frame.picture is None and frame.rank > 60)
        seconds = reader.index.starts[rank]
    with av.open(str(path)) as video:
        packets = [packet for packet in video.demux(video.streams.video[0]) if packet.size]
    broken = next(packet for packet in packets if abs(float(packet.pts * packet.time_base) - seconds) < 0.01)
    data = bytearray(path.read_bytes())
    for place in range(broken.pos + 5, broken.pos + broken.size):  # after length and kind
        data[place] ^= 0xFF
    path.write_bytes(data)
    with VideoReader(path) as reader:
        assert [frame.rank for frame in reader.frames([])] == list(range(240))
        assert rank not in [frame.rank for frame in reader.frames([rank])]


def test_chunks_pass_over_their_own(tmp_path):
    for start in (0, 4):
        write_video(tmp_path / f"{start}.mp4", count=120, options={"x264-params": "bframes=3:b-adapt=0"})
    with VideoReader(tmp_path) as reader:
        wanted = [5, 118, 121, 239]
        frames = list(reader.frames(wanted))
        assert len(frames) == 240
        seen = {f.rank: read_code(reader.pixels(f)) for f in frames if f.picture is not None}
        assert [seen[rank] for rank in wanted] == [5, 118, 1, 119]
        assert len(seen) < 150
