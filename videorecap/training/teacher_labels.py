"""A teacher's labels of planned spans, as a file; a killed run continues and writes the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from videorecap.data.annotations import JSON_LINES
from videorecap.data.pseudo import Provenance, label_line, read_provenance
from videorecap.data.pseudo_plan import Target
from videorecap.errors import ConfigError
from videorecap.outputs.files import written_aside
from videorecap.outputs.journal import JOURNAL_SUFFIX, Journal
from videorecap.training.teacher import Decoding, TextTeacher


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCount:
    """How many spans were labelled, and for how many the teacher found no words."""

    num_written: int
    num_empty: int


def write_labels(
    teacher: TextTeacher,
    plan: Sequence[Target],
    path: Path,
    *,
    decoding: Decoding,
    seed: int,
    on_texts: Callable[[int], object] | None = None,
) -> LabelCount:
    """Describe every span of a plan.

    Each batch of texts is on the disk, in a journal beside the file, before the next is begun. The file
    appears when all are written. Where it is there already, nothing is done.

    Args:
        teacher: that writes.
        plan: the spans; neighbours of one level are written together.
        path: of the file, which ends in ".jsonl".
        decoding: how words are chosen.
        seed: that the plan was drawn with.
        on_texts: called with the number of texts after each batch, also of those found in the journal.

    Raises:
        ConfigError: if the file is there and was made by other work, or has another ending.
        DataError: if it is there and no file of labels.
        OutputError: if the file or its journal cannot be written.
    """
    if path.suffix != JSON_LINES:
        raise ConfigError(f"{path}: labels are written to a {JSON_LINES} file; name another")
    provenance = provenance_of(teacher, plan, decoding, seed)
    journal_path = path.with_name(f"{path.stem}{JOURNAL_SUFFIX}")
    if path.is_file():
        if read_provenance(path) != provenance:
            raise ConfigError(f"{path} holds labels of another teacher, plan or seed; give another file")
        Journal.discard(journal_path, provenance.header())
    else:
        with Journal.open(journal_path, provenance.header()) as journal:
            _fill(journal, teacher, plan, decoding, on_texts)
            _write(path, provenance, plan, journal)
            journal.remove()
    with path.open("rb") as file:
        num_written = sum(1 for _ in file) - 1
    return LabelCount(num_written=num_written, num_empty=len(plan) - num_written)


def provenance_of(teacher: TextTeacher, plan: Sequence[Target], decoding: Decoding, seed: int) -> Provenance:
    """What a file of labels says of its making."""
    return Provenance(
        teacher=teacher.card.base,
        digest=teacher.digest,
        trained_on=teacher.card.trained_on,
        prompts=dict(teacher.card.prompts),
        decoding=asdict(decoding),
        data=plan_digest(plan),
        seed=seed,
    )


def plan_digest(plan: Sequence[Target]) -> str:
    """sha256 of the spans, and of what is read of each."""
    digest = hashlib.sha256()
    for target in plan:
        digest.update(json.dumps(asdict(target)).encode())
    return digest.hexdigest()


def _fill(
    journal: Journal,
    teacher: TextTeacher,
    plan: Sequence[Target],
    decoding: Decoding,
    on_texts: Callable[[int], object] | None,
) -> None:
    """Write the batches that the journal lacks; always the same batches, so that roundings are the same."""
    num_done = sum(1 for _ in journal.records())
    for index, targets in enumerate(_batches(plan, decoding.batch_size)):
        if index >= num_done:
            texts = teacher.write(targets[0].level, [target.captions for target in targets], decoding)
            journal.append({"texts": list(texts)})
        if on_texts is not None:
            on_texts(len(targets))


def _batches(plan: Sequence[Target], size: int) -> Iterator[Sequence[Target]]:
    for _, group in groupby(plan, key=lambda target: target.level):
        targets = list(group)
        yield from (targets[start : start + size] for start in range(0, len(targets), size))


def _write(path: Path, provenance: Provenance, plan: Sequence[Target], journal: Journal) -> None:
    """The file, from the journal."""
    texts = (text for record in journal.records() for text in record["texts"])
    with written_aside(path) as file:
        file.write(json.dumps(provenance.header(), ensure_ascii=False).encode() + b"\n")
        for target, text in zip(plan, texts, strict=True):
            if text:
                file.write(label_line(target, text).encode() + b"\n")
