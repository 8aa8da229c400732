"""Scripts: the rules of the world hold, time is covered, opposites undo each other, people come and go."""

import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from videorecap.errors import ConfigError
from videorecap.sim.scene import replay
from videorecap.sim.splits import SEEDS, combinations, held_out, seed_of, split_of
from videorecap.sim.world import ACTIONS, ACTIVITIES, COLOURS, GOALS, KINDS, PEOPLE, PLACES
from videorecap.sim.writer import sample_script
from videorecap.types import Span

LENGTHS = (1.0, 2.4, 4.0, 7.5, 61.0, 400.0, 1800.0, 7200.0)


def scripts():
    rng = random.Random(0)
    return [sample_script(rng.randrange(10**6), length) for length in LENGTHS for _ in range(5)]


def steps_of(activity):
    return (*activity.first, *activity.rounds, *activity.last)


def test_the_world_is_large():
    assert len(ACTIVITIES) >= 24
    assert len(PLACES) >= 8
    assert len(ACTIONS) >= 40
    assert len(KINDS) >= 80


def test_tables_agree():
    """Every name that a table uses is a key of the table it points to."""
    for activity in ACTIVITIES.values():
        assert set(activity.places) <= set(PLACES)
        for step in steps_of(activity):
            assert set(step.kinds) <= set(KINDS)
            assert set(step.actions) <= set(ACTIONS)
            assert step.main in step.actions
            inside = any(ACTIONS[name].with_other == "container" for name in step.actions)
            assert inside == (step.container is not None), (activity.name, step)
    for place in PLACES:
        assert sum(place in activity.places for activity in ACTIVITIES.values()) >= 3
    served = {name for goal in GOALS.values() for name in goal.activities}
    assert served == set(ACTIVITIES)
    for action in ACTIONS.values():
        if action.opposite is not None:
            assert ACTIONS[action.opposite].opposite == action.name


def test_objects_can_do_what_is_done_to_them():
    for activity in ACTIVITIES.values():
        for step in steps_of(activity):
            changed = {attribute for name in step.actions for attribute, _ in ACTIONS[name].makes}
            for kind in step.kinds:
                assert changed - {"where", "dirty"} <= set(KINDS[kind].has), (activity.name, kind)


def test_no_colour_gives_a_kind_away():
    for colour in COLOURS:
        assert sum(colour in kind.colours for kind in KINDS.values()) >= 50
    assert all(len(kind.colours) >= 6 for kind in KINDS.values())


def test_every_row_of_the_tables_is_used():
    seen = [event for seed in range(90) for event in sample_script(seed, 1800).events]
    assert {event.action for event in seen} == set(ACTIONS)
    assert {event.object for event in seen} - {None} == set(KINDS)
    assert {event.place for event in seen} == set(PLACES)
    assert {event.actor for event in seen} == {"C", *PEOPLE}
    assert {event.role for event in seen} == {"step", "pause", "interruption", "mistake", "repair"}
    assert max(Counter(event.action for event in seen).values()) < 0.16 * len(seen)


@pytest.mark.parametrize("script", scripts(), ids=lambda script: f"{script.seed}-{script.duration_seconds:g}")
def test_events_steps_and_episodes_cover_the_time(script):
    for parts in (script.events, script.steps, script.episodes):
        assert parts[0].span.start == 0
        assert parts[-1].span.end == script.duration_seconds
        assert all(a.span.end == b.span.start for a, b in pairwise(parts))
    for event in script.events:
        episode, step = script.episodes[event.episode], script.steps[event.step]
        assert episode.span.overlap(event.span) == pytest.approx(event.span.duration)
        assert step.span.overlap(event.span) == pytest.approx(event.span.duration)
        assert step.episode == event.episode
        assert event.place == episode.place
        assert episode.place in ACTIVITIES[episode.activity].places


def test_the_action_of_a_step_is_done_in_it():
    """Also in the last step, which may be cut off anywhere."""
    for seed in range(60):
        script = sample_script(seed, 7.0 * seed + 1)
        done = {(event.step, event.action, event.object) for event in script.events}
        for number, step in enumerate(script.steps):
            assert (number, step.action, step.object) in done


CHANGES = {  # by hand, without the package's own tables
    "pick up": ("where", "held"), "put down": ("where", "table"), "drop": ("where", "table"),
    "put on": ("where", "worn"), "take off": ("where", "table"), "put in": ("where", "inside"),
    "take out": ("where", "table"), "hang up": ("where", "hung"), "take down": ("where", "table"),
    "push": ("where", "far"), "pull": ("where", "table"), "give": ("where", "given"),
    "receive": ("where", "table"), "open": ("open", True), "close": ("open", False),
    "fold": ("folded", True), "unfold": ("folded", False), "turn on": ("on", True), "turn off": ("on", False),
    "plug in": ("plugged", True), "unplug": ("plugged", False), "screw": ("screwed", True),
    "unscrew": ("screwed", False), "tie": ("tied", True), "untie": ("tied", False), "cut": ("cut", True),
    "saw": ("cut", True), "peel": ("peeled", True), "fill": ("full", True), "empty": ("full", False),
    "wash": ("dirty", False), "wipe": ("dirty", False),
}  # fmt: skip
FROM = {  # where the object must be
    "put down": "held", "drop": "held", "take off": "worn", "take out": "inside", "take down": "hung",
    "pull": "far", "receive": "given", "wash": "held", "inspect": "held", "shake": "held", "drink": "held",
    "empty": "held", "exercise": "held", "play": "held",
}  # fmt: skip


@pytest.mark.parametrize("seed", range(0, 1_200_000, 40_001))
def test_actions_obey_their_needs(seed):
    """Checked here by hand, without the package's own rules, and by ``replay``, which must not raise."""
    script = sample_script(seed, 900)
    replay(script)
    facts = [{name: getattr(item.at_first, name) for name in ("where", "open", "folded", "on", "plugged",
              "screwed", "tied", "cut", "peeled", "full", "dirty")} for item in script.items]  # fmt: skip
    for event in script.events:
        held = [number for number, each in enumerate(facts) if each["where"] == "held"]
        if event.item is None:
            assert not held
            continue
        assert held in ([], [event.item])
        item = facts[event.item]
        assert item["where"] == FROM.get(event.action, "table"), event
        attribute, value = CHANGES.get(event.action, (None, None))
        if attribute is not None and attribute != "where":
            assert item[attribute] != value, event
        if event.action in ("stir", "fill", "empty", "type"):
            assert item["open"]
        if event.action == "drink":
            assert item["full"]
        if event.action in ("put in", "take out"):
            assert facts[event.container]["open"]
            assert event.target == script.items[event.container].kind
        if attribute is not None:
            item[attribute] = value
        if event.action == "drop":
            item["dirty"] = True
        assert (event.object, event.colour) == (
            script.items[event.item].kind,
            script.items[event.item].colour,
        )


def test_order_matters():
    """Shuffled events break the rules nearly always."""
    broken = 0
    for seed in range(20):
        script = sample_script(seed, 300)
        actions = list(script.events)
        random.Random(seed).shuffle(actions)
        events = [replace(event, span=old.span) for event, old in zip(actions, script.events, strict=True)]
        try:
            replay(replace(script, events=tuple(events)))
        except ConfigError:
            broken += 1
    assert broken >= 18


def test_replay_refuses_what_cannot_be():
    script = sample_script(1, 60)
    index = next(n for n, event in enumerate(script.events) if event.item is not None)
    broken = replace(
        script, events=(*script.events[:index], replace(script.events[index], action="take off"))
    )
    with pytest.raises(ConfigError, match="cannot take off"):
        replay(broken)


def test_opposites_undo_each_other():
    undone = set()
    for script in (sample_script(seed, 900) for seed in range(40)):
        states = [item.at_first for item in script.items]
        for event in script.events:
            if event.item is None:
                continue
            before, opposite = states[event.item], ACTIONS[event.action].opposite
            states[event.item] = after = before.after(event.action)
            if opposite is not None:
                assert after.allows(opposite)
                assert after.after(opposite) == before
                undone.add(event.action)
    assert undone == {name for name, each in ACTIONS.items() if each.opposite and each.has_object}


@pytest.mark.parametrize("seed", range(3, 40, 4))
def test_people_come_before_they_act_and_leave_before_C_walks_on(seed):
    script = sample_script(seed, 3600)
    there = None
    for event in script.events:
        if event.action == "enter":
            assert there is None
            there = event.actor
            assert script.guest_at(event.span.middle).person == there
        elif event.action == "leave":
            assert event.actor == there
            there = None
        elif event.action in ("talk", "give", "receive"):
            assert event.target == there is not None
        elif event.action == "wave":
            assert event.actor == there is not None
        elif event.action == "walk":
            assert there is None
        guest = script.guest_at(event.span.middle)
        assert (guest.person if guest else None) == (event.actor if event.action == "leave" else there)


def test_what_is_dropped_is_taken_up_again():
    drops = repaired = 0
    for seed in range(60):
        events = sample_script(seed, 1200).events
        for event, after in pairwise(events):
            if event.action == "drop":
                drops += 1
                repaired += (after.action, after.item, after.role) == ("pick up", event.item, "repair")
                assert event.role == "mistake"
    assert drops > 50
    assert repaired == drops


def test_most_time_is_work():
    """Looking around and walking are few and short; so are mistakes and interruptions."""
    script = sample_script(11, 7200)
    shares = Counter()
    for event in script.events:
        shares[event.role] += event.span.duration / script.duration_seconds
    assert shares["step"] > 0.75
    assert all(0 < shares[role] < 0.15 for role in ("pause", "interruption", "mistake", "repair"))


def test_events_last_a_few_seconds_off_any_grid():
    script = sample_script(12, 1800)
    lengths = [event.span.duration for event in script.events[:-1]]
    assert min(lengths) >= 2.4
    assert max(lengths) <= 9.1
    on_grid = sum(event.span.start % 1 == 0 for event in script.events)
    assert on_grid < 0.1 * len(script.events)


def test_time_lookup():
    script = sample_script(13, 300)
    for number, event in enumerate(script.events):
        assert script.index_at(event.span.start) == number
        assert script.index_at(event.span.middle) == number
        assert script.events_in(event.span) == (event,)
    assert script.index_at(-1.0) == 0
    assert script.index_at(1e6) == len(script.events) - 1
    span = Span(50.0, 120.0)
    assert script.events_in(span) == tuple(e for e in script.events if e.span.overlap(span) > 0)


@pytest.mark.parametrize("seconds", [0, 0.5, -3, 7201, float("nan")])
def test_impossible_lengths_are_refused(seconds):
    with pytest.raises(ConfigError, match="1 to 7200 seconds"):
        sample_script(0, seconds)


def test_splits_never_share_a_seed():
    ranges = list(SEEDS.values())
    assert all(set(a).isdisjoint(b) for n, a in enumerate(ranges) for b in ranges[n + 1 :])
    for split in SEEDS:
        assert split_of(seed_of(split, 5)) == split
    assert split_of(-1) is None
    with pytest.raises(ConfigError, match="no split 'dev'"):
        seed_of("dev", 0)
    with pytest.raises(ConfigError, match="has videos 0 to 99999"):
        seed_of("val", 100_000)


def test_training_never_shows_what_is_held_out_and_test_often_does():
    away = {
        (activity.name, place, kind)
        for activity in ACTIVITIES.values()
        for place in activity.places
        for kind in held_out(activity.name, place)
    }
    assert len(away) > 60
    assert len({activity for activity, _, _ in away}) >= 24
    train = set().union(*(combinations(sample_script(seed_of("train", n), 1800)) for n in range(150)))
    test = set().union(*(combinations(sample_script(seed_of("test", n), 1800)) for n in range(80)))
    assert not train & away
    assert len(test & away) > 0.8 * len(away)
    kinds = {kind for _, _, kind in train}
    assert {kind for _, _, kind in away} <= kinds, "what is held out is the combination, not the object"
