import json
import random
from pathlib import Path

import pytest

from videorecap.data.annotations import Annotation, Question, VideoAnnotations
from videorecap.data.simulated import annotate
from videorecap.errors import DataError
from videorecap.evaluation.egoschema import Answered, answer_all, qa_report, write_submission
from videorecap.evaluation.embedding import WordEmbedder, most_alike
from videorecap.qa import Choice, Reading
from videorecap.sim.splits import seed_of
from videorecap.sim.writer import sample_script
from videorecap.types import Span


def question(number: int, answer: int | None = 1) -> Question:
    return Question(id=f"q{number}", text="What?", options=tuple("abcde"), answer=answer, topic="goal")


def answered(options: list[int | None], answer: int | None = 1) -> list[Answered]:
    return [Answered(f"v{n}", question(n, answer), Choice(option, "")) for n, option in enumerate(options)]


def test_what_was_not_understood_counts_as_wrong() -> None:
    report = qa_report(answered([1, 1, 0, None, 1, 1, 0, None]))
    assert report.accuracy.value == 0.5
    assert (report.num_questions, report.num_unparsed) == (8, 2)
    assert report.chance == pytest.approx(0.2)
    assert report.topics == {"goal": (0.5, 8)}
    assert report.accuracy.interval is not None
    assert 0.5 in report.accuracy.interval
    assert json.dumps(report.as_json())
    assert qa_report(answered([1, 1])).as_json()["interval"] is None, "of two videos"


def test_questions_without_a_public_answer_are_not_scored() -> None:
    both = [*answered([1, 1]), *answered([1, 0], None)]
    assert qa_report(both).num_questions == 2
    with pytest.raises(DataError, match="public answer"):
        qa_report(answered([1], None))


def test_a_submission_has_every_question(tmp_path: Path) -> None:
    path = tmp_path / "submission.json"
    assert write_submission(answered([4, None, 2], None), path) == 1
    assert json.loads(path.read_text()) == {"q0": 4, "q1": 0, "q2": 2}
    with pytest.raises(DataError, match="same id"):
        write_submission([*answered([1]), *answered([2])], path)


def test_the_option_most_like_the_captions_is_chosen() -> None:
    asked = Question(id="q", text="What does C do?", options=("cuts bread", "paints a wall"), answer=1)
    captions = (
        Annotation(level="clip", span=Span(0, 4), texts=("C dips the brush",)),
        Annotation(level="summary", span=Span(0, 4), texts=("C paints the wall",)),
    )
    words = WordEmbedder(["C paints the wall", "C cuts the bread", "C dips the brush", "what does C do"])
    assert most_alike(asked, captions, Reading.ALL, words).option == 1
    assert most_alike(asked, captions, Reading.NONE, words).option is None
    unlike = most_alike(asked, captions[:1], Reading.CLIPS, WordEmbedder(["x"]))
    assert unlike.option is None, "no option is more like the captions than the other"


def test_true_captions_answer_simulated_questions_better_than_chance() -> None:
    videos = [annotate(sample_script(seed_of("val", n), 420), f"v{n}", num_questions=8) for n in range(12)]
    captions = {video.video: video.captions for video in videos}
    words = WordEmbedder([item.caption for video in videos for item in video.captions])

    def share(captions: dict[str, tuple[Annotation, ...]]) -> float:
        found = answer_all(videos, captions, Reading.ALL, lambda *asked: most_alike(*asked, embedder=words))
        return qa_report(found).accuracy.value

    others = list(captions.values())
    random.Random(0).shuffle(others)
    assert share(captions) > share(dict(zip(captions, others, strict=True)))


def test_a_video_without_captions_is_asked_all_the_same() -> None:
    video = VideoAnnotations(video="v", duration_seconds=9.0, questions=(question(0),))
    seen = []

    def choose(_: Question, captions, reading: Reading) -> Choice:
        seen.append((tuple(captions), reading))
        return Choice(1, "")

    (one,) = answer_all([video], {}, Reading.CLIPS, choose)
    assert one.is_right
    assert seen == [((), Reading.CLIPS)]
