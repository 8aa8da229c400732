"""Scores on the simulated world: the truth gets all, nonsense nothing, and chance is the best constant."""

from dataclasses import replace

import pytest

from videorecap.evaluation.sim import FactCount, count_facts, main_activity, score
from videorecap.hierarchy import windows
from videorecap.sim.facts import LEVELS, Facts, facts_of
from videorecap.sim.script import Script
from videorecap.sim.told import MAX_ACTIVITIES
from videorecap.sim.words import caption, references
from videorecap.sim.world import ACTIONS, ACTIVITIES
from videorecap.sim.writer import sample_script
from videorecap.types import Caption, CaptionTree, Gap, Span, SystemInfo, VideoInfo

SECONDS = dict(zip(LEVELS, (4.0, 180.0, float("inf")), strict=True))


def tree_of(script: Script, text: str | None = None) -> CaptionTree:
    """Every window captioned with the truth, or with one text."""
    duration = script.duration_seconds
    captions = [
        Caption(level=level, span=span, text=caption(script, span, level) if text is None else text)
        for level, seconds in SECONDS.items()
        for span in windows(duration, seconds)
    ]
    video = VideoInfo(path="x", sha256="0", duration_seconds=duration, width=4, height=3, frame_rate=1)
    return CaptionTree(
        video=video, system=SystemInfo(name="s", digest="d"), levels=LEVELS, captions=tuple(captions)
    )


SCRIPTS = [sample_script(seed, 400.0) for seed in range(3)]


def test_the_truth_gets_everything_right() -> None:
    tallies = score((tree_of(script), script) for script in SCRIPTS)
    assert {name: tally.accuracy for name, tally in tallies.items()} == dict.fromkeys(tallies, 1.0)
    assert set(tallies) == {
        "actor",
        "action",
        "object",
        "colour",
        "activity",
        "activities",
        "summary activities",
        "summary precision",
    }
    assert tallies["action"].total == 300


def test_nonsense_gets_nothing_right() -> None:
    tallies = score((tree_of(script, "la la la"), script) for script in SCRIPTS)
    assert tallies["action"].accuracy == tallies["activity"].accuracy == 0
    assert tallies["object"].accuracy == tallies["colour"].accuracy == 0, "no object is no answer"
    assert tallies["summary activities"].accuracy == 0


def test_chance_is_the_best_constant_answer() -> None:
    tally = score((tree_of(script), script) for script in SCRIPTS)["action"]
    name, count = tally.truths.most_common(1)[0]
    constant = f"C {ACTIONS[str(name)].verbs[0]} the red mug"
    answered = score((tree_of(script, constant), script) for script in SCRIPTS)["action"]
    assert answered.accuracy == tally.chance == count / tally.total


def test_naming_every_activity_is_no_answer() -> None:
    assert MAX_ACTIVITIES == 3
    everything = "C " + ", then ".join(activity.phrases[0] for activity in ACTIVITIES.values())
    tallies = score((tree_of(script, everything), script) for script in SCRIPTS)
    assert tallies["activity"].accuracy == 0
    assert tallies["activity"].chance == 1.0


def test_a_gap_is_a_wrong_answer() -> None:
    whole = tree_of(SCRIPTS[0])
    lost = [clip for clip in whole.at("clip") if clip.span.start < 40]
    tree = replace(
        whole,
        captions=tuple(item for item in whole.captions if item not in lost),
        gaps=tuple(Gap(level="clip", span=clip.span, reason="damage") for clip in lost),
    )
    tally = score([(tree, SCRIPTS[0])])["object"]
    assert tally.num_right == tally.total - len(lost)
    counts = count_facts([(tree, SCRIPTS[0])])
    wanted = sum(len(facts_of(SCRIPTS[0], clip.span, "clip").core().statements()) for clip in lost)
    assert counts["clip"].num_wanted - counts["clip"].num_told == wanted
    assert counts["clip"].precision == counts["segment"].recall == 1.0


def test_the_main_activity_is_the_longest() -> None:
    script = SCRIPTS[1]
    for episode in script.episodes:
        assert main_activity(script, episode.span) == episode.activity
    assert main_activity(script, Span(0, 400)) in {episode.activity for episode in script.episodes}


def test_precision_and_recall_of_facts_by_hand() -> None:
    truth = Facts(actor="C", action="cut", object="apple", colour="red", place="kitchen", tool="knife")
    count = FactCount()
    assert count.precision == count.recall == 0
    count.add(Facts(actor="C", action="cut", object="apple", colour="green", tool="knife"), truth)
    assert (count.num_said, count.num_true) == (5, 4), "the colour is wrong"
    assert (count.num_wanted, count.num_told) == (4, 3), "tool and place need not be told"
    count.add(Facts(), truth)
    assert (count.precision, count.recall) == (4 / 5, 3 / 8)


def test_facts_of_a_segment_count_one_by_one() -> None:
    truth = Facts(
        places=("gym",),
        activities=("ironing clothes", "baking bread"),
        steps=(("iron", "shirt"), ("put in", "loaf")),
        people=("man",),
    )
    said = Facts(places=("gym", "shop"), activities=("baking bread",), steps=(("put in", "loaf"),))
    count = FactCount()
    count.add(said, truth)
    assert (count.precision, count.recall) == (3 / 4, 3 / 6)


@pytest.mark.parametrize("level", LEVELS)
def test_every_reference_says_all_that_counts_and_nothing_else(level: str) -> None:
    script = SCRIPTS[2]
    whole = replace(tree_of(script), levels=(level,), captions=())
    for span in windows(400, SECONDS[level]):
        for text in references(script, span, level):
            tree = replace(whole, captions=(Caption(level=level, span=span, text=text),))
            counts = count_facts([(tree, script)])
            assert set(counts) == {level}
            assert (counts[level].precision, counts[level].recall) == (1.0, 1.0), text
