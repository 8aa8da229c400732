"""A folder of chunks is one video: its clock runs on, and what is missing is a gap."""

from fractions import Fraction

import numpy as np
import pytest

from tests.video.video_zoo import read_code, write_video
from videorecap.errors import VideoError
from videorecap.types import Span
from videorecap.video.chunks import read_headers
from videorecap.video.clips import read_clips
from videorecap.video.reader import VideoReader, probe

RATE = 10
SECONDS = 8  # of a chunk


def write_chunks(folder, *starts, seconds=SECONDS, name="{}.mp4", **options):
    folder.mkdir(exist_ok=True)
    for start in starts:
        write_video(folder / name.format(start), rate=RATE, count=round(seconds * RATE), **options)
    return folder


def clips_of(path):
    with VideoReader(path) as reader:
        return [
            (clip.span, None if clip.frames is None else list(map(read_code, clip.frames)), clip.gaps)
            for clip in read_clips(reader, num_frames=4)
        ]


def test_the_clock_runs_on_from_chunk_to_chunk(tmp_path):
    folder = write_chunks(tmp_path / "video.mp4", 0, 8, 16)
    with VideoReader(folder) as reader:
        frames = list(reader.frames())
        assert [frame.rank for frame in frames] == list(range(240))
        assert np.allclose(reader.index.starts, np.arange(240) / RATE)
        assert reader.info.duration_seconds == pytest.approx(24.0)
        assert reader.info.frame_rate == pytest.approx(RATE)
        assert [read_code(reader.pixels(frame)) for frame in frames] == 3 * list(range(80))
    assert read_headers(folder).seconds == pytest.approx(24.0)
    assert read_headers(folder).holes == ()


def test_headers_tell_where_chunks_are_missing_or_short(tmp_path):
    folder = write_chunks(tmp_path / "video.mp4", 4, 24)
    write_chunks(folder, 12, seconds=5)
    holes = [(hole.start, hole.end) for hole in read_headers(folder).holes]
    assert holes == [(0.0, 4.0), pytest.approx((17.0, 24.0))]
    (folder / "12.mp4").write_bytes(b"")
    with pytest.raises(VideoError, match=r"12\.mp4: is empty"):
        read_headers(folder)


def test_clips_are_those_of_the_same_video_in_one_file(tmp_path):
    """Chunks of 6 s and clips of 4 s: the second clip has frames of both chunks."""
    whole = tmp_path / "whole.mp4"
    write_video(whole, rate=RATE, count=120)
    folder = write_chunks(tmp_path / "video.mp4", 0, 6, seconds=6)
    expected = [(span, [code % 60 for code in codes], ()) for span, codes, _ in clips_of(whole)]
    assert clips_of(folder) == expected
    assert any(max(codes) > 50 and min(codes) < 10 for _, codes, _ in expected)


def test_a_chunk_of_one_file_is_that_file(tmp_path):
    folder = write_chunks(tmp_path / "video.mp4", 0)
    assert clips_of(folder) == clips_of(folder / "0.mp4")


@pytest.mark.parametrize(
    ("starts", "lost"),
    [
        ((0, 16), [(8.0, 12.0), (12.0, 16.0)]),
        ((8,), [(0.0, 4.0), (4.0, 8.0)]),
        ((8, 24), [(0.0, 4.0), (4.0, 8.0), (16.0, 20.0), (20.0, 24.0)]),
    ],
)
def test_a_missing_chunk_is_a_gap_and_no_frame_stands_in_for_it(starts, lost, tmp_path):
    clips = clips_of(write_chunks(tmp_path / "video.mp4", *starts))
    assert clips[-1][0].end == starts[-1] + SECONDS
    assert [(span.start, span.end) for span, codes, _ in clips if codes is None] == lost
    for span, codes, gaps in clips:
        if codes is None:
            assert [gap.span for gap in gaps] == [span]
            assert gaps[0].reason == "the file lacks data of this part of the video"
        else:
            assert gaps == ()
            assert all(abs(code / RATE - span.start % SECONDS - 2) <= 2 for code in codes)


def test_a_clip_half_in_a_missing_chunk_keeps_its_frames_and_says_what_is_missing(tmp_path):
    clips = clips_of(write_chunks(tmp_path / "video.mp4", 0, 12, seconds=6))
    span, codes, gaps = clips[1]
    assert (span, [gap.span for gap in gaps]) == (Span(4, 8), [Span(6, 8)])
    assert all(40 <= code < 60 for code in codes)
    assert clips[2][1] is None


@pytest.mark.parametrize(("broken", "lost"), [(8, (8.0, 16.0)), (16, (16.0, 24.0))])
def test_a_broken_chunk_is_a_gap_with_a_warning(broken, lost, tmp_path, caplog):
    folder = write_chunks(tmp_path / "video.mp4", 0, 8, 16)
    (folder / f"{broken}.mp4").write_bytes(b"")
    clips = clips_of(folder)
    assert clips[-1][0].end == 24.0
    assert [span.start for span, codes, _ in clips if codes is None] == [lost[0], lost[0] + 4]
    assert f"{broken}.mp4: is empty" in caplog.text


def test_small_overlaps_and_holes_between_chunks_do_not_show(tmp_path):
    folder = tmp_path / "video.mp4"
    write_chunks(folder, 0, seconds=8.3)
    write_chunks(folder, 8, seconds=7.9)
    write_chunks(folder, 16)
    with VideoReader(folder) as reader:
        assert (np.diff(reader.index.starts) > 0).all()
        assert np.allclose(reader.index.ends[:-1], reader.index.starts[1:])
        assert [frame.rank for frame in reader.frames()] == list(range(80 + 79 + 80))
    assert all(gaps == () for _, _, gaps in clips_of(folder))


def test_chunks_of_other_sizes_are_shown_in_that_of_the_first(tmp_path):
    folder = write_chunks(tmp_path / "video.mp4", 0)
    write_chunks(folder, 8, size=(128, 96))
    with VideoReader(folder) as reader:
        shapes = {reader.pixels(frame).shape for frame in reader.frames()}
        assert shapes == {(48, 64, 3)}
    assert len(clips_of(folder)) == 4


def test_numbers_are_seconds_in_order_of_number_and_other_files_do_not_count(tmp_path):
    folder = write_chunks(tmp_path / "video.mp4", 0, 8, 16, 104, name="{}.mkv")
    (folder / "notes.txt").write_text("x")
    (folder / ".8.mp4").write_text("x")
    assert probe(folder).duration_seconds == pytest.approx(112.0)


def test_the_digest_tells_chunks_apart(tmp_path):
    first = write_chunks(tmp_path / "a.mp4", 0, 8)
    digests = {probe(first).sha256, probe(write_chunks(tmp_path / "b.mp4", 0, 16)).sha256}
    write_video(first / "8.mp4", rate=RATE, count=79)
    digests.add(probe(first).sha256)
    assert len(digests) == 3


def test_numbered_videos_are_not_taken_for_chunks(tmp_path):
    folder = write_chunks(tmp_path / "videos", 1, 2, 3)
    with pytest.raises(VideoError, match=r"1\.mp4: goes on for 8\.0 s, past the next file at 2 s"):
        VideoReader(folder)


def test_what_cannot_be_one_video_is_said_in_one_line(tmp_path):
    empty = tmp_path / "empty.mp4"
    empty.mkdir()
    with pytest.raises(VideoError, match="is a directory"):
        VideoReader(empty)
    twice = write_chunks(tmp_path / "twice.mp4", 0)
    write_chunks(twice, 0, name="0{}.mp4")
    with pytest.raises(VideoError, match=r"0\.mp4 and 00\.mp4 begin at one time|00\.mp4 and 0\.mp4 begin"):
        VideoReader(twice)
    for name in ("0.mp4", "8.mp4"):
        (empty / name).write_text("no video")
    with pytest.raises(VideoError, match="none of its 2 chunks can be read"):
        VideoReader(empty)


def test_chunks_of_variable_rate_keep_their_times(tmp_path):
    folder = tmp_path / "video.mp4"
    folder.mkdir()
    times = [Fraction(number * number, 100) for number in range(20)]
    write_video(folder / "0.mp4", times=times)
    write_video(folder / "5.mp4", times=times)
    with VideoReader(folder) as reader:
        own = [float(time) for time in times]
        assert np.allclose(reader.index.starts, [*own, *(time + 5 for time in own)], atol=0.002)
