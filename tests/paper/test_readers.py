"""What language models that read captions learn from."""

from pathlib import Path

from videorecap.data.annotations import FILE_NAME, VideoAnnotations, write_annotations
from videorecap.paper.readers import training_videos


def video(name: str, split: str | None, source: str | None = None) -> VideoAnnotations:
    return VideoAnnotations(video=name, duration_seconds=8.0, split=split, source=source)


def test_what_is_scored_is_not_learned_from(tmp_path: Path) -> None:
    """Nor parts of the same recording: readers and systems learn from the same videos."""
    every = [video("a", "train"), video("b", None), video("part", "train", "day"), video("c", "test", "day")]
    write_annotations(tmp_path / FILE_NAME, every)
    assert [one.video for one in training_videos(tmp_path)] == ["a", "b"]
