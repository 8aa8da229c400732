"""Scripts and windows that tests of words and facts share."""

import math
import random
from dataclasses import replace

from handmade import script_of

from videorecap.hierarchy import windows
from videorecap.sim.world import ACTIONS, PLACES
from videorecap.sim.writer import sample_script
from videorecap.types import Span

WINDOWS = {"clip": 4.0, "segment": 180.0, "summary": math.inf}


def samples(level, number, seed=0, seconds=None):
    """(script, span) pairs of one level; clips are regular windows, events and odd windows in turn."""
    rng = random.Random(seed)
    while number > 0:
        script = sample_script(rng.randrange(10**6), rng.uniform(240, 2400))
        spans = list(windows(script.duration_seconds, seconds or WINDOWS[level]))
        if level == "clip" and seconds is None:
            starts = (rng.uniform(0, script.duration_seconds - 20) for _ in range(20))
            odd = [Span(start, start + rng.uniform(0.5, 20)) for start in starts]
            events = [event.span for event in script.events]
            spans = [span for three in zip(spans, events, odd, strict=False) for span in three]
        for span in spans[:number]:
            yield script, span
            number -= 1


def one_event(action, kind, place="laundry room"):
    """A script of a single event, of something orange, with the box or the man that the action needs."""
    each = ACTIONS[action]
    script = script_of(
        (action, (kind, "orange") if each.has_object else None),
        place=place,
        seed=len(action) + 31 * len(kind),
    )
    target = {"container": "box", "person": "man"}.get(each.with_other)
    if target is None and each.tail:
        target = PLACES[place].surface
    if each.actor != "C":
        target = None
    return replace(script, events=(replace(script.events[0], target=target),))
