"""How true a teacher's labels of held-out simulated videos are, written from their true clip captions.

    python benchmarks/teacher.py TEACHER --videos 100 -o FILE

Facts are counted one by one: precise are those said that are true, recalled those told that should be. With
``-o FILE`` the figures are also written as JSON.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from provenance import provenance
from tqdm import tqdm

from videorecap.data.levels import SEGMENT, SUMMARY
from videorecap.data.plan import MEAN_SECONDS, DataPlan
from videorecap.data.pseudo_plan import FEWEST_CAPTIONS, captions_in
from videorecap.data.simulated import annotate
from videorecap.defaults import FRAME_RATE, FRAME_SIZE
from videorecap.evaluation.answers import Answer
from videorecap.evaluation.facts import PRECISION, RECALL, Judged, judge, shares
from videorecap.sim.script import Script
from videorecap.sim.writer import sample_script
from videorecap.training.samples import Sample
from videorecap.training.teacher import Decoding, TextTeacher, load_teacher


@dataclass(frozen=True)
class Task:
    """A span to describe, with a text that is true of it, and the captions to read."""

    sample: Sample
    captions: tuple[str, ...]


def report(judged: Sequence[Judged], level: str) -> dict[str, Any]:
    """The figures of one level, for JSON."""
    found = shares(judged, level)
    said = Counter(kind for one in judged for kind, _ in one.said.statements())
    true = Counter(kind for one in judged for kind, _ in one.said.statements() & one.truth.statements())
    return {
        "precision": found[PRECISION].value,
        "recall": found[RECALL].value,
        "texts": len(judged),
        "said": int(found[PRECISION].counts.sum()),
        "wanted": int(found[RECALL].counts.sum()),
        "precision by kind": {kind: true[kind] / count for kind, count in sorted(said.items())},
    }


def tasks(plan: DataPlan) -> tuple[dict[str, list[Task]], dict[str, Script]]:
    """What there is to describe in the videos that ``videorecap sim make`` would make, and their scripts."""
    found: dict[str, list[Task]] = {SEGMENT: [], SUMMARY: []}
    scripts: dict[str, Script] = {}
    for video in tqdm(plan.videos(), desc=f"{plan.split} videos"):
        script = scripts[video.id] = sample_script(video.seed, video.seconds)
        annotations = annotate(script, video.id)
        for level, of_level in found.items():
            for item in annotations.at(level):
                captions = captions_in(annotations, item.span)
                if len(captions) >= FEWEST_CAPTIONS:
                    of_level.append(Task(Sample(video.id, level, item.span, item.texts), captions))
    return found, scripts


def answered(
    teacher: TextTeacher, level: str, of_level: Sequence[Task], decoding: Decoding
) -> Iterator[Answer]:
    """What the teacher says of each task."""
    size = decoding.batch_size
    for start in tqdm(range(0, len(of_level), size), desc=level):
        chunk = of_level[start : start + size]
        texts = teacher.write(level, [task.captions for task in chunk], decoding)
        yield from (Answer(task.sample, text) for task, text in zip(chunk, texts, strict=True))


def main() -> None:
    """Score, print a table and examples, and keep the figures if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("teacher", type=Path, help="directory of a trained one")
    parser.add_argument("--videos", type=int, default=100)
    parser.add_argument("--split", default="test", choices=("val", "test"))
    parser.add_argument("--beams", type=int, default=4)
    parser.add_argument("--examples", type=int, default=3, help="of each level, to print")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    teacher, decoding = load_teacher(options.teacher), Decoding(num_beams=options.beams)
    plan = DataPlan(
        split=options.split,
        num_videos=options.videos,
        total_seconds=round(options.videos * MEAN_SECONDS),
        seed=0,
        size=FRAME_SIZE,
        frame_rate=FRAME_RATE,
        has_files=False,
        num_questions=0,
    )
    wanted, scripts = tasks(plan)
    facts: dict[str, dict[str, Any]] = {}
    for level, of_level in wanted.items():
        answers = list(answered(teacher, level, of_level, decoding))
        facts[level] = report(judge(answers, scripts, level), level)
        for answer in answers[: options.examples]:
            print(f"\nwritten: {answer.text}\nhuman:   {answer.sample.texts[0]}")
    print(f"\n{'facts of':10} {'precise':>8} {'recalled':>8} {'texts':>6}")
    for level, figures in facts.items():
        print(f"{level:10} {figures['precision']:8.1%} {figures['recall']:8.1%} {figures['texts']:6}")
        for kind, share in figures["precision by kind"].items():
            print(f"  {kind:8} {share:8.1%}")
    if options.output:
        told = {
            **provenance(),
            "teacher": {
                "base": teacher.card.base,
                "digest": teacher.digest,
                "trained_on": dict(teacher.card.trained_on),
            },
            "decoding": asdict(decoding),
            "split": options.split,
            "videos": options.videos,
            "facts": facts,
        }
        options.output.write_text(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
