"""The schema of annotated videos, and their file: one JSON object per line.

A data set is a folder with ``annotations.jsonl`` and, where the videos are at hand, ``videos/``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, ParamSpec, TypeAlias, TypeVar

from videorecap.data.records import Record, as_list, as_text, read_record
from videorecap.errors import DataError
from videorecap.outputs.files import written_aside
from videorecap.types import Span

SCHEMA_VERSION: Final = 1
JSON_LINES: Final = ".jsonl"
FILE_NAME: Final = f"annotations{JSON_LINES}"
TRAIN_SPLITS: Final = (None, "train")  # a video that does not say its split is taken to be for training

P = ParamSpec("P")
T = TypeVar("T")
OnFault: TypeAlias = Callable[[DataError], None]
"""Called for each item that is left out because it is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What one span of a video shows, at one level.

    Attributes:
        level: "clip", "segment" or "summary" in the paper's hierarchy.
        span: the time it describes.
        texts: references that say the same in other words; the first is *the* caption.
    """

    level: str
    span: Span
    texts: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.texts:
            raise ValueError(f"an annotation needs at least one text, got none for {self.span}")

    @property
    def caption(self) -> str:
        """The first text."""
        return self.texts[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A multiple-choice question about a whole video.

    Attributes:
        id: unique in its data set.
        text: the question.
        options: the answers to choose from.
        answer: index of the right option, or None if it is not public.
        topic: kind of question ("goal", "order", ...), or None.
    """

    id: str
    text: str
    options: tuple[str, ...]
    answer: int | None = None
    topic: str | None = None

    def __post_init__(self) -> None:
        if self.answer is not None and not 0 <= self.answer < len(self.options):
            raise ValueError(
                f"question {self.id!r}: its answer {self.answer} is not one of {len(self.options)} options"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoAnnotations:
    """All that is known about one video.

    Attributes:
        video: its id, unique in its data set.
        duration_seconds: its length, or None if the source does not say.
        captions: references, sorted by level and time as the source has them.
        predicted: what a system wrote, given to higher levels as input; never a reference.
        questions: about the whole video.
        path: of the file, relative to the data set's folder; None if it is not recorded.
        split: "train", "val", "test", ...; None if it is not recorded.
        source: id of the longer video that this one was cut from; None if it is a whole one.
        source_start_seconds: where in the source it begins.
        seed: of a simulated video, whose frames can be rendered on demand.
        scenarios: what is going on ("cooking", ...).
        combinations: each (scenario, place, object) that occurs.
        held_out: those of ``combinations`` that no training video may have.
    """

    video: str
    duration_seconds: float | None
    captions: tuple[Annotation, ...] = ()
    predicted: tuple[Annotation, ...] = ()
    questions: tuple[Question, ...] = ()
    path: str | None = None
    split: str | None = None
    source: str | None = None
    source_start_seconds: float | None = None
    seed: int | None = None
    scenarios: tuple[str, ...] = ()
    combinations: tuple[tuple[str, str, str], ...] = ()
    held_out: tuple[tuple[str, str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.duration_seconds is not None and not 0 < self.duration_seconds < math.inf:
            raise ValueError(f"video {self.video!r} needs a length in seconds, got {self.duration_seconds}")

    def at(self, level: str) -> tuple[Annotation, ...]:
        """Captions of one level."""
        return tuple(item for item in self.captions if item.level == level)


def write_annotations(path: Path, videos: Iterable[VideoAnnotations]) -> Path:
    """Write videos one by one; the file appears whole when all are written, or not at all.

    Args:
        path: a file that ends in ".jsonl", or the data set's folder, which is made if needed.
        videos: taken one at a time.

    Returns:
        The file.

    Raises:
        OutputError: if it cannot be written.
    """
    file_path = path if path.suffix == JSON_LINES else path / FILE_NAME
    with written_aside(file_path, make_folder=True) as file:
        for video in videos:
            file.write(to_json(video).encode("utf-8", "backslashreplace") + b"\n")
    return file_path


def read_annotations(path: Path, on_fault: OnFault | None = None) -> Iterator[VideoAnnotations]:
    """Read videos one by one.

    Args:
        path: a file, or the data set's folder.
        on_fault: called for each line, caption or question that is wrong, which is then left out; by
            default the first one is raised.

    Raises:
        DataError: naming file, line and field.
    """
    file_path = path / FILE_NAME if path.is_dir() else path
    try:
        with file_path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    where = f"{file_path}:{number}"
                    yield from attempt(on_fault, from_json, line, where, on_fault)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise DataError(f"{file_path}: cannot be read ({reason}); give a data set's folder") from error


def attempt(on_fault: OnFault | None, make: Callable[P, T], *args: P.args, **named: P.kwargs) -> Iterator[T]:
    """What ``make`` returns; nothing if what it is given is wrong and somebody listens to faults.

    Args:
        on_fault: see ``read_annotations``.
        make: called with the other arguments.
        args: for ``make``.
        named: for ``make``.

    Raises:
        DataError: that of ``make``, if nobody listens.
    """
    try:
        made = make(*args, **named)
    except DataError as error:
        if on_fault is None:
            raise
        on_fault(error)
    else:
        yield made


def to_json(video: VideoAnnotations) -> str:
    """A video as one line of JSON, which gives an equal video when it is read."""
    names = VideoAnnotations.__dataclass_fields__
    fields: dict[str, object] = {"schema_version": SCHEMA_VERSION}
    fields |= {name: getattr(video, name) for name in names}
    fields["questions"] = [asdict(question) for question in video.questions]
    fields["captions"] = [_caption_fields(item) for item in video.captions]
    fields["predicted"] = [_caption_fields(item) for item in video.predicted]
    return json.dumps(fields, ensure_ascii=False, allow_nan=False)


def from_json(line: str, where: str, on_fault: OnFault | None = None) -> VideoAnnotations:
    """Read one line back, checking every field.

    Args:
        line: the JSON.
        where: it came from, for errors.
        on_fault: see ``read_annotations``.

    Raises:
        DataError: in one line, if it is no JSON, has another schema version, or a field is unknown, missing
            or wrong.
    """
    record = read_record(line, where, SCHEMA_VERSION)
    record.allow("schema_version", *VideoAnnotations.__dataclass_fields__)
    try:
        return _video(record, on_fault)
    except ValueError as error:
        raise DataError(f"{where}: {error}") from None


def _video(record: Record, on_fault: OnFault | None) -> VideoAnnotations:
    return VideoAnnotations(
        video=record.text("video"),
        duration_seconds=record.maybe_length("duration_seconds"),
        captions=_captions(record, "captions", on_fault),
        predicted=_captions(record, "predicted", on_fault),
        questions=tuple(
            question
            for number, item in enumerate(record.maybe_list("questions"))
            for question in attempt(on_fault, _question, item, f"{record.where}: questions[{number}]")
        ),
        path=record.maybe_text("path"),
        split=record.maybe_text("split"),
        source=record.maybe_text("source"),
        source_start_seconds=record.maybe_number("source_start_seconds"),
        seed=record.maybe_count("seed"),
        scenarios=record.texts("scenarios"),
        combinations=_combinations(record, "combinations"),
        held_out=_combinations(record, "held_out"),
    )


def _caption_fields(item: Annotation) -> dict[str, object]:
    return {"level": item.level, "start": item.span.start, "end": item.span.end, "texts": item.texts}


def _captions(record: Record, name: str, on_fault: OnFault | None) -> tuple[Annotation, ...]:
    return tuple(
        caption
        for number, item in enumerate(record.maybe_list(name))
        for caption in attempt(on_fault, _caption, item, f"{record.where}: {name}[{number}]")
    )


def _caption(value: object, where: str) -> Annotation:
    record = Record(value, where)
    record.allow("level", "start", "end", "texts")
    texts = record.texts("texts")
    if not texts:
        raise DataError(f"{where}: has no texts")
    return Annotation(level=record.text("level"), span=record.span("start", "end"), texts=texts)


def _question(value: object, where: str) -> Question:
    record = Record(value, where)
    record.allow(*Question.__dataclass_fields__)
    try:
        return Question(
            id=record.text("id"),
            text=record.text("text"),
            options=record.texts("options"),
            answer=record.maybe_count("answer"),
            topic=record.maybe_text("topic"),
        )
    except ValueError as error:
        raise DataError(f"{where}: {error}") from None


def _combinations(record: Record, name: str) -> tuple[tuple[str, str, str], ...]:
    where = f"{record.where}: {name}"
    triples = [as_list(item, where) for item in record.maybe_list(name)]
    return tuple(_triple(item, where) for item in triples)


def _triple(item: Sequence[object], where: str) -> tuple[str, str, str]:
    if len(item) != 3:
        raise DataError(f"{where}: has {len(item)} parts, not scenario, place and object")
    scenario, place, thing = (as_text(part, where) for part in item)
    return scenario, place, thing
