"""Bad inputs give one line each; facts about good ones are right; nothing stays open."""

import hashlib
import subprocess
import sys
import weakref
from pathlib import Path

import av
import numpy as np
import pytest
from video_zoo import read_code, set_matrix, write_video

from videorecap.errors import VideoError
from videorecap.types import Span
from videorecap.video.clips import read_clips, read_spans
from videorecap.video.reader import VideoReader, file_digest, probe


def sound_only(path):
    with av.open(str(path), "w") as output:
        stream = output.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8000
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


BAD = [
    ("missing.mp4", lambda path: None, "no such file"),
    ("folder.mp4", lambda path: path.mkdir(), "is a directory"),
    ("empty.mp4", lambda path: path.touch(), "0 bytes"),
    ("text.mp4", lambda path: path.write_text("a line of text\n" * 99), "not a video"),
    ("text.txt", lambda path: path.write_text("a line of text\n" * 99), "holds no video"),
    ("noise.mkv", lambda path: path.write_bytes(bytes(range(256)) * 40), "not a video"),
    ("sound.m4a", sound_only, "only audio"),
]


@pytest.mark.parametrize(("name", "make", "message"), BAD, ids=lambda v: v if isinstance(v, str) else "")
def test_a_bad_input_gives_one_line(tmp_path, name, make, message):
    path = tmp_path / name
    make(path)
    with pytest.raises(VideoError, match=message) as caught:
        VideoReader(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_probe_tells_the_facts(tmp_path):
    path = tmp_path / "video.mp4"
    write_video(path, count=90, size=(64, 48))
    set_matrix(path, (0, 1, -1, 0))
    info = probe(path)
    assert info.path == str(path)
    assert info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest() == file_digest(path)
    assert (info.width, info.height) == (48, 64)
    assert info.duration_seconds == pytest.approx(3.0)
    assert info.frame_rate == pytest.approx(30.0)


def test_a_single_frame_is_a_clip(tmp_path):
    path = tmp_path / "video.mp4"
    write_video(path, count=1)
    with VideoReader(path) as reader:
        (clip,) = read_clips(reader, num_frames=4)
    assert [read_code(picture) for picture in clip.frames] == [0] * 4


@pytest.mark.slow
def test_files_are_closed(tmp_path):
    path = tmp_path / "video.mp4"
    write_video(path, count=30)
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        pytest.skip("the system does not list open files")
    before = len(list(descriptors.iterdir()))
    for _ in range(200):
        with VideoReader(path) as reader:
            next(reader.frames())
    assert len(list(descriptors.iterdir())) <= before


def test_a_reader_can_be_read_twice(tmp_path):
    path = tmp_path / "video.mp4"
    write_video(path, count=60)
    with VideoReader(path) as reader:
        ranks = [[frame.rank for frame in reader.frames()] for _ in range(2)]
    assert ranks == [list(range(60))] * 2


@pytest.mark.slow
def test_the_first_clip_does_not_wait_for_the_whole_file(tmp_path, monkeypatch):
    path = tmp_path / "video.mp4"
    write_video(path, count=900)
    seen = []
    real = VideoReader.frames
    monkeypatch.setattr(
        VideoReader,
        "frames",
        lambda self, wanted: (seen.append(frame.rank) or frame for frame in real(self, wanted)),
    )
    with VideoReader(path) as reader:
        next(read_clips(reader, num_frames=4))
    assert max(seen) < 200


@pytest.mark.parametrize("by_spans", [False, True])
def test_pixels_are_let_go_when_their_clip_is_read(tmp_path, monkeypatch, by_spans):
    path = tmp_path / "video.mp4"
    write_video(path, count=900)
    made = []
    real = VideoReader.pixels

    def pixels(self, frame):
        picture = real(self, frame)
        made.append(weakref.ref(picture))
        return picture

    monkeypatch.setattr(VideoReader, "pixels", pixels)
    spans = [Span(start, start + 4.0) for start in range(0, 28, 4)]
    with VideoReader(path) as reader:
        clips = read_spans(reader, spans, num_frames=4) if by_spans else read_clips(reader, num_frames=4)
        alive = [sum(picture() is not None for picture in made) for _ in clips]
    assert len(made) >= 28
    assert max(alive) <= 8


def test_colours_survive_both_matrices_and_ranges(tmp_path):
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (200, 120, 40), (16, 16, 16), (235, 235, 235)]
    for matrix, name in ((1, "ITU709"), (6, "ITU601")):
        for colour_range in (1, 2):
            path = tmp_path / f"{name}{colour_range}.mp4"
            with av.open(str(path), "w") as output:
                stream = output.add_stream("libx264", rate=30, options={"crf": "1"})
                stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
                stream.codec_context.colorspace, stream.codec_context.color_range = matrix, colour_range
                for colour in colours:
                    picture = np.full((64, 64, 3), colour, np.uint8)
                    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
                        format="yuv420p", dst_colorspace=name, dst_color_range=colour_range
                    )
                    frame.pts = None
                    output.mux(stream.encode(frame))
                output.mux(stream.encode(None))
            with VideoReader(path) as reader:
                middles = [reader.pixels(frame)[32, 32].astype(int) for frame in reader.frames()]
            assert np.abs(np.array(middles) - np.array(colours)).max() <= 3


def test_reading_video_needs_no_torch():
    code = "import sys, videorecap.video.clips; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
