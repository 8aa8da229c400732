"""Scripts made by hand, for tests of pictures."""

from dataclasses import replace

from videorecap.sim.script import Episode, Event, Guest, Item, Script, StepSpan
from videorecap.sim.state import State
from videorecap.sim.world import ACTIONS, KINDS
from videorecap.types import Span

CONTAINER = Item(kind="box", colour="orange", at_first=State())


def first_state(kind, actions):
    """How an object must be so that these actions can follow each other."""
    state, made = State(open="open" not in KINDS[kind].has), set()
    for name in actions:
        for attribute, value in ACTIONS[name].needs:
            if attribute not in made and (attribute != "open" or attribute in KINDS[kind].has):
                state = replace(state, **{attribute: value})
        made |= {attribute for attribute, _ in (*ACTIONS[name].needs, *ACTIONS[name].makes)}
    return state


def script_of(
    *acts, place="office", seed=5, seconds=4.0, daytime="morning", container=CONTAINER, person="woman"
):
    """A script of acts, each an action and its object ("mug", "blue"), or None; equal objects are one."""
    objects = list(dict.fromkeys(thing for _, thing in acts if thing is not None))
    items = [
        Item(
            kind=kind, colour=colour, at_first=first_state(kind, [a for a, t in acts if t == (kind, colour)])
        )
        for kind, colour in objects
    ]
    events, visit = [], -1
    for number, (action, thing) in enumerate(acts):
        if thing is None or not events or events[-1].item != objects.index(thing):
            visit += 1
        events.append(
            Event(
                span=Span(seconds * number, seconds * (number + 1)),
                action=action,
                object=None if thing is None else thing[0],
                colour=None if thing is None else thing[1],
                place=place,
                actor="C" if ACTIONS[action].actor == "C" else person,
                item=None if thing is None else objects.index(thing),
                container=len(items) if ACTIONS[action].with_other == "container" else None,
                visit=visit,
            )
        )
    whole = Span(0, seconds * len(acts))
    return Script(
        seed=seed,
        duration_seconds=whole.end,
        goal="working at home",
        daytime=daytime,
        episodes=(Episode(activity="studying books", place=place, span=whole),),
        steps=tuple(StepSpan(span=e.span, action=e.action, object=e.object, episode=0) for e in events),
        events=tuple(events),
        items=(*items, container),
        guests=_guests(events, place, person, whole),
    )


def _guests(events, place, person, whole):
    """Somebody else, if any event needs that: from the event "enter", to the event "leave"."""
    if not any(ACTIONS[event.action].with_other == "person" for event in events):
        return ()
    start = next((event.span.start for event in events if event.action == "enter"), whole.start)
    end = next((event.span.end for event in events if event.action == "leave"), whole.end)
    return (Guest(person=person, colour="green", place=place, span=Span(start, end)),)
