"""Writes metric_pairs.json: captions, references, and what the packages that define the metrics give.

    python -m tests.evaluation.make_metric_pairs

The scorers are called here as their own examples call them; Java is needed.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path

from pycocoevalcap.bleu.bleu import Bleu  # type: ignore[import-untyped]
from pycocoevalcap.cider.cider import Cider  # type: ignore[import-untyped]
from pycocoevalcap.meteor.meteor import Meteor  # type: ignore[import-untyped]
from pycocoevalcap.rouge.rouge import Rouge  # type: ignore[import-untyped]
from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer  # type: ignore[import-untyped]
from rouge_score.rouge_scorer import RougeScorer  # type: ignore[import-untyped]

from videorecap.data.simulated import annotate
from videorecap.sim.splits import seed_of
from videorecap.sim.writer import sample_script

PATH = Path(__file__).with_name("metric_pairs.json")
NUM_VIDEOS = 4
SECONDS = 240
NUM_CLIPS = 55  # of each video
ODD = [
    ("", ("C opens the drawer.",)),
    ("C opens the drawer.", ("",)),
    ("", ("",)),
    ("C öffnet die Schublade – 引き出し", ("C öffnet die Schublade", "引き出し を 開ける")),
    ("!!!", ("C looks around!",)),
    ("C C C C C C", ("C looks at the cup",)),
    ("C's cup isn't (quite) clean; C says: \"oh\"", ("C's cup is not clean", "C says oh")),
    ("First line.\nSecond line.", ("First line.\nA second line.",)),
    ("C walks ||| away", ("C walks away",)),
]

Pair = tuple[str, tuple[str, ...]]


def pairs() -> list[Pair]:
    """Captions with mistakes beside what is true, of every level, some with several references."""
    rng = random.Random(0)
    found: list[Pair] = []
    for number in range(NUM_VIDEOS):
        video = annotate(sample_script(seed_of("val", number), SECONDS), str(number), num_spans=3)
        clips = video.at("clip")[:NUM_CLIPS]
        for item in (*clips, *video.at("segment"), *video.at("summary")):
            others = video.at(item.level)
            said = rng.choice((rng.choice(item.texts), rng.choice(others).caption))
            found.append((_garbled(said, rng), item.texts[: rng.randint(1, 5)]))
    return [*found, *ODD]


def _garbled(text: str, rng: random.Random) -> str:
    """A text of which a few words are lost, said twice, or out of place."""
    words = text.split()
    for _ in range(rng.randint(0, 3)):
        place = rng.randrange(len(words))
        words[place : place + 1] = rng.choice(([], [words[place]] * 2, [rng.choice(words)]))
        words = words or ["C"]
    return " ".join(words)


def official(listed: Sequence[Pair]) -> dict[str, object]:
    """Figures by the packages themselves, of texts as they are, in lower case, and split as COCO does."""
    lowered = [(text.lower(), tuple(one.lower() for one in references)) for text, references in listed]
    scorer = RougeScorer(["rougeLsum"])
    rouge = [scorer.score_multi(many, text)["rougeLsum"].fmeasure for text, many in lowered]
    asked = {n: [{"caption": text}] for n, (text, _) in enumerate(listed)}
    wanted = {n: [{"caption": text} for text in many] for n, (_, many) in enumerate(listed)}
    return {
        "authors": {
            **_coco(
                {n: list(many) for n, (_, many) in enumerate(lowered)},
                {n: [t] for n, (t, _) in enumerate(lowered)},
            ),
            "rougeLsum": [sum(rouge) / len(rouge), rouge],
        },
        "coco": _coco(PTBTokenizer().tokenize(wanted), PTBTokenizer().tokenize(asked)),
    }


def _coco(references: dict[int, list[str]], predictions: dict[int, list[str]]) -> dict[str, object]:
    bleu, bleus = Bleu(4).compute_score(references, predictions, verbose=0)
    plain = [
        {n: [" ".join(text.replace("|||", " ").split()) for text in many] for n, many in side.items()}
        for side in (references, predictions)  # a line is what METEOR's process reads
    ]
    found = {
        "CIDEr": Cider().compute_score(references, predictions),
        "METEOR": Meteor().compute_score(*plain),
        "ROUGE-L": Rouge().compute_score(references, predictions),
    }
    return {
        **{name: [float(value), [float(item) for item in items]] for name, (value, items) in found.items()},
        **{f"BLEU-{n + 1}": [bleu[n], bleus[n]] for n in range(4)},
    }


if __name__ == "__main__":
    made = pairs()
    PATH.write_text(
        json.dumps({"pairs": made, "official": official(made)}, ensure_ascii=False, indent=0) + "\n"
    )
