"""Questions: their answers are worked out once more, from samples of the script, option by option."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import groupby, pairwise

import pytest

from videorecap.sim.questions import (
    NUM_OPTIONS,
    TEMPLATES,
    TOPICS,
    SimQuestion,
    causes,
    comparisons,
    goals,
    orders,
    questions,
)
from videorecap.sim.questions.template import Template
from videorecap.sim.script import Script
from videorecap.sim.splits import seed_of, split_of
from videorecap.sim.world import ACTIONS, ACTIVITIES, COLOURS, GOALS, PEOPLE, PLACES
from videorecap.sim.writer import sample_script

STEP_SECONDS = 0.5
MINUTES = (3, 4, 6, 8, 12, 20, 3, 5, 7, 10, 15, 60)


@cache
def asked(number: int = 36) -> tuple[tuple[Script, tuple[SimQuestion, ...]], ...]:
    """Scripts of 3 to 60 minutes with all of their questions."""
    scripts = [
        sample_script(seed_of("test", index), 60.0 * MINUTES[index % len(MINUTES)] + index)
        for index in range(number)
    ]
    return tuple((script, questions(script, len(TEMPLATES))) for script in scripts)


def template_of(question: SimQuestion) -> Template:
    found = [template for template in TEMPLATES if question.text in template.prompts]
    assert len(found) == 1, question.text
    return found[0]


def parts_of(template: Template, option: str) -> list[list[str]]:
    """Every way to read an option as one of the forms."""
    text = option.removesuffix(".")
    texts = {text, text[0].lower() + text[1:]}
    readings = []
    for form in template.forms:
        pieces = re.split(r"\{(\d)\}", form[0].lower() + form[1:] if not form.startswith("C") else form)
        pattern = "".join("(.+)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))
        for said in texts:
            if match := re.fullmatch(pattern, said):
                order = [int(piece) for piece in pieces[1::2]]
                readings.append([match.group(order.index(field) + 1) for field in sorted(order)])
    assert readings, option
    return readings


def moments(script: Script, start: float = 0.0, end: float | None = None) -> list[int]:
    """Index of the episode at each half second."""
    end = script.duration_seconds if end is None else end
    times = [start + STEP_SECONDS * (index + 0.5) for index in range(int((end - start) / STEP_SECONDS))]
    found, index = [], 0
    for moment in times:
        while script.episodes[index].span.end <= moment and index + 1 < len(script.episodes):
            index += 1
        found.append(index)
    return found


@cache
def activities(script: Script, start: float = 0.0, end: float | None = None) -> list[str]:
    return [script.episodes[index].activity for index in moments(script, start, end)]


def top(names: list[str], number: int) -> list[str]:
    return [name for name, _ in Counter(names).most_common(number)]


def at(script: Script, seconds: float) -> int:
    return next(i for i, episode in enumerate(script.episodes) if episode.span.end > seconds)


def ends_and_middle(script: Script) -> list[int]:
    return [0, at(script, script.duration_seconds / 2), len(script.episodes) - 1]


def goal_shares(script: Script) -> dict[str, int]:
    """How many moments serve each goal."""
    served = Counter(activities(script))
    return {name: sum(served[one] for one in goal.activities) for name, goal in GOALS.items()}


def is_goal(script: Script, parts: list[str]) -> bool:
    served = Counter(activities(script))
    serving = sorted(GOALS[parts[0]].activities, key=lambda name: -served[name])[:2]
    return parts[0] == script.goal and parts[1:] in ([], serving)


def is_key_step(script: Script, parts: list[str], activity: str) -> bool:
    """Parts are a gerund with an object, and an activity."""
    done, said = parts
    seconds: Counter[str] = Counter()
    for step in script.steps:
        if step.role == "step" and step.object and script.episodes[step.episode].activity == activity:
            seconds[step.action] += round(100 * step.span.duration)
    action = seconds.most_common(1)[0][0]
    kind = done.removeprefix(f"{ACTIONS[action].gerund} the ")
    real = {(step.action, step.object, script.episodes[step.episode].activity) for step in script.steps}
    return said == activity and (action, kind, activity) in real


def main_steps(script: Script) -> list[str]:
    names = []
    for step in script.steps:
        if step.role == "step" and step.object:
            names += [step.action] * round(100 * step.span.duration)
    return top(names, 2)


def is_actions(script: Script, parts: list[str]) -> bool:
    return all(
        part.startswith(f"{ACTIONS[name].gerund} the ")
        for part, name in zip(parts, main_steps(script), strict=True)
    )


def is_repeated(script: Script, parts: list[str]) -> bool:
    return parts[0] == ACTIONS[main_steps(script)[0]].gerund


def is_objects(script: Script, parts: list[str]) -> bool:
    names = []
    for event in script.events:
        if event.object and event.actor == "C" and event.role == "step":
            names += [event.object] * round(100 * event.span.duration)
    return parts == top(names, 2)


def breaks(script: Script) -> list[tuple[float, float]]:
    """Start and end of each time that the work stands still."""
    found = []
    for stands, group in groupby(script.steps, key=lambda step: step.role == "interruption"):
        steps = list(group)
        if stands:
            found.append((steps[0].span.start, steps[-1].span.end))
    return found


def is_break(script: Script, parts: list[str], start: float) -> bool:
    cause, activity = parts
    event = next(event for event in script.events if event.span.start == start)
    if script.episodes[at(script, start + 0.01)].activity != activity:
        return False
    if cause == "the phone rings":
        return event.object == "phone"
    there = [
        guest
        for guest in script.guests
        if f" {guest.person} in {guest.colour} " in cause and guest.span.start <= start < guest.span.end
    ]
    verbs = {"enter": "comes in", "leave": "goes away"}
    return bool(there) and cause.endswith(verbs.get(event.action, "has something to say"))


def is_longest_break(script: Script, parts: list[str]) -> bool:
    return is_break(script, parts, max(breaks(script), key=lambda pair: pair[1] - pair[0])[0])


def is_mishap(script: Script, parts: list[str]) -> bool:
    """Whether it happens at all: true only of the right option."""
    said, activity = parts
    return any(
        event.role == "mistake"
        and script.episodes[event.episode].activity == activity
        and f"{event.colour} {event.object} " in said
        and said.startswith("drops" if event.action == "drop" else "picks up")
        for event in script.events
    )


def is_visit(script: Script, parts: list[str]) -> bool:
    guest = max(script.guests, key=lambda guest: guest.span.end - guest.span.start)
    activity = script.episodes[at(script, guest.span.start + 0.01)].activity
    return parts == [f"{guest.person} in {guest.colour}", activity]


def is_visitors(script: Script, parts: list[str]) -> bool:
    ordered = sorted(script.guests, key=lambda guest: guest.span.start)
    return parts == [f"{guest.person} in {guest.colour}" for guest in (ordered[0], ordered[-1])]


def is_halves(script: Script, parts: list[str]) -> bool:
    half = script.duration_seconds / 2
    return parts == [*top(activities(script, 0, half), 1), *top(activities(script, half), 1)]


def is_ends(script: Script, parts: list[str]) -> bool:
    last = activities(script, script.duration_seconds - 180.0)
    return parts == [*top(activities(script, 0, 180.0), 1), *top(last, 1)]


def is_route(script: Script, parts: list[str]) -> bool:
    places = [script.episodes[index].place for index in moments(script)]
    return parts == [places[0], *top(places, 1), places[-1]]


JUDGES: dict[int, Callable[[Script, list[str]], bool]] = {
    id(template): judge
    for template, judge in (
        (goals.GOAL, is_goal),
        (goals.STEP, lambda s, p: is_key_step(s, p, top(activities(s), 1)[0])),
        (goals.FIRST_STEP, lambda s, p: is_key_step(s, p, activities(s)[0])),
        (goals.LAST_STEP, lambda s, p: is_key_step(s, p, activities(s)[-1])),
        (goals.REPEATED, is_repeated),
        (orders.MOMENTS, lambda s, p: p == [s.episodes[i].activity for i in ends_and_middle(s)]),
        (orders.BEGINNINGS, lambda s, p: p == list(dict.fromkeys(activities(s)))[:3]),
        (orders.ROUTE, is_route),
        (causes.BREAK, is_longest_break),
        (causes.FIRST_BREAK, lambda s, p: is_break(s, p, breaks(s)[0][0])),
        (causes.MISHAP, is_mishap),
        (causes.VISIT, is_visit),
        (causes.VISITORS, is_visitors),
        (comparisons.MOST, lambda s, p: p == top(activities(s), 2)),
        (comparisons.HALVES, is_halves),
        (comparisons.ENDS, is_ends),
        (comparisons.ACTIONS_MOST, is_actions),
        (comparisons.OBJECTS, is_objects),
    )
}


@pytest.mark.slow
def test_the_answer_is_true_and_every_other_option_false() -> None:
    judged: Counter[int] = Counter()
    for script, found in asked():
        for question in found:
            template = template_of(question)
            judge = JUDGES[id(template)]
            said = [
                any(judge(script, parts) for parts in parts_of(template, option))
                for option in question.options
            ]
            assert said == [index == question.answer for index in range(NUM_OPTIONS)], question
            judged[id(template)] += 1
    assert len(judged) >= len(TEMPLATES) - 2  # nearly every kind of question has been judged


def test_the_longest_exceeds_the_next_by_a_margin() -> None:
    for script, found in asked():
        for question in found:
            if template_of(question) is comparisons.MOST:
                amounts = [count for _, count in Counter(activities(script)).most_common()]
                assert all(a >= 1.25 * b for a, b in pairwise(amounts[:3]))


def test_the_goal_takes_half_of_the_time_and_clearly_more_than_any_other_option() -> None:
    judged = 0
    for script, found in asked():
        shares = goal_shares(script)
        for question in found:
            if template_of(question) is goals.GOAL:
                said = [next(name for name in GOALS if name in option) for option in question.options]
                right = shares[said.pop(question.answer)]
                assert right >= 0.48 * len(activities(script))
                assert right >= 1.25 * max(shares[name] for name in said)
                judged += 1
    assert judged > 5


def test_a_question_has_five_options_and_belongs_to_a_topic() -> None:
    for _, found in asked():
        for question in found:
            assert len(set(question.options)) == len(question.options) == NUM_OPTIONS
            assert 0 <= question.answer < NUM_OPTIONS
            assert question.topic in TOPICS
            assert question.text.endswith("?")
            assert all(option[0].isupper() and option.endswith(".") for option in question.options)


def test_questions_name_nothing_of_the_video() -> None:
    names = [*ACTIVITIES, *GOALS, *PLACES, *COLOURS, *PEOPLE]
    for template in TEMPLATES:
        for prompt in template.prompts:
            assert "{" not in prompt
            assert not [name for name in names if re.search(rf"\b{name}s?\b", prompt)], prompt


def test_positions_of_the_answer_are_uniform() -> None:
    positions = Counter(question.answer for _, found in asked() for question in found)
    total = positions.total()
    squares = sum((positions[index] - total / NUM_OPTIONS) ** 2 for index in range(NUM_OPTIONS))
    assert squares / (total / NUM_OPTIONS) < 18.5  # chi square of 4 degrees of freedom, one in a thousand


def test_all_topics_occur_with_sensible_shares() -> None:
    topics = Counter(question.topic for _, found in asked() for question in found[:3])
    assert {"goal", "order", "cause", "comparison", "important"} <= set(topics)
    assert max(topics.values()) <= 0.45 * topics.total()
    assert min(topics[name] for name in ("goal", "order", "comparison", "important")) >= 0.04 * topics.total()


def test_most_videos_have_three_questions_on_three_topics() -> None:
    counts = [len(found[:3]) for script, found in asked() if script.duration_seconds >= 300]
    assert counts.count(3) >= 0.8 * len(counts)
    distinct = [len({question.topic for question in found[:3]}) for _, found in asked() if len(found) >= 3]
    assert sum(number == 3 for number in distinct) >= 0.6 * len(distinct)


def test_fewer_questions_are_the_first_of_more() -> None:
    script, found = asked()[2]
    assert questions(script, 2) == found[:2]
    assert questions(script, 0) == ()


def test_there_are_no_questions_about_short_videos() -> None:
    assert questions(sample_script(5, 60.0)) == ()


def test_another_process_asks_the_same() -> None:
    seed = seed_of("test", 1)
    code = (
        "from videorecap.sim.questions import questions\n"
        "from videorecap.sim.writer import sample_script\n"
        f"print(questions(sample_script({seed}, 400.0)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"}
    )
    assert done.stdout.strip() == str(questions(sample_script(seed, 400.0)))


def test_other_scripts_come_from_the_same_split(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def spied(seed: int, seconds: float) -> Script:
        seen.append(seed)
        return sample_script(seed, seconds)

    monkeypatch.setattr("videorecap.sim.questions.ask.sample_script", spied)
    for split in ("train", "test"):
        seen.clear()
        questions(sample_script(seed_of(split, 3), 300.0))
        assert {split_of(seed) for seed in seen} == {split}
