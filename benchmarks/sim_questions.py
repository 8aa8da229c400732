"""What questions about simulated videos give away, and whether captions answer them.

    python benchmarks/sim_questions.py --questions 500 --training 2000

Readers that see only the questions should stay near chance, which is 20 %. A reader of the true captions
should not: it picks the option whose words, weighted by rarity, are best found in the segments and summary.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from provenance import provenance
from tqdm import tqdm

from videorecap.evaluation.questions import accuracy, readers, words
from videorecap.hierarchy import windows
from videorecap.sim.questions import NUM_OPTIONS, SimQuestion, questions
from videorecap.sim.script import Script
from videorecap.sim.splits import seed_of
from videorecap.sim.words import caption
from videorecap.sim.writer import sample_script
from videorecap.types import Span

MINUTES = (3.0, 60.0)  # shortest and longest video; longer ones are rarer
SEGMENT_SECONDS = 180.0
Asked = tuple[Script, SimQuestion]


def asked(split: str, number: int) -> Iterator[Asked]:
    """Questions about the first videos of a split, whose lengths are spread evenly on a log scale."""
    lengths = random.Random(split)
    found = 0
    with tqdm(total=number, desc=f"{split} questions") as progress:
        for index in range(number * 10):
            minutes = math.exp(lengths.uniform(*map(math.log, MINUTES)))
            script = sample_script(seed_of(split, index), round(60 * minutes, 1))
            for question in questions(script)[: number - found]:
                found += 1
                progress.update()
                yield script, question
            if found == number:
                return


def told(script: Script) -> str:
    """The true captions of all segments, and the summary."""
    spans = windows(script.duration_seconds, SEGMENT_SECONDS)
    whole = Span(0.0, script.duration_seconds)
    segments = (caption(script, span, "segment") for span in spans)
    return " ".join([*segments, caption(script, whole, "summary")])


def pairs(text: str) -> list[str]:
    """Words of a text, and neighbours among them."""
    said = words(text)
    return [*said, *(" ".join(pair) for pair in pairwise(said))]


def read_captions(items: Sequence[Asked]) -> list[int]:
    """Answers of a reader of captions."""
    texts = {script.seed: Counter(pairs(told(script))) for script, _ in items}
    rarity = Counter(word for text in texts.values() for word in text)

    def score(script: Script, option: str) -> float:
        weights = {word: math.log((1 + len(texts)) / (1 + rarity[word])) for word in set(pairs(option))}
        known = texts[script.seed]
        found = sum(weight * math.log1p(known[word]) for word, weight in weights.items())
        return found / (sum(weights.values()) or 1.0)

    return [
        max(range(NUM_OPTIONS), key=lambda index: score(script, question.options[index]))
        for script, question in items
    ]


def read_other_questions(items: Sequence[Asked]) -> list[int]:
    """Answers of a reader that picks what is most like the options of the video's other questions."""
    answers = []
    for script, question in items:
        others = [one for other, one in items if other.seed == script.seed and one is not question]
        known = Counter(word for one in others for option in one.options for word in set(words(option)))
        shared = [[known[word] for word in set(words(option))] for option in question.options]
        means = [sum(counts) / len(counts) for counts in shared]
        answers.append(means.index(max(means)))
    return answers


def by_topic(asked_: Sequence[SimQuestion], answers: Sequence[int]) -> dict[str, float]:
    """Accuracy of each topic, and of all."""
    shares = {"all": accuracy(asked_, answers)}
    for topic in sorted({question.topic for question in asked_}):
        kept = [(one, answer) for one, answer in zip(asked_, answers, strict=True) if one.topic == topic]
        shares[topic] = accuracy(*map(list, zip(*kept, strict=True)))
    return {name: round(share, 3) for name, share in shares.items()}


def milliseconds_each(split: str, number: int) -> float:
    """Mean time that the questions of one video take."""
    items = {script.seed: script for script, _ in asked(split, number)}
    start = time.process_time()
    for script in items.values():
        questions(script)
    return 1000 * (time.process_time() - start) / len(items)


def main() -> None:
    """Score, print a table, and keep it if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--training", type=int, default=2000)
    parser.add_argument("--split", default="test", choices=("val", "test"))
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    training = [question for _, question in asked("train", options.training)]
    items = list(asked(options.split, options.questions))
    held_out = [question for _, question in items]
    scores = {
        name: by_topic(held_out, [reader(question) for question in held_out])
        for name, reader in readers(training).items()
    }
    scores["other questions"] = by_topic(held_out, read_other_questions(items))
    scores["true captions"] = by_topic(held_out, read_captions(items))
    names = list(scores["true captions"])
    print(f"{'reader':20}" + "".join(f"{name:>12}" for name in names))
    for reader, shares in scores.items():
        print(f"{reader:20}" + "".join(f"{shares[name]:12.1%}" for name in names))
    counts = dict(Counter(question.topic for question in held_out).most_common())
    each = milliseconds_each(options.split, 60)
    print(f"questions: {counts}; {each:.0f} ms a video")
    if options.output:
        report = {
            **provenance(),
            "split": options.split,
            "training": {"split": "train", "questions": options.training},
            "questions": counts,
            "milliseconds_per_video": round(each, 1),
            "chance": 1 / NUM_OPTIONS,
            "accuracy": scores,
        }
        options.output.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
