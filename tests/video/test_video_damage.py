"""Damage loses only what is damaged, and every lost second is in a gap."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from video_zoo import drop_packets, flip_bytes, read_code, truncate, write_video

from videorecap.errors import VideoError
from videorecap.video.clips import read_clips
from videorecap.video.reader import VideoReader

QUIET = {"x265-params": "log-level=none:keyint=60"}
H264 = {"g": "60"}
STREAMS = [
    ("mp4", "libx264", H264),
    ("mp4", "libx264", {"g": "60", "bf": "0"}),
    ("mkv", "libx264", H264),
    ("ts", "libx264", H264),
    ("mkv", "libx265", QUIET),
    ("webm", "libvpx-vp9", {"g": "60", "deadline": "realtime", "cpu-used": "8", "b": "1M"}),
    ("ts", "mpeg2video", {"g": "30", "bf": "2", "b": "2M"}),
    ("mov", "prores_ks", {}),
]
AVI = ("avi", "mpeg4", {"g": "60", "b": "2M"})  # whose frames have no times: lost bytes move those after
SIZE = (96, 72)
SECONDS = 16


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Makes a whole video, or gives the one made before."""
    folder, made = tmp_path_factory.mktemp("whole"), {}

    def get(suffix, codec, options, **more):
        key = str((suffix, codec, options, more))
        if key not in made:
            made[key] = folder / f"{len(made)}.{suffix}"
            make(made[key], codec, options, **more)
        return made[key]

    return get


def make(path, codec, options, seconds=SECONDS, **more):
    pixels = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
    write_video(path, codec=codec, pixels=pixels, options=options, size=SIZE, count=30 * seconds, **more)


def clips_of(path):
    with VideoReader(path) as reader:
        clips = list(read_clips(reader, num_frames=4))
        assert clips[0].span.start == 0
        assert clips[-1].span.end == pytest.approx(reader.index.duration_seconds)
    for clip, following in pairwise(clips):
        assert clip.span.end == following.span.start
    return clips


def lost_spans(clips):
    """The gaps of all clips, those that touch joined."""
    joined = []
    for gap in (gap for clip in clips for gap in clip.gaps):
        if joined and abs(joined[-1][1] - gap.span.start) < 1e-6:
            joined[-1][1] = gap.span.end
        else:
            joined.append([gap.span.start, gap.span.end])
    return joined


def check_shown(clips):
    """Every frame is one of its clip's, and is no lost one; returns the codes."""
    for clip in clips:
        for gap in clip.gaps:
            assert clip.span.start <= gap.span.start < gap.span.end <= clip.span.end
            assert gap.level == "clip"
            assert "\n" not in gap.reason
        if clip.frames is None:
            assert [gap.span for gap in clip.gaps] == [clip.span]
            continue
        for picture in clip.frames:
            seconds = read_code(picture) / 30
            assert clip.span.start - 0.04 <= seconds < clip.span.end
            assert not any(gap.span.start + 0.04 < seconds < gap.span.end - 0.04 for gap in clip.gaps)


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "codec", "options"), [*STREAMS, AVI], ids=lambda v: str(v)[:20])
def test_dropped_packets_become_a_gap(tmp_path, stored, suffix, codec, options):
    whole, holed = stored(suffix, codec, options), tmp_path / f"holed.{suffix}"
    drop_packets(whole, holed, 5.1, 7.3)
    clips = clips_of(holed)
    ((start, end),) = lost_spans(clips)
    assert start == pytest.approx(5.1, abs=0.25)  # frames that were coded from lost ones may go too
    assert 7.2 < end < 7.3 + 60 / 30 + 0.1  # the next keyframe heals it
    check_shown(clips)
    assert all(clip.frames is not None and not clip.gaps for clip in (clips[0], clips[3]))
    assert clips[1].frames is not None


@pytest.mark.parametrize(("suffix", "codec", "options"), STREAMS, ids=lambda v: str(v)[:20])
def test_flipped_bytes_lose_only_their_surroundings(tmp_path, stored, suffix, codec, options):
    whole, broken = stored(suffix, codec, options), tmp_path / f"broken.{suffix}"
    flip_bytes(whole, broken, 5.0, 5.7)
    clips = clips_of(broken)
    spans = lost_spans(clips)
    assert spans or codec == "prores_ks"  # whose slices hide damage well
    assert all(4.5 < start < end < 8.5 for start, end in spans)  # up to a keyframe, or a cluster
    assert all(clip.frames is not None and not clip.gaps for clip in (clips[0], clips[3]))


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.5, 0.9])
@pytest.mark.parametrize(
    ("suffix", "codec", "container"),
    [
        ("mp4", "libx264", {"movflags": "faststart"}),
        ("mkv", "libx264", {}),
        ("avi", "mpeg4", {}),
        ("ts", "libx264", {}),
    ],
)
def test_a_cut_off_file_gives_what_it_holds_and_a_gap_over_the_rest(
    tmp_path, stored, suffix, codec, container, share
):
    whole, cut = stored(suffix, codec, {"g": "30"}, container=container), tmp_path / f"cut.{suffix}"
    truncate(whole, cut, share)
    clips = clips_of(cut)
    check_shown(clips)
    readable = clips[-1].span.end
    if suffix != "ts":  # which declares no duration
        assert readable == pytest.approx(SECONDS, abs=0.45)
        for span in lost_spans(clips):  # one, or none if it would be too short
            readable = span[0]
            assert span[1] == clips[-1].span.end
    good = [clip for clip in clips if clip.frames is not None]
    assert len(good) == int(np.ceil(readable / 4)) or suffix == "ts"
    for clip, reference in zip(good[:-1], clips_of(whole), strict=False):
        np.testing.assert_array_equal(clip.frames, reference.frames)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
@pytest.mark.parametrize("b_frames", ["0", "3"])
def test_a_steady_video_with_one_long_frame_has_no_gap(tmp_path, suffix, b_frames):
    times = [Fraction(i, 30) + (10 if i >= 150 else 0) for i in range(300)]
    path = tmp_path / f"video.{suffix}"
    pixels = "yuv444p" if suffix == "mkv" else "yuv420p"
    write_video(path, times=times, pixels=pixels, options={"bf": b_frames, "sc_threshold": "0"})
    clips = clips_of(path)
    assert not lost_spans(clips)
    assert [read_code(picture) for picture in clips[2].frames] == [149] * 4


def test_a_file_without_its_table_of_contents_is_refused(tmp_path):
    whole, cut = tmp_path / "whole.mp4", tmp_path / "cut.mp4"
    make(whole, "libx264", H264, seconds=2)
    truncate(whole, cut, 0.5)
    with pytest.raises(VideoError, match=r"cut\.mp4: not a video that FFmpeg can read"):
        VideoReader(cut)


def test_a_video_of_noise_is_refused(tmp_path):
    whole, broken = tmp_path / "whole.mp4", tmp_path / "broken.mp4"
    make(whole, "libx264", H264, seconds=2, container={"movflags": "faststart"})
    data = bytearray(whole.read_bytes())
    start = data.index(b"mdat") + 4
    data[start:] = bytes(len(data) - start)
    broken.write_bytes(bytes(data))
    with pytest.raises(VideoError, match="no frame of its video can be decoded"):
        VideoReader(broken)


def test_a_clock_that_leaps_for_hours_is_not_believed(tmp_path):
    path = tmp_path / "video.mkv"
    write_video(path, times=[Fraction(i, 30) + (50_000 if i >= 60 else 0) for i in range(120)])
    codes = [[read_code(picture) for picture in clip.frames] for clip in clips_of(path)]
    assert codes == [[15, 45, 74, 104]]


def test_broken_times_do_not_make_a_video_longer(tmp_path):
    whole, broken = tmp_path / "whole.ts", tmp_path / "broken.ts"
    make(whole, "libx264", {"g": "60", "bf": "0"})
    data = bytearray(whole.read_bytes())
    header = [at for at in range(len(data)) if data[at : at + 4] == b"\x00\x00\x01\xe0"][300]
    data[header + 9] ^= 0x0E  # the highest bits of a packet's time
    broken.write_bytes(bytes(data))
    with VideoReader(broken) as reader:
        assert reader.index.duration_seconds == pytest.approx(SECONDS, abs=0.1)


def test_joined_streams_whose_clock_starts_over_run_on(tmp_path):
    one, two = tmp_path / "one.ts", tmp_path / "two.ts"
    make(one, "libx264", H264, seconds=8)
    two.write_bytes(one.read_bytes() * 2)
    codes = [[read_code(picture) for picture in clip.frames] for clip in clips_of(two)]
    assert len(codes) == 4
    assert codes[:2] == codes[2:]
