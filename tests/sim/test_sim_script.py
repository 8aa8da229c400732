"""Scripts: the rules of the world hold, time is covered, opposites undo each other."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from videorecap.errors import ConfigError
from videorecap.sim.scene import replay
from videorecap.sim.script import sample_script
from videorecap.sim.splits import SEEDS, seed_of
from videorecap.sim.world import ACTIONS, ACTIVITIES, COLOURS, GOALS, KINDS, PLACES
from videorecap.types import Span

LENGTHS = (1.0, 2.4, 4.0, 7.5, 61.0, 400.0, 1800.0)


def scripts():
    rng = random.Random(0)
    return [sample_script(rng.randrange(10**6), length) for length in LENGTHS for _ in range(6)]


def test_tables_agree():
    """Every name that a table uses is a key of the table it points to."""
    for activity in ACTIVITIES.values():
        assert activity.place in PLACES
        for step in (*activity.first, *activity.rounds, *activity.last):
            assert set(step.kinds) <= set(KINDS)
            assert set(step.actions) <= set(ACTIONS)
    assert {activity.place for activity in ACTIVITIES.values()} == set(PLACES)
    for place in PLACES:
        assert sum(activity.place == place for activity in ACTIVITIES.values()) >= 2
    for goal in GOALS.values():
        assert set(goal.activities) <= set(ACTIVITIES)
    for action in ACTIONS.values():
        if action.opposite is not None:
            assert ACTIONS[action.opposite].opposite == action.name


def test_no_colour_gives_a_kind_away():
    for colour in COLOURS:
        assert sum(colour in kind.colours for kind in KINDS.values()) >= 5
    assert all(len(kind.colours) >= 3 for kind in KINDS.values())


def test_every_row_of_the_tables_is_used():
    seen = [event for seed in range(60) for event in sample_script(seed, 1200).events]
    assert {event.action for event in seen} == set(ACTIONS)
    assert {event.object for event in seen} - {None} == set(KINDS)
    assert {event.place for event in seen} == set(PLACES)


@pytest.mark.parametrize("script", scripts(), ids=lambda script: f"{script.seed}-{script.duration_seconds:g}")
def test_events_and_activities_cover_the_time(script):
    for spans in ([event.span for event in script.events], [each.span for each in script.activities]):
        assert spans[0].start == 0
        assert spans[-1].end == script.duration_seconds
        assert all(a.end == b.start for a, b in pairwise(spans))
    for event in script.events:
        episode = script.activities[event.episode]
        assert episode.span.overlap(event.span) == pytest.approx(event.span.duration)
        assert event.place == episode.place


@pytest.mark.parametrize("seed", range(40))
def test_actions_obey_their_needs(seed):
    """Checked here by hand, without the package's own rules, and by ``replay``, which must not raise."""
    script = sample_script(seed, 900)
    replay(script)
    held, opened, folded, cut = set(), set(), set(), set()
    for number, item in enumerate(script.items):
        opened |= {number} if item.is_open else set()
        folded |= {number} if item.is_folded else set()
    for event in script.events:
        item = event.item
        if item is None:
            assert not held
            continue
        must = {
            "pick up": not held,
            "put down": held == {item},
            "wash": held == {item},
            "open": item not in opened and not held,
            "close": item in opened and not held,
            "fold": item not in folded and not held,
            "unfold": item in folded and not held,
            "cut": item not in cut and not held,
            "stir": item in opened and not held,
            "fill": item in opened and not held,
        }
        assert must.get(event.action, not held), f"{event} with {held=} {opened=}"
        change = {"pick up": held.add, "put down": held.discard, "open": opened.add, "close": opened.discard}
        change |= {"fold": folded.add, "unfold": folded.discard, "cut": cut.add}
        change.get(event.action, lambda _: None)(item)
        assert (event.object, event.colour) == (script.items[item].kind, script.items[item].colour)


def test_replay_refuses_what_cannot_be():
    script = sample_script(1, 60)
    index = next(n for n, event in enumerate(script.events) if event.item is not None)
    event = replace(script.events[index], action="put down")
    broken = replace(script, events=(*script.events[:index], event))
    with pytest.raises(ConfigError, match="cannot put down"):
        replay(broken)


def test_opposites_undo_each_other():
    for action in ACTIONS.values():
        if action.opposite is None:
            continue
        for item in (item for seed in range(8) for item in sample_script(seed, 300).items):
            state = item.at_first
            if state.allows(action.name):
                assert state.after(action.name).after(action.opposite) == state


def test_most_time_is_action():
    """Looking around and walking are few and short."""
    script = sample_script(11, 3600)
    idle = [event.span.duration for event in script.events if event.object is None]
    assert 0 < sum(idle) < 0.15 * script.duration_seconds
    assert max(idle) <= 5


def test_events_last_a_few_seconds_off_any_grid():
    script = sample_script(12, 1800)
    lengths = [event.span.duration for event in script.events[:-1]]
    assert min(lengths) >= 2.9
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
    assert seed_of("test", 5) in SEEDS["test"]
    assert seed_of("val", 0) != seed_of("test", 0) != seed_of("train", 0)
    with pytest.raises(ConfigError, match="no split 'dev'"):
        seed_of("dev", 0)
    with pytest.raises(ConfigError, match="has videos 0 to 99999"):
        seed_of("val", 100_000)
