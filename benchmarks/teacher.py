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
from dataclasses import asdict, dataclass, field
from pathlib import Path

from provenance import provenance
from tqdm import tqdm

from videorecap.data.levels import SEGMENT, SUMMARY
from videorecap.data.plan import MEAN_SECONDS, DataPlan
from videorecap.data.pseudo_plan import FEWEST_CAPTIONS, captions_in
from videorecap.data.simulated import annotate
from videorecap.defaults import FRAME_RATE, FRAME_SIZE
from videorecap.evaluation.sim import FactCount
from videorecap.sim.facts import Facts, facts_of
from videorecap.sim.parse import parse_facts
from videorecap.sim.writer import sample_script
from videorecap.training.teacher import Decoding, TextTeacher, load_teacher


@dataclass(frozen=True)
class Task:
    """A span to describe: the captions to read, what is true of it, and a text that says so."""

    captions: tuple[str, ...]
    truth: Facts
    text: str


@dataclass
class Score:
    """Facts over many texts of one level, in all and by kind."""

    facts: FactCount = field(default_factory=FactCount)
    said: Counter[str] = field(default_factory=Counter)
    true: Counter[str] = field(default_factory=Counter)
    num_texts: int = 0

    def add(self, text: str, truth: Facts, level: str) -> None:
        """Count one text."""
        said = parse_facts(text, level)
        self.facts.add(said, truth)
        self.num_texts += 1
        self.said.update(kind for kind, _ in said.statements())
        self.true.update(kind for kind, _ in said.statements() & truth.statements())

    def report(self) -> dict[str, object]:
        """The figures, for JSON."""
        return {
            "precision": self.facts.precision,
            "recall": self.facts.recall,
            "texts": self.num_texts,
            "said": self.facts.num_said,
            "wanted": self.facts.num_wanted,
            "precision by kind": {kind: self.true[kind] / count for kind, count in sorted(self.said.items())},
        }


def tasks(plan: DataPlan) -> dict[str, list[Task]]:
    """What there is to describe in the videos that ``videorecap sim make`` would make."""
    found: dict[str, list[Task]] = {SEGMENT: [], SUMMARY: []}
    for video in tqdm(plan.videos(), desc=f"{plan.split} videos"):
        script = sample_script(video.seed, video.seconds)
        annotations = annotate(script, video.id)
        for level, of_level in found.items():
            for item in annotations.at(level):
                captions = captions_in(annotations, item.span)
                if len(captions) >= FEWEST_CAPTIONS:
                    of_level.append(Task(captions, facts_of(script, item.span, level), item.caption))
    return found


def answered(
    teacher: TextTeacher, level: str, of_level: Sequence[Task], decoding: Decoding
) -> Iterator[tuple[Task, str]]:
    """Each task with the teacher's text."""
    size = decoding.batch_size
    for start in tqdm(range(0, len(of_level), size), desc=level):
        chunk = of_level[start : start + size]
        yield from zip(chunk, teacher.write(level, [task.captions for task in chunk], decoding), strict=True)


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
    scores: dict[str, Score] = {}
    for level, of_level in tasks(plan).items():
        score = scores[level] = Score()
        for number, (task, text) in enumerate(answered(teacher, level, of_level, decoding)):
            score.add(text, task.truth, level)
            if number < options.examples:
                print(f"\nwritten: {text}\nhuman:   {task.text}")
    print(f"\n{'facts of':10} {'precise':>8} {'recalled':>8} {'texts':>6}")
    for level, score in scores.items():
        print(f"{level:10} {score.facts.precision:8.1%} {score.facts.recall:8.1%} {score.num_texts:6}")
        for kind, count in sorted(score.said.items()):
            print(f"  {kind:8} {score.true[kind] / count:8.1%}")
    if options.output:
        report = {
            **provenance(),
            "teacher": {
                "base": teacher.card.base,
                "digest": teacher.digest,
                "trained_on": dict(teacher.card.trained_on),
            },
            "decoding": asdict(decoding),
            "split": options.split,
            "videos": options.videos,
            "facts": {level: score.report() for level, score in scores.items()},
        }
        options.output.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
