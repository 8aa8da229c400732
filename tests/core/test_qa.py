import pytest

from videorecap.data.annotations import Annotation, Question
from videorecap.llm import CutError, LlmError
from videorecap.qa import Choice, Reading, choose, parse_choice, prompt
from videorecap.types import Span

OPTIONS = ("C cleans the kitchen", "C cooks soup", "C reads a book.", "C sleeps", "C leaves")
QUESTION = Question(id="q", text="What is C's goal?", options=OPTIONS, answer=1)
CAPTIONS = (
    Annotation(level="clip", span=Span(0, 4), texts=("C cuts the carrot",)),
    Annotation(level="clip", span=Span(4, 8), texts=("C cuts the carrot",)),
    Annotation(level="clip", span=Span(8, 12), texts=("C opens the tap",)),
    Annotation(level="segment", span=Span(0, 12), texts=("C prepares soup",)),
    Annotation(level="summary", span=Span(0, 12), texts=("C cooked",)),
)


class Says:
    """A model that answers anything alike, and remembers what it was asked."""

    name = "says"

    def __init__(self, words: str | None) -> None:
        self.words = words
        self.asked: list[str] = []

    def complete(self, prompt: str) -> str:
        self.asked.append(prompt)
        if self.words is None:
            raise LlmError("no server")
        return self.words


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("B", 1),
        (" b.".upper(), 1),
        ("(B)", 1),
        ("**B**", 1),
        ("B. C cooks soup", 1),
        ("The answer is B.", 1),
        ("Answer: (e)", 4),
        ("I think option D fits best", 3),
        ("C reads a book", 2),
        ("Because C cooks soup in the video.", 1),
        ("C", 2),
        ("C is in the kitchen", None),
        ("C's main goal is to wash up", None),
        ("C, the wearer, is busy", None),
        ("B\n\nBecause he is at the stove", 1),
        ("'B'", 1),
        ("A person is seen cooking", None),
        ("", None),
        ("F", None),
        ("either C cooks soup or C sleeps", None),
        ("The answer is A or the answer is B", None),
        ("My answer is a guess", None),
        ("The answer is A cup on the table", None),
        ("The answer is C cooks soup", 1),
        ("The answer is C.", 2),
        ("I cannot tell from the captions.", None),
        ("Answer: B or C", None),
        ("Answer: B/C", None),
        ("The answer is B or D", None),
        ("B) or C)", None),
        ("(B) and (D)", None),
        ("Option B is wrong.", None),
        ("Not option A.", None),
        ("The answer is not B", None),
        ("I would rule out option B. It is D.", None),
        ("The answer is A. No wait, D.", None),
        ("The answer is B, not C.", 1),
        ("Option B is wrong, so the answer is D.", 3),
        ("**Answer:** D", 3),
        (r"\boxed{D}", 3),
        ("$D$", 3),
        ("the answer is d", 3),
        ("the answer is d.", 3),
        ("b", 1),
    ],
)
def test_an_answer_names_one_option_or_none(words: str, option: int | None) -> None:
    assert parse_choice(words, OPTIONS) == option


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("I cannot tell from the 2 captions", None),
        ("10", 2),
        ("2.", 1),
        ("The cup was covered", None),
        ("there is not enough", None),
        ("a red cup, I think", 5),
        ("a cup", 6),
    ],
)
def test_short_options_are_not_found_inside_other_words(words: str, option: int | None) -> None:
    options = ("1", "2", "10", "red", "no", "a red cup", "a cup", "", ".")
    assert parse_choice(words, options) == option


def test_captions_of_the_levels_that_are_read_are_told_once() -> None:
    everything = prompt(QUESTION, CAPTIONS, Reading.ALL)
    places = [
        everything.index(text) for text in ("C cooked", "0 s: C prepares", "0 s: C cuts", "8 s: C opens")
    ]
    assert places == sorted(places)
    assert everything.count("C cuts the carrot") == 1
    assert "E. C leaves" in everything
    clips = prompt(QUESTION, CAPTIONS, Reading.CLIPS)
    assert "C cuts the carrot" in clips
    assert "prepares" not in clips
    none = prompt(QUESTION, CAPTIONS, Reading.NONE)
    assert "carrot" not in none
    assert "nothing is known" in none


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("B. Because he", Choice(1, "B. Because he")),
        ("Let us see", Choice(None, "Let us see")),
        ("", Choice(None, "m: the answer is cut at 3 tokens")),
    ],
)
def test_what_an_answer_named_before_it_was_cut_counts(text: str, choice: Choice) -> None:
    class Cut:
        name = "m"

        def complete(self, prompt: str) -> str:
            raise CutError(self.name, 3, text)

    assert choose(QUESTION, CAPTIONS, Reading.ALL, Cut()) == choice


def test_who_does_not_answer_has_chosen_nothing() -> None:
    assert choose(QUESTION, CAPTIONS, Reading.ALL, Says("B")) == Choice(1, "B")
    assert choose(QUESTION, CAPTIONS, Reading.ALL, Says("hm")) == Choice(None, "hm")
    assert choose(QUESTION, CAPTIONS, Reading.ALL, Says(None)) == Choice(None, "no server")
