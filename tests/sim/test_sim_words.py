"""Words: true, parseable, grammatical, of the paper's lengths, from a small vocabulary."""

import itertools
import math
import random
import re
import statistics
from dataclasses import replace

import pytest
from handmade import script_of
from samples import WINDOWS, one_event, samples

from videorecap.errors import ConfigError
from videorecap.hierarchy import windows
from videorecap.sim.facts import facts_of
from videorecap.sim.parse import parse_facts
from videorecap.sim.words import (
    caption,
    clip_caption,
    references,
    segment_caption,
    summary_caption,
    tellings,
)
from videorecap.sim.words.segment import incident_text
from videorecap.sim.world import ACTIONS, KINDS, PLACES
from videorecap.sim.writer import sample_script
from videorecap.types import Span

MINUTES = 28.0  # mean length of the paper's videos


def check_round_trip(level, number, seed):
    """Every telling of some windows parses to exactly the facts it tells, which are true."""
    count = 0
    for script, span in samples(level, number, seed):
        truth = facts_of(script, span, level)
        told = tellings(script, span, level)
        assert [telling.text for telling in told] == list(references(script, span, level))
        assert caption(script, span, level) in references(script, span, level)
        assert len({telling.text for telling in told}) == len(told) >= 2
        for telling in told:
            assert parse_facts(telling.text, level) == telling.facts, telling.text
            assert truth.core().statements() <= telling.facts.statements() <= truth.statements()
            assert telling.facts == truth or level == "clip"
            count += 1
    return count


@pytest.mark.parametrize(("level", "number"), [("clip", 180), ("segment", 100), ("summary", 50)])
def test_every_telling_parses_back_to_the_facts_it_tells(level, number):
    assert check_round_trip(level, number, seed=11) > 3 * number


@pytest.mark.slow
@pytest.mark.parametrize(("level", "number"), [("clip", 1000), ("segment", 500), ("summary", 300)])
def test_ten_thousand_tellings_parse_back(level, number):
    count = check_round_trip(level, number, seed=12)
    assert count > {"clip": 7000, "segment": 2500, "summary": 900}[level]


@pytest.mark.parametrize("action", ACTIONS)
def test_no_action_is_mistaken_for_another_whatever_the_object(action):
    """Kinds and colours that are also tools, verbs or each other's names confuse nobody."""
    for index, kind in enumerate(KINDS):
        place = list(PLACES)[index % len(PLACES)]
        script = one_event(action, kind, place=place)
        for telling in tellings(script, Span(0, 4), "clip"):
            assert parse_facts(telling.text, "clip") == telling.facts, telling.text
        assert facts_of(script, Span(0, 4), "clip").action == action


def test_every_step_and_incident_can_be_told_in_a_segment():
    for action, kind in itertools.product(ACTIONS, ("can", "trousers", "loaf")):
        script = one_event(action, kind)
        if script.events[0].object is None:
            continue
        for telling in tellings(script, Span(0, 4), "segment"):
            assert parse_facts(telling.text, "segment") == telling.facts, telling.text
            assert telling.facts.steps == ((action, kind),)
    assert incident_text(("drop", "trousers"), 0) == "drops the trousers and picks them up again"


@pytest.fixture(scope="module")
def words_of_videos():
    """Number of words of the captions of many videos with the paper's mean length, by level."""
    rng = random.Random(2)
    lengths = {level: [] for level in (*WINDOWS, "event", "duration")}
    while len(lengths["summary"]) < 150:
        seconds = min(7200.0, max(120.0, rng.lognormvariate(math.log(20.5 * 60), 0.8)))
        script = sample_script(rng.randrange(10**6), seconds)
        lengths["duration"].append(seconds / 60)
        for level, window in WINDOWS.items():
            spans = windows(seconds, window)
            for span in itertools.islice(spans, 0, None, 20 if level == "clip" else 1):
                lengths[level].append(len(caption(script, span, level).split()))
        for event in script.events[::20]:
            lengths["event"].append(len(clip_caption(script, event.span).split()))
    return lengths


@pytest.mark.slow
@pytest.mark.parametrize(
    ("level", "mean"), [("clip", 7.74), ("event", 7.74), ("segment", 15.79), ("summary", 25.59)]
)
def test_mean_lengths_are_those_of_the_paper(words_of_videos, level, mean):
    assert statistics.mean(words_of_videos["duration"]) == pytest.approx(MINUTES, rel=0.1)
    assert statistics.mean(words_of_videos[level]) == pytest.approx(mean, rel=0.15)


def test_lengths_have_long_tails(words_of_videos):
    assert 18 <= max(words_of_videos["clip"]) <= 43
    assert 40 <= max(words_of_videos["segment"]) <= 73
    assert 80 <= max(words_of_videos["summary"]) <= 172
    for level in WINDOWS:
        assert statistics.mean(words_of_videos[level]) > statistics.median(words_of_videos[level]) - 0.5


def test_vocabulary_is_closed_and_small():
    words = {
        word
        for level in WINDOWS
        for script, span in samples(level, 80, seed=6)
        for text in references(script, span, level)
        for word in re.findall(r"[a-z]+", text.lower())
    }
    assert 250 < len(words) < 600


@pytest.mark.parametrize("level", WINDOWS)
def test_captions_are_plain_sentences(level):
    for script, span in samples(level, 120, seed=8):
        for text in references(script, span, level):
            assert re.fullmatch(r"[A-Z][A-Za-z]*(?:[,.]? [A-Za-z]+)*", text), text
            assert not re.search(r"\b(\w+) \1\b", text), f"a word twice: {text}"
            assert not re.search(r"\ba [aeiou]|\ban [^aeiou]|\b(?:a|the) C\b", text), text
            assert not re.search(r"\bNone\b|[{}]|\bthe (?:the|a|an)\b", text), text
            assert re.search(r"\bC\b|^The (?:man|woman)\b", text), text
            assert all(sentence[0].isupper() for sentence in text.split(". ")), text


@pytest.mark.parametrize(
    ("action", "kind", "expected"),
    [
        ("put in", "apple", "C puts the orange apple into the box"),
        ("take out", "apple", "C takes the orange apple out of the box"),
        ("give", "book", "C gives the orange book to the man"),
        ("receive", "book", "C receives the orange book from the man"),
        ("pull", "vase", "C draws the orange vase closer"),
        ("drop", "plate", "C lets the orange plate fall"),
        ("turn on", "lamp", "C turns the orange lamp on"),
        ("plug in", "lamp", "C plugs the orange lamp in"),
        ("fill", "pot", "C pours water into the orange pot from a jug"),
        ("trim", "bush", "C trims the orange bush with scissors"),
        ("iron", "shirt", "C presses the orange shirt with an iron"),
        ("pick up", "mug", "C picks the orange mug up from the table in the laundry room"),
        ("walk", "mug", "C walks to the laundry room"),
        ("look", "mug", "C looks around the laundry room"),
        ("talk", "mug", "C talks to the man in the laundry room"),
        ("enter", "mug", "The woman walks in"),
        ("wave", "mug", "The woman greets C"),
    ],
)
def test_how_events_are_told(action, kind, expected):
    assert expected in references(one_event(action, kind), Span(0, 4), "clip")


@pytest.mark.parametrize("action", ["iron", "glue", "saw", "hammer", "drill"])
def test_a_tool_is_not_told_twice(action):
    for text in references(one_event(action, "plank"), Span(0, 4), "clip"):
        assert len(re.findall(rf"\b{ACTIONS[action].tool}", text)) <= 1, text


def test_a_window_with_two_events_may_tell_both():
    script = sample_script(12, 300)
    first, second = script.events[3:5]
    span = Span(first.span.end - 2.0, second.span.start + 1.9)
    texts = references(script, span, "clip")
    both = [text for text in texts if " and then " in text]
    assert both
    assert {parse_facts(text, "clip").action for text in texts} == {first.action}


def test_two_things_that_look_alike_are_told_apart():
    script = script_of(("cut", ("apple", "red")), ("cut", ("trousers", "red")))
    one, other = script.events
    for noun, kind in (("another red apple", "apple"), ("other red trousers", "trousers")):
        first = replace(one, object=kind)
        second = replace(other, object=kind)
        texts = references(replace(script, events=(first, second)), Span(0, 7), "clip")
        assert f"C cuts the red {kind} and then cuts {noun}" in texts
    same = references(replace(script, events=(one, replace(one, span=other.span))), Span(0, 7), "clip")
    assert "C cuts the red apple and then cuts it" in same


def long_window(*acts):
    """All references of the whole of a script; the first act takes most of it."""
    script = script_of(*acts, person="man")
    first, second, *rest = script.events
    events = (replace(first, span=Span(0, 4.5)), replace(second, span=Span(4.5, 8)), *rest)
    return references(replace(script, events=events), Span(0, script.duration_seconds), "clip")


def test_long_windows_say_who_does_what_to_what():
    plank, jar = ("plank", "red"), ("jar", "blue")
    texts = long_window(("measure", plank), ("open", jar), ("saw", plank), ("glue", plank), ("close", jar))
    told = "opens the blue jar, saws the red plank, glues it and closes the blue jar"
    assert f"C measures the red plank and then {told}" in texts
    texts = long_window(
        ("cut", ("dough", "red")), ("enter", None), ("wave", None), ("knead", ("dough", "red"))
    )
    assert "C cuts the red dough and then the man walks in, waves at C and C kneads it" in texts
    assert "C picks up the red mug and then puts it down" in long_window(
        ("pick up", ("mug", "red")), ("put down", ("mug", "red"))
    )


def test_what_comes_before_does_not_change_who_or_what_is_meant():
    script = script_of(("open", ("jar", "blue")), ("peel", ("apple", "red")), ("cut", ("apple", "red")))
    times = (Span(0, 4), Span(4, 8.5), Span(8.5, 12))
    events = [replace(event, span=span) for event, span in zip(script.events, times, strict=True)]
    texts = references(replace(script, events=tuple(events)), Span(0, 12), "clip")
    assert "C peels the red apple after opening the blue jar and then cuts the red apple" in texts
    events[0] = replace(events[0], action="enter", object=None, colour=None, item=None, actor="man")
    texts = references(replace(script, events=tuple(events)), Span(0, 12), "clip")
    assert "C peels the red apple after the man walks in and then C cuts it" in texts


def test_the_three_captions_agree_with_caption():
    script = sample_script(30, 500)
    span = Span(20.0, 24.0)
    assert clip_caption(script, span) == caption(script, span, "clip")
    assert segment_caption(script, Span(0, 180)) == caption(script, Span(0, 180), "segment")
    assert summary_caption(script, script.span) == caption(script, Span(0, 500), "summary")


def test_captions_vary_with_the_window_and_the_seed():
    script = one_event("cut", "apple")
    assert len({clip_caption(script, Span(0, 1 + k / 10)) for k in range(60)}) > 5


def test_unknown_levels_are_refused():
    script = sample_script(1, 60)
    for call in (
        lambda: parse_facts("C", "scene"),
        lambda: references(script, Span(0, 4), "scene"),
        lambda: caption(script, Span(0, 4), "scene"),
        lambda: facts_of(script, Span(0, 4), "scene"),
    ):
        with pytest.raises(ConfigError, match="no level 'scene'"):
            call()
