"""Readers that see only the questions: they find what is given away, and find nothing in ours."""

import random
from functools import cache

import pytest

from videorecap.errors import DataError
from videorecap.evaluation.questions import accuracy, overlap, readers, typicality
from videorecap.sim.questions import SimQuestion, questions
from videorecap.sim.splits import seed_of
from videorecap.sim.writer import sample_script

LEARNERS = ("prior", "weights", "nearest neighbour")
MAX_ACCURACY = 0.28  # of any reader that sees only the questions
WORDS = [f"word{number}" for number in range(12)]


def made(number: int, seed: int, right: str = "", wrong: str = "") -> list[SimQuestion]:
    """Questions of random words, with words added to right or wrong options."""
    rng, found = random.Random(seed), []
    for _ in range(number):
        answer = rng.randrange(5)
        options = [
            " ".join((*rng.sample(WORDS, 3), right if index == answer else wrong)).strip()
            for index in range(5)
        ]
        found.append(SimQuestion("goal", "what is it", tuple(options), answer))
    return found


def scores(training: list[SimQuestion], held_out: list[SimQuestion]) -> dict[str, float]:
    return {
        name: accuracy(held_out, [reader(question) for question in held_out])
        for name, reader in readers(training).items()
    }


@cache
def asked(split: str, number: int, max_seconds: float) -> list[SimQuestion]:
    """Questions about videos of a split, of 3 minutes or more."""
    lengths, found, index = random.Random(split), list[SimQuestion](), 0
    while len(found) < number:
        found += questions(sample_script(seed_of(split, index), lengths.uniform(180, max_seconds)))
        index += 1
    return found[:number]


def test_learners_find_a_word_that_gives_the_answer_away() -> None:
    found = scores(made(200, 0, right="surely"), made(100, 1, right="surely"))
    assert all(found[name] > 0.9 for name in LEARNERS), found
    assert found["longest"] > 0.9


def test_learners_find_a_word_that_only_wrong_options_have() -> None:
    found = scores(made(200, 0, wrong="maybe"), made(100, 1, wrong="maybe"))
    assert found["prior"] > 0.9
    assert found["weights"] > 0.9
    assert found["shortest"] > 0.9


def test_an_option_that_shares_words_with_the_others_is_found() -> None:
    options = ("red mug in kitchen", "red pan in garden", "red mug in garden", "a b c", "d e f")
    question = SimQuestion("goal", "what is it", options, 2)
    assert readers([question])["most typical"](question) == 2
    odd = SimQuestion("goal", "what is it", ("a b", "a c", "a d", "e f", "b c d"), 3)
    assert readers([odd])["odd one out"](odd) == 3
    assert typicality(("a b", "a c", "d e")) == [0.25, 0.25, 0.0]


def test_words_of_the_question_are_found_in_options() -> None:
    assert overlap("Why does C stop the tap?", "C turns the tap") == 0.75
    question = SimQuestion("cause", "why is the tap off", ("a", "b", "the tap is full", "c", "d"), 2)
    assert readers([question])["question words"](question) == 2


def test_nothing_is_found_where_there_is_nothing() -> None:
    found = scores(made(300, 0), made(600, 1))
    assert all(0.12 < score < MAX_ACCURACY for score in found.values()), found


def test_accuracy_needs_answers() -> None:
    question = made(1, 0)[0]
    assert accuracy([question, question], [question.answer, (question.answer + 1) % 5]) == 0.5
    with pytest.raises(DataError, match="got 1 for 2"):
        accuracy([question, question], [0])
    with pytest.raises(DataError, match="got none"):
        readers([])


@pytest.mark.slow
def test_a_few_questions_give_little_away() -> None:
    found = scores(asked("train", 120, 400.0), asked("test", 120, 400.0))
    assert max(found.values()) < 0.35, found  # four standard deviations above chance


@pytest.mark.slow
def test_questions_cannot_be_answered_without_the_video() -> None:
    found = scores(asked("train", 2000, 1800.0), asked("test", 500, 1800.0))
    assert max(found.values()) <= MAX_ACCURACY, found
