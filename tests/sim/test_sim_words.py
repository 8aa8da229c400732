"""Words and facts: true, parseable, of the paper's lengths, from a small vocabulary."""

import random
import statistics
import time

import pytest

from videorecap.errors import ConfigError
from videorecap.hierarchy import windows
from videorecap.sim.facts import Facts, facts_of, main_event, parse_facts
from videorecap.sim.script import sample_script
from videorecap.sim.words import caption, clip_caption, references, segment_caption, summary_caption
from videorecap.types import Span

WINDOWS = {"clip": 4.0, "segment": 180.0, "summary": float("inf")}


def samples(level, number, seed=0):
    """(script, span) pairs of one level."""
    rng = random.Random(seed)
    while number > 0:
        script = sample_script(rng.randrange(10**6), rng.uniform(300, 1900))
        for span in windows(script.duration_seconds, WINDOWS[level]):
            yield script, span
            number -= 1


@pytest.mark.parametrize("level", WINDOWS)
def test_every_reference_parses_back_to_the_truth(level):
    count = 0
    for script, span in samples(level, 400 if level != "summary" else 150):
        truth = facts_of(script, span, level)
        told = references(script, span, level)
        assert len(told) >= 2 or level != "clip"
        assert caption(script, span, level) in told
        for text in told:
            assert parse_facts(text, level) == truth, text
            count += 1
    assert count > (550 if level == "summary" else 700)


def test_clip_facts_are_those_of_the_longest_overlap():
    script = sample_script(21, 400)
    for span in windows(400):
        shares = {event: event.span.overlap(span) for event in script.events}
        assert shares[main_event(script, span)] == max(shares.values())


def test_segments_tell_activities_in_order_with_objects_really_handled():
    for script, span in samples("segment", 60, seed=3):
        facts = facts_of(script, span, "segment")
        starts = [
            min(e.span.start for e in script.activities if e.activity == name and e.span.overlap(span) > 0)
            for name in facts.activities
        ]
        assert starts == sorted(starts)
        assert set(facts.objects) <= {event.object for event in script.events_in(span)}
        longest = max(script.activities, key=lambda each: each.span.overlap(span))
        assert longest.activity in facts.activities


def test_mean_lengths_are_near_the_papers():
    """7.7, 16 and 26 words; summaries grow by a sentence for about five segments."""
    lengths = {
        level: statistics.mean(len(caption(s, w, level).split()) for s, w in samples(level, number, seed=5))
        for level, number in (("clip", 1500), ("segment", 300), ("summary", 80))
    }
    assert lengths["clip"] == pytest.approx(7.7, rel=0.15)
    assert lengths["segment"] == pytest.approx(16, rel=0.15)
    assert lengths["summary"] == pytest.approx(26, rel=0.3)
    long = summary_caption(sample_script(8, 7200))
    assert long.count("Later C") == 7


def test_vocabulary_is_closed_and_small():
    words = {
        word
        for level in WINDOWS
        for script, span in samples(level, 300, seed=6)
        for text in references(script, span, level)
        for word in text.lower().replace(",", " ").replace(".", " ").split()
    }
    assert 100 < len(words) < 400


def test_the_three_captions_agree_with_caption():
    script = sample_script(30, 500)
    span = Span(20.0, 24.0)
    assert clip_caption(script, span) == caption(script, span, "clip")
    assert segment_caption(script, Span(0, 180)) == caption(script, Span(0, 180), "segment")
    assert summary_caption(script) == caption(script, Span(0, 500), "summary")


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("", Facts()),
        ("C picks up the the the", Facts(action="pick up")),
        ("the red red mug mug", Facts(object="mug", colour="red")),
        ("C SHUTS the jar!", Facts(action="close", object="jar")),
        ("C juggles seven elephants", Facts()),
        ("C picks the box", Facts(object="box")),
        ("C waters the white flower", Facts(action="fill", object="flower", colour="white")),
        ("C opens the toolbox", Facts(action="open", object="toolbox")),
    ],
)
def test_wrong_clip_text_gives_what_it_says(text, facts):
    assert parse_facts(text, "clip") == facts


def test_wrong_segment_text_gives_what_it_says():
    facts = parse_facts("C makes a birdhouse making a salad in the laundry room with the sock", "segment")
    assert facts == Facts(
        place="laundry room", activities=("building a birdhouse", "making a salad"), objects=("sock",)
    )
    assert parse_facts("C C C and then", "summary") == Facts()


def test_unknown_levels_are_refused():
    script = sample_script(1, 60)
    for call in (
        lambda: parse_facts("C", "scene"),
        lambda: references(script, Span(0, 4), "scene"),
        lambda: facts_of(script, Span(0, 4), "scene"),
    ):
        with pytest.raises(ConfigError, match="no level 'scene'"):
            call()


def test_two_hours_with_words_take_under_two_seconds():
    start = time.process_time()
    script = sample_script(77, 7200)
    for level, seconds in WINDOWS.items():
        for span in windows(7200, seconds):
            caption(script, span, level)
    assert time.process_time() - start < 2
