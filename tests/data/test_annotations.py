"""Annotations on disk: equal when read back, whole or not there, strict about every field."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from videorecap.data.annotations import (
    Annotation,
    Question,
    VideoAnnotations,
    from_json,
    read_annotations,
    to_json,
    write_annotations,
)
from videorecap.errors import DataError
from videorecap.types import Span

times = st.floats(0, 1e7, allow_subnormal=False)
texts = st.text(st.characters(), max_size=20)
names = texts | st.none()
spans = st.tuples(times, times).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Span(*sorted(pair)))
captions = st.lists(
    st.builds(
        Annotation,
        level=texts,
        span=spans,
        texts=st.lists(texts, min_size=1, max_size=3).map(tuple),
    ),
    max_size=3,
).map(tuple)
questions = st.builds(
    Question,
    id=texts,
    text=texts,
    options=st.lists(texts, min_size=3, max_size=5).map(tuple),
    answer=st.integers(0, 2) | st.none(),
    topic=names,
)
triples = st.lists(st.tuples(texts, texts, texts), max_size=2).map(tuple)
videos = st.builds(
    VideoAnnotations,
    video=texts,
    duration_seconds=st.floats(0.001, 1e6) | st.none(),
    captions=captions,
    predicted=captions,
    questions=st.lists(questions, max_size=2).map(tuple),
    path=names,
    split=names,
    source=names,
    source_start_seconds=times | st.none(),
    seed=st.integers() | st.none(),
    scenarios=st.lists(texts, max_size=2).map(tuple),
    combinations=triples,
    held_out=triples,
)
GOOD = VideoAnnotations(
    video="a",
    duration_seconds=9.0,
    captions=(Annotation(level="clip", span=Span(0, 4), texts=("C opens a door", "a door is opened")),),
    questions=(Question(id="q", text="why?", options=("x", "y"), answer=1),),
    combinations=(("cooking", "kitchen", "pan"),),
)


@settings(max_examples=150, deadline=None)
@given(videos)
def test_one_line_gives_the_same_video_back(video):
    line = to_json(video)
    assert "\n" not in line
    assert from_json(line, "here") == video


def test_a_file_gives_the_same_videos_back_whatever_their_letters(tmp_path):
    odd = "half a pair \udcff, a line \u2028 break, \r, \n, \x00 and é"
    written = [GOOD, VideoAnnotations(video=odd, duration_seconds=None, scenarios=(odd,))]
    path = write_annotations(tmp_path / "set", iter(written))
    assert path == tmp_path / "set" / "annotations.jsonl"
    assert list(read_annotations(tmp_path / "set")) == written
    assert list(read_annotations(path)) == written


def test_a_failure_half_way_keeps_the_old_file(tmp_path):
    def broken():
        yield GOOD
        raise DataError("half-way")

    path = write_annotations(tmp_path, [GOOD, GOOD])
    before = path.read_bytes()
    with pytest.raises(DataError, match="half-way"):
        write_annotations(tmp_path, broken())
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def changed(**fields):
    return json.dumps({**json.loads(to_json(GOOD)), **fields})


CAPTION = {"level": "clip", "start": 0, "end": 4, "texts": ["x"]}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "no JSON"),
        ("[]", "a list of 0, not an object"),
        (changed(schema_version=2), "schema_version is 2; this program reads 1"),
        (changed(colour="red"), "unknown field 'colour'"),
        (changed(video=3), "video: is 3, not text"),
        (changed(duration_seconds="9"), "duration_seconds: is '9', not a finite number"),
        (changed(duration_seconds=-1), "duration_seconds: is -1.0, not a length in seconds"),
        (changed(seed=1.5), "seed: is 1.5, not a whole number"),
        (changed(seed=True), "seed: is True, not a whole number"),
        (changed(captions={}), "captions: is a dict of 0, not a list"),
        (changed(captions=[CAPTION, {**CAPTION, "end": 0}]), "captions[1]: a span needs 0 <= start < end"),
        (changed(captions=[{**CAPTION, "end": True}]), "captions[0]: end: is True"),
        (changed(captions=[{**CAPTION, "texts": []}]), "captions[0]: has no texts"),
        (changed(captions=[{**CAPTION, "text": "x"}]), "captions[0]: unknown field 'text'"),
        (
            changed(questions=[{"id": "q", "text": "?", "options": ["x"], "answer": 1}]),
            "questions[0]: question 'q': its answer 1 is not one of 1 options",
        ),
        (changed(combinations=[["cooking", "kitchen"]]), "combinations: has 2 parts"),
        (changed(captions=[{**CAPTION, "end": float("nan")}]), "captions[0]: end: is nan"),
    ],
)
def test_an_error_names_line_and_field(line, said, tmp_path):
    path = tmp_path / "annotations.jsonl"
    path.write_text(f"{to_json(GOOD)}\n\n{line}\n")
    with pytest.raises(DataError) as caught:
        list(read_annotations(tmp_path))
    assert str(caught.value).startswith(f"{path}:3: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_who_listens_to_faults_gets_the_rest(tmp_path):
    lines = [changed(captions=[CAPTION, {**CAPTION, "end": 0}]), "nonsense", to_json(GOOD)]
    (tmp_path / "annotations.jsonl").write_text("\n".join(lines))
    faults = []
    read = list(read_annotations(tmp_path, faults.append))
    assert [len(video.captions) for video in read] == [1, 1]
    assert len(faults) == 2


def test_the_example_in_the_docs_is_read():
    docs = Path(__file__).parents[2] / "docs" / "data.md"
    (line,) = (line for line in docs.read_text().splitlines() if line.startswith('{"schema_version"'))
    assert to_json(from_json(line, "docs")) == line


def test_a_missing_file_is_said_in_one_line(tmp_path):
    with pytest.raises(DataError, match="No such file"):
        list(read_annotations(tmp_path))
