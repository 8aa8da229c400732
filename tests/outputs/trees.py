"""Caption trees for the tests of this folder: a small one to read, and any one."""

from dataclasses import replace

from hypothesis import strategies as st

from videorecap.types import Caption, CaptionTree, Gap, Reuse, Span, SystemInfo, VideoInfo

VIDEO = VideoInfo(
    path="videos/a kitchen.mp4",
    sha256="0123456789abcdef" * 4,
    duration_seconds=12.345678901,
    width=640,
    height=360,
    frame_rate=30000 / 1001,
)
ROUND_VIDEO = replace(VIDEO, duration_seconds=300.0, frame_rate=30.0)
SYSTEM = SystemInfo(name="sim-tiny", digest="fe" * 32)
LEVELS = ("clip", "segment", "summary")


def caption(level, start, end, text, **more):
    return Caption(level=level, span=Span(start, end), text=text, **more)


def gap(level, start, end, reason="frames are damaged"):
    return Gap(level=level, span=Span(start, end), reason=reason)


def make_tree(captions=None, gaps=None, video=VIDEO, levels=LEVELS):
    if captions is None:
        captions = (
            caption("clip", 0.0, 4.0, "C opens the “door” & <b>waves</b>", mean_logprob=-0.12345),
            caption("clip", 8.0, 12.345678901, "C sits down"),
            caption("segment", 0.0, 12.345678901, "C comes home."),
            caption("summary", 0.0, 12.345678901, "C comes home --> and rests."),
        )
    if gaps is None:
        gaps = (gap("clip", 4.0, 8.0),)
    return CaptionTree(video=video, system=SYSTEM, levels=levels, captions=captions, gaps=gaps)


def moments(longest):
    return st.floats(0, longest).map(lambda value: round(value, 6))


SPANS = st.builds(
    lambda start, length: Span(start, round(start + length + 1e-5, 6)), moments(1e5), moments(1e4)
)


@st.composite
def trees(draw, has_every_level=True, words=None):
    """Any tree of rounded times; if it has every level, each has a caption, which tells their order."""
    words = st.text() if words is None else words
    levels = tuple(draw(st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=4)))
    captions, gaps = [], []
    for level in levels:
        some_caption = st.builds(
            Caption,
            level=st.just(level),
            span=SPANS,
            text=words,
            mean_logprob=st.none() | st.floats(-99, 0).map(lambda value: round(value, 4)),
            final=st.booleans(),
        )
        captions += draw(st.lists(some_caption, min_size=int(has_every_level), max_size=4))
        some_gap = st.builds(Gap, level=st.just(level), span=SPANS, reason=words)
        gaps += draw(st.lists(some_gap, max_size=2))
    video = VideoInfo(
        path=draw(st.text(max_size=20) | st.just("not utf-8 \udcff.mp4")),
        sha256=draw(st.text("0123456789abcdef", max_size=64)),
        duration_seconds=draw(st.integers(0, 10**9)) / 1000,
        width=draw(st.integers(1, 10**5)),
        height=draw(st.integers(1, 10**5)),
        frame_rate=draw(st.sampled_from([0.0, 25.0, 29.97003, 1000.0])),
    )
    counts = st.integers(0, 10**5)
    reuse = st.builds(Reuse, tolerance=st.floats(0.1, 255), num_clips=counts, num_reused=counts)
    return CaptionTree(
        video=video,
        system=SYSTEM,
        levels=levels,
        captions=tuple(captions),
        gaps=tuple(gaps),
        still=draw(st.none() | reuse),
    )
