"""EgoSchema: five-way questions about three-minute excerpts of Ego4D, 500 of them with public answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from videorecap.data.annotations import OnFault, Question, VideoAnnotations, attempt
from videorecap.data.records import Record, as_list
from videorecap.data.sources import load_plain
from videorecap.errors import DataError

QUESTIONS: Final = "questions.json"
ANSWERS: Final = "subset_answers.json"
EGO4D_IDS: Final = "uid_to_ego4d.json"
OPTION: Final = "option "  # and a number, from 0


def is_questions(content: object) -> bool:
    """Whether a file's content is EgoSchema's list of questions."""
    return isinstance(content, list) and any(
        isinstance(item, Mapping) and "q_uid" in item for item in content
    )


def read_egoschema(
    content: object, path: Path, on_fault: OnFault | None = None
) -> Iterator[VideoAnnotations]:
    """Read questions, each about a video of its own that is called as the question.

    Answers come from subset_answers.json, and the Ego4D video that an excerpt was cut from out of
    uid_to_ego4d.json, where these are beside the questions.

    Args:
        content: of questions.json.
        path: of the file; the others are looked for beside it.
        on_fault: called for each question that is wrong, which is then left out; by default it is raised.

    Raises:
        DataError: naming file, question and field.
    """
    answers, origins = _beside(path, ANSWERS), _beside(path, EGO4D_IDS)
    for number, item in enumerate(as_list(content, str(path))):
        where = f"{path}: item {number}"
        yield from attempt(on_fault, _video, item, where, answers, origins)


def read_ids(path: Path) -> frozenset[str]:
    """Ids of videos that a training set must not have.

    Args:
        path: EgoSchema's folder or its uid_to_ego4d.json, which give the ids of the Ego4D videos and of the
            excerpts; or a text file with one id in each line.

    Raises:
        DataError: if it cannot be read.
    """
    file_path = path / EGO4D_IDS if path.is_dir() else path
    if file_path.suffix != ".json":
        try:
            return frozenset(file_path.read_text(encoding="utf-8").split())
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(
                f"{file_path}: cannot be read; give EgoSchema's folder, its {EGO4D_IDS}, or a text file with "
                "one id in each line"
            ) from error
    origins = Record(load_plain(file_path), str(file_path))
    return frozenset(origins).union(origins.record(name).text("video_uid") for name in origins)


def _beside(file_path: Path, name: str) -> Record:
    other = file_path.with_name(name)
    return Record(load_plain(other) if other.exists() else {}, str(other))


def _video(item: object, where: str, answers: Record, origins: Record) -> VideoAnnotations:
    record = Record(item, where)
    name = record.text("q_uid")
    num_options = sum(label.startswith(OPTION) for label in record)
    try:
        question = Question(
            id=name,
            text=record.text("question"),
            options=tuple(record.text(f"{OPTION}{number}") for number in range(num_options)),
            answer=answers.maybe_count(name),
        )
    except ValueError as error:
        raise DataError(f"{where}: {error}") from None
    if not question.options:
        raise DataError(f"{where}: has no field '{OPTION}0'")
    origin = origins.record(name) if name in origins else Record({}, where)
    start, end = origin.maybe_number("starting_sec"), origin.maybe_number("ending_sec")
    if start is not None and end is not None and not start < end:
        raise DataError(f"{origin.where}: ends at {end} before it starts at {start}")
    return VideoAnnotations(
        video=name,
        duration_seconds=None if start is None or end is None else end - start,
        questions=(question,),
        source=origin.maybe_text("video_uid"),
        source_start_seconds=start,
    )
