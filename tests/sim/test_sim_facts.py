"""Facts: what is told is true and takes time, and any text is read as it stands."""

import random
import re
from dataclasses import fields

import pytest
from samples import samples

from videorecap.hierarchy import windows
from videorecap.sim.facts import LEVELS, Facts, facts_of, main_event
from videorecap.sim.parse import parse_facts
from videorecap.sim.script import Episode, Event, Guest, Script, StepSpan
from videorecap.sim.told import INCIDENT_SHARE, MIN_SHARE, PEOPLE_SHARE, told_goal
from videorecap.sim.words import references, segment_caption, summary_caption
from videorecap.sim.world import ACTIONS, ACTIVITIES, COLOURS, GOALS, KINDS, PEOPLE, PLACES
from videorecap.sim.writer import sample_script
from videorecap.types import Span


def test_clip_facts_are_those_of_the_longest_overlap():
    script = sample_script(21, 400)
    for span in windows(400):
        shares = {event: event.span.overlap(span) for event in script.events}
        main = main_event(script, span)
        assert shares[main] == max(shares.values())
        facts = facts_of(script, span, "clip")
        assert (facts.actor, facts.action, facts.object, facts.colour, facts.place, facts.target) == (
            main.actor,
            main.action,
            main.object,
            main.colour,
            main.place,
            main.target,
        )
        assert facts.tool == ACTIONS[main.action].tool


def test_segments_tell_what_takes_time_in_order():
    for script, span in samples("segment", 150, seed=3):
        facts = facts_of(script, span, "segment")
        seconds = dict.fromkeys(ACTIVITIES, 0.0)
        for episode in script.episodes:
            seconds[episode.activity] += episode.span.overlap(span)
        starts = [
            min(
                each.span.start
                for each in script.episodes
                if each.activity == name and each.span.overlap(span)
            )
            for name in facts.activities
        ]
        assert starts == sorted(starts)
        assert {name for name in seconds if seconds[name] >= MIN_SHARE * span.duration} <= set(
            facts.activities
        )
        assert max(seconds, key=lambda name: seconds[name]) in facts.activities
        assert set(facts.places) <= {each.place for each in script.episodes if each.span.overlap(span) > 0}
        assert set(facts.steps) <= done_in(script, span)


def done_in(script, span):
    """What is done to objects in a window: actions and kinds."""
    return {(each.action, each.object) for each in script.events if each.span.overlap(span) > 0}


@pytest.mark.parametrize("seconds", [0.3, 3.0, 8.0, 20.0])
def test_segments_of_any_length_tell_only_what_they_show(seconds):
    told = 0
    for script, span in samples("segment", 1500, seed=5, seconds=seconds):
        facts, done = facts_of(script, span, "segment"), done_in(script, span)
        incidents = {pair for pair in facts.incidents if pair[0] in ("drop", "inspect")}
        assert set(facts.steps) | incidents <= done
        if any(action == "drop" for action, _ in incidents):
            assert script.events_in(span)[-1].action != "drop", "it is taken up again"
        told += len(facts.steps)
    assert told > 200


def test_segments_tell_of_people_who_are_there_for_long():
    told = 0
    for script, span in samples("segment", 150, seed=4):
        facts = facts_of(script, span, "segment")
        seconds = {
            person: sum(each.span.overlap(span) for each in script.guests if each.person == person)
            for person in ("man", "woman")
        }
        there = {person for person in seconds if seconds[person] >= PEOPLE_SHARE * span.duration}
        assert set(facts.people) == there
        assert {name for action, name in facts.incidents if action in ("talk", "wave", "enter")} <= there
        told += len(there)
    assert told > 20


def phone_call(seconds):
    """A script in which the phone takes the last seconds of a hundred."""
    parts = ((0.0, "wipe", "mirror", "step"), (100.0 - seconds, "inspect", "phone", "interruption"))
    ends = (100.0 - seconds, 100.0)
    events = tuple(
        Event(
            span=Span(start, end),
            action=action,
            object=kind,
            colour="red",
            place="bathroom",
            role=role,
            step=k,
        )
        for k, ((start, action, kind, role), end) in enumerate(zip(parts, ends, strict=True))
    )
    return Script(
        seed=1,
        duration_seconds=100.0,
        goal="cleaning the house",
        daytime="morning",
        episodes=(Episode(activity="cleaning the bathroom", place="bathroom", span=Span(0, 100)),),
        steps=tuple(
            StepSpan(span=each.span, action=each.action, object=each.object, episode=0, role=each.role)
            for each in events
        ),
        events=events,
        items=(),
        guests=(Guest(person="man", colour="red", place="bathroom", span=Span(50, 90)),),
    )


def test_an_incident_is_told_if_it_takes_long_enough():
    whole = Span(0, 100)
    long, brief = (
        facts_of(phone_call(100 * INCIDENT_SHARE + more), whole, "segment") for more in (0.1, -0.1)
    )
    assert long.incidents == (("inspect", "phone"),)
    assert brief.incidents == ()
    assert brief.steps == (("wipe", "mirror"),)
    assert brief.people == ("man",)
    told = segment_caption(phone_call(20.0), whole)
    assert "man" in told
    assert "in the bathroom" not in told, "the activity says where it is"


def test_summaries_tell_every_part_in_order_and_nobody_twice():
    for script, span in samples("summary", 60, seed=7):
        facts = facts_of(script, span, "summary")
        text = summary_caption(script, script.span)
        sentences = max(1, round(script.duration_seconds / 900))
        assert len(re.findall(r"(?:^|\. )(?:Later|Then|After that),? C ", text)) == sentences - 1
        assert set(facts.activities) <= {episode.activity for episode in script.episodes}
        assert text.count(" man") <= 1
        assert text.count(" woman") <= 1
        assert facts.goal in (None, script.goal)


def day_of(goal, *names):
    """A script of activities, five minutes each."""
    spans = [Span(300.0 * k, 300.0 * (k + 1)) for k in range(len(names))]
    return Script(
        seed=1,
        duration_seconds=300.0 * len(names),
        goal=goal,
        daytime="morning",
        episodes=tuple(
            Episode(activity=name, place="office", span=span) for name, span in zip(names, spans, strict=True)
        ),
        steps=(),
        events=(),
        items=(),
    )


def goal_of(script):
    return told_goal(script, script.span)


def test_the_goal_is_told_only_where_it_shows():
    folding, dishes = "folding the laundry", "washing the dishes"
    suitcase, letters = "packing a suitcase", "answering letters"
    assert goal_of(day_of("cleaning the house", folding, dishes)) == "cleaning the house"
    assert goal_of(day_of("preparing a journey", folding, dishes)) is None, "another goal fits better"
    assert goal_of(day_of("cleaning the house", folding, letters, dishes)) == "cleaning the house"
    assert goal_of(day_of("preparing a journey", suitcase)) is None, "one activity tells no goal"
    assert goal_of(day_of("preparing a journey", folding, suitcase, letters)) == "preparing a journey"
    assert goal_of(day_of("working through papers", letters, dishes)) is None, "half is not most"


def test_windows_past_the_end_tell_of_the_end():
    script = sample_script(5, 100)
    assert facts_of(script, Span(100, 104), "clip").action == script.events[-1].action
    assert facts_of(script, Span(100, 104), "segment").activities == (script.episodes[-1].activity,)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("", Facts()),
        ("C picks up the the the", Facts(actor="C", action="pick up")),
        ("the red red mug mug", Facts(object="mug", colour="red")),
        ("C SHUTS the jar!", Facts(actor="C", action="close", object="jar")),
        ("C juggles seven elephants", Facts(actor="C")),
        ("C waters the white flower", Facts(actor="C", action="water", object="flower", colour="white")),
        ("C opens the toolbox", Facts(actor="C", action="open", object="toolbox")),
        ("#C C fills a green mug", Facts(actor="C", action="fill", object="mug", colour="green")),
        ("C takes off the hat", Facts(actor="C", action="take off", object="hat")),
        ("C takes the hat off", Facts(actor="C", action="take off", object="hat")),
        ("C takes the hat", Facts(actor="C", object="hat")),
        ("C takes the hat out of the box", Facts(actor="C", action="take out", object="hat", target="box")),
        ("C takes down the hat", Facts(actor="C", action="take down", object="hat")),
        ("C takes the measure of the mat", Facts(actor="C", action="measure", object="mat")),
        ("C puts the hat on", Facts(actor="C", action="put on", object="hat")),
        ("C puts the hat on the shelf", Facts(actor="C", action=None, object="hat", target="shelf")),
        ("C puts glue on the box", Facts(actor="C", action="glue", object="box")),
        ("C puts a can into a box", Facts(actor="C", action="put in", object="can", target="box")),
        (
            "C waters an orange can with a watering can",
            Facts(actor="C", action="water", object="can", colour="orange", tool="watering can"),
        ),
        ("The man goes away", Facts(actor="man", action="leave")),
        ("A man talks to C", Facts(actor="man", action="talk")),
        ("While talking to a man, C cuts the apple", Facts(actor="C", action="cut", object="apple")),
        (
            "C cuts the apple after opening the red box and then closes the jar",
            Facts(actor="C", action="cut", object="apple"),
        ),
    ],
)
def test_wrong_clip_text_gives_what_it_says(text, facts):
    assert parse_facts(text, "clip") == facts


def test_wrong_segment_text_gives_what_it_says():
    facts = parse_facts(
        "C builds a birdhouse making a salad in the laundry room, washing the sock sock. A man drops the can",
        "segment",
    )
    assert facts == Facts(
        places=("laundry room",),
        activities=("building a birdhouse", "making a salad"),
        steps=(("wash", "sock"), ("wash", "sock")),
        incidents=(("drop", "can"),),
        people=("man",),
    )
    assert parse_facts("C C C and then", "summary") == Facts()
    assert parse_facts("Keeping fit, C runs a small shop in the gym", "summary") == Facts(
        places=("shop", "gym"), goal="keeping fit"
    )


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("washing the mug, wiping the box and the can", (("wash", "mug"), ("wipe", "box"), ("wipe", "can"))),
        ("opening, wiping and closing the box", (("open", "box"), ("wipe", "box"), ("close", "box"))),
        ("opening and wiping the box, closing", (("open", "box"), ("wipe", "box"))),
        ("turning the lamp and the fan on", (("turn on", "lamp"), ("turn on", "fan"))),
        ("pulling the vase closer and the mug", (("pull", "vase"), ("pull", "mug"))),
        ("putting the jacket on. Then the mug", (("put on", "jacket"), ("put on", "mug"))),
        ("washing, then C makes a salad with the bowl", ()),
        ("the mug", ()),
    ],
)
def test_steps_are_read_with_all_their_objects(text, steps):
    assert parse_facts(text, "segment").steps == steps


def test_no_text_breaks_the_parser_or_makes_it_invent():
    rng = random.Random(9)
    known = {*ACTIONS, *ACTIVITIES, *GOALS, *KINDS, *COLOURS, *PLACES, *PEOPLE, "C"}
    known |= {place.surface for place in PLACES.values()}
    known |= {action.tool for action in ACTIONS.values()}
    for level in LEVELS:
        for script, span in samples(level, 60, seed=10):
            words = " ".join(references(script, span, level)).split()
            rng.shuffle(words)
            facts = parse_facts(" ".join(words[:30]), level)
            for field in fields(facts):
                value = getattr(facts, field.name)
                values = value if isinstance(value, tuple) else (value,)
                parts = [part for each in values for part in (each if isinstance(each, tuple) else (each,))]
                assert {part for part in parts if part is not None} <= known


def test_no_phrase_means_two_things():
    verbs = [verb for each in ACTIONS.values() for verb in (*each.verbs, *each.heard)]
    phrases = [phrase for each in ACTIVITIES.values() for phrase in (each.name, *each.phrases)]
    gerunds = [each.gerund for each in ACTIONS.values()]
    for names in (verbs, phrases, gerunds):
        assert len(names) == len(set(names))


def test_statements_are_single_facts():
    facts = Facts(
        actor="C",
        action="cut",
        places=("office", "gym"),
        steps=(("put in", "hat"), ("cut", "apple"), ("cut", "apple")),
        incidents=(("drop", "can"),),
        people=("man",),
    )
    assert facts.statements() == {
        ("actor", "C"),
        ("action", "cut"),
        ("place", "office"),
        ("place", "gym"),
        ("step", "put in hat"),
        ("step", "cut apple"),
        ("incident", "drop can"),
        ("person", "man"),
    }
    assert Facts().statements() == frozenset()


def test_the_core_of_a_clip_keeps_what_its_action_needs():
    whole = Facts(actor="C", action="give", object="hat", place="gym", target="man", tool="pen")
    assert whole.core() == Facts(actor="C", action="give", object="hat", target="man")
    assert Facts(action="pick up", target="floor").core() == Facts(action="pick up")
    assert Facts(action="walk", place="gym").core() == Facts(action="walk", place="gym")
    assert Facts(activities=("ironing clothes",), goal="keeping fit").core().goal == "keeping fit"
