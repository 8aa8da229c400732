"""Every sampled frame of every kind of file is the one that is shown at its time."""

from fractions import Fraction
from itertools import accumulate

import numpy as np
import pytest
from video_zoo import expected_codes, paint, read_code, set_matrix, write_video

from videorecap.video.clips import read_clips
from videorecap.video.reader import VideoReader

FULL = (15, 45, 74, 104)
QUIET = {"x265-params": "log-level=none"}
FAST_VPX = {"deadline": "realtime", "cpu-used": "8", "b": "1M"}
# suffix, encoder, pixel format, options
KINDS = [
    ("mp4", "libx264", "yuv420p", {}),
    ("mp4", "libx264", "yuv420p", {"bf": "0"}),
    ("mov", "libx264", "yuv444p", {}),
    ("mkv", "libx264", "yuv420p10le", {}),
    ("ts", "libx264", "yuv420p", {}),
    ("avi", "libx264", "yuv420p", {}),
    ("flv", "libx264", "yuv420p", {}),
    ("h264", "libx264", "yuv420p", {}),
    ("mp4", "libx265", "yuv420p", QUIET),
    ("mkv", "libx265", "yuv420p10le", QUIET),
    ("mp4", "libx265", "yuv422p12le", QUIET),
    ("webm", "libvpx", "yuv420p", FAST_VPX | {"auto-alt-ref": "1", "lag-in-frames": "16"}),
    ("webm", "libvpx-vp9", "yuv420p", FAST_VPX | {"lag-in-frames": "16"}),
    ("webm", "libsvtav1", "yuv420p", {"preset": "12", "crf": "20"}),
    ("mp4", "libsvtav1", "yuv420p10le", {"preset": "12", "crf": "20"}),
    ("ts", "mpeg2video", "yuv420p", {"bf": "2", "b": "2M"}),
    ("mkv", "mpeg2video", "yuv422p", {"b": "2M"}),
    ("avi", "mpeg4", "yuv420p", {"bf": "2", "b": "2M"}),
    ("mp4", "mpeg4", "yuv420p", {"b": "2M"}),
    ("avi", "mjpeg", "yuvj420p", {}),
    ("mov", "prores_ks", "yuv422p10le", {}),
    ("mkv", "ffv1", "yuv444p10le", {}),
    ("asf", "wmv2", "yuv420p", {"b": "2M"}),
    ("gif", "gif", "rgb8", {}),
]


def codes_of(path, num_frames=4, **options):
    with VideoReader(path) as reader:
        clips = list(read_clips(reader, num_frames=num_frames, **options))
    assert not any(clip.gaps for clip in clips)
    return [[read_code(picture) for picture in clip.frames] for clip in clips]


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "codec", "pixels", "options"), KINDS, ids=lambda v: str(v)[:24])
def test_container_and_codec(tmp_path, suffix, codec, pixels, options):
    path = tmp_path / f"video.{suffix}"
    write_video(path, codec=codec, pixels=pixels, options=options, count=150)
    if suffix == "h264":  # it stores no rate; 25 Hz is assumed
        with VideoReader(path) as reader:
            assert reader.index.num_frames == 150
            assert [read_code(reader.pixels(frame)) for frame in reader.frames()] == list(range(150))
        return
    first, last = codes_of(path)
    assert first == list(FULL)
    assert last == [123, 130, 138, 145]  # a clip of one second
    with VideoReader(path) as reader:
        assert reader.index.num_frames == 150
        assert reader.info.duration_seconds == pytest.approx(5.0, abs=0.011)
        assert reader.info.frame_rate == pytest.approx(30, rel=0.002)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["mp4", "ts"])
@pytest.mark.parametrize("rate", [Fraction(30000, 1001), Fraction(24000, 1001), 25, 50, 60, 12, 5])
def test_other_rates_follow_time(tmp_path, suffix, rate):
    path = tmp_path / f"video.{suffix}"
    options = {"b": "2M"} if suffix == "ts" else {}
    times = write_video(path, rate=rate, count=int(6 * rate), options=options)
    with VideoReader(path) as reader:
        clips = list(read_clips(reader, num_frames=4))
    assert [read_code(picture) for picture in clips[0].frames] == expected_codes(times, 0, FULL)


@pytest.mark.parametrize("size", [(33, 47), (101, 35), (64, 48)])
def test_odd_sizes(tmp_path, size):
    path = tmp_path / "video.mkv"
    write_video(path, codec="ffv1", pixels="yuv444p", size=size, count=150)
    with VideoReader(path) as reader:
        assert (reader.info.width, reader.info.height) == size
    assert codes_of(path)[0] == list(FULL)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
@pytest.mark.parametrize("b_frames", ["0", "3"])
def test_variable_rate_and_a_frame_that_stays_up_for_long(tmp_path, suffix, b_frames):
    steps = [Fraction(1, 20), Fraction(1, 60), Fraction(1, 7), Fraction(1, 30)] * 25
    steps[50] = Fraction(10)  # a screen on which nothing moves
    times = list(accumulate(steps, initial=Fraction(0)))
    path = tmp_path / f"video.{suffix}"
    write_video(path, times=times, options={"bf": b_frames})
    got = codes_of(path)
    for number, codes in enumerate(got[:-1]):
        assert codes == expected_codes(times, 4 * number, FULL)


@pytest.mark.parametrize(
    ("suffix", "start"), [("mkv", "7"), ("ts", "3600.5"), ("mp4", "2.4"), ("ts", "0.02")]
)
def test_time_is_zero_at_the_first_frame(tmp_path, suffix, start):
    times = [Fraction(start) + Fraction(i, 30) for i in range(150)]
    path = tmp_path / f"video.{suffix}"
    write_video(path, times=times)
    assert codes_of(path)[0] == list(FULL)


def test_frames_that_an_edit_list_hides_do_not_count(tmp_path):
    path = tmp_path / "video.mp4"
    times = [Fraction(i - 40, 30) for i in range(160)]
    write_video(path, times=times, container={"avoid_negative_ts": "disabled", "use_editlist": "1"})
    with VideoReader(path) as reader:
        assert reader.index.num_frames == 120
        (clip,) = read_clips(reader, num_frames=4)
    assert [read_code(picture) for picture in clip.frames] == [40 + i for i in FULL]


def test_sound_and_a_longer_sound_track_change_nothing(tmp_path):
    path = tmp_path / "video.mkv"
    write_video(path, count=120, audio_seconds=9.0)
    assert codes_of(path) == [list(FULL)]


@pytest.mark.parametrize(
    "matrix",
    [
        *((1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0)),
        *((-1, 0, 0, 1), (1, 0, 0, -1), (0, 1, 1, 0), (0, -1, -1, 0)),
    ],
)
def test_rotation_and_mirroring_are_applied(tmp_path, matrix):
    a, b, c, d = matrix
    code = 0b0011_0101_1000_0001
    coded = paint(code, 96, 48)
    path = tmp_path / "video.mp4"
    write_video(path, count=1, size=(96, 48), turn=lambda _: coded, options={"crf": "1"})
    set_matrix(path, matrix)
    with VideoReader(path) as reader:
        (clip,) = read_clips(reader, num_frames=4)
        info = reader.info
    rows, columns = np.mgrid[0:48, 0:96]
    x, y = a * columns + c * rows, b * columns + d * rows  # where the matrix puts each pixel
    shown = np.zeros((np.ptp(y) + 1, np.ptp(x) + 1, 3), np.uint8)
    shown[y - y.min(), x - x.min()] = coded
    assert (info.height, info.width) == shown.shape[:2]
    assert clip.frames[0].shape == shown.shape
    assert np.abs(clip.frames[0].astype(int) - shown).mean() < 6


@pytest.mark.slow
@pytest.mark.parametrize("skip", [0, 1, 2, 5])
def test_skipping_clips_gives_the_rest_of_the_same_clips(tmp_path, skip):
    path = tmp_path / "video.mp4"
    write_video(path, count=550)
    whole, rest = codes_of(path), codes_of(path, skip=skip)
    assert len(whole) == 5
    assert rest == whole[skip:]


def test_skipped_clips_are_not_converted(tmp_path, monkeypatch):
    path = tmp_path / "video.mp4"
    write_video(path, count=360)
    converted = []
    real = VideoReader.pixels
    monkeypatch.setattr(
        VideoReader, "pixels", lambda self, frame: converted.append(frame.rank) or real(self, frame)
    )
    codes_of(path, skip=2)
    assert converted == [240 + i for i in FULL]


@pytest.mark.parametrize("rate", [25, 30, 60])
def test_official_sampling_takes_frame_numbers(tmp_path, rate):
    path = tmp_path / "video.mp4"
    write_video(path, rate=rate, count=8 * rate)
    second = [120 + i for i in FULL] if rate > 25 else [130, 150, 169, 189]  # 25 Hz: 80 frames are left
    assert codes_of(path, official=True) == [list(FULL), second]
