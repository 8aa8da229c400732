"""Scores on the simulated world: the truth gets all, nonsense nothing, and chance is the best constant."""

from collections import Counter
from dataclasses import replace

import pytest

from videorecap.evaluation.answers import Answer, from_tree
from videorecap.evaluation.chance import CHOICES, chance
from videorecap.evaluation.facts import PRECISION, RECALL, SHARES, Judged, judge, main_activity, shares
from videorecap.hierarchy import windows
from videorecap.sim.facts import LEVELS, Facts, facts_of
from videorecap.sim.script import Script
from videorecap.sim.told import MAX_ACTIVITIES
from videorecap.sim.words import caption, references
from videorecap.sim.world import ACTIONS, ACTIVITIES
from videorecap.sim.writer import sample_script
from videorecap.training.samples import Sample
from videorecap.types import Caption, CaptionTree, Gap, Span, SystemInfo, VideoInfo

SECONDS = dict(zip(LEVELS, (4.0, 180.0, float("inf")), strict=True))
SCRIPTS = {str(seed): sample_script(seed, 400.0) for seed in range(3)}


def tree_of(script: Script) -> CaptionTree:
    """Every window captioned with the truth."""
    duration = script.duration_seconds
    captions = [
        Caption(level=level, span=span, text=caption(script, span, level))
        for level, seconds in SECONDS.items()
        for span in windows(duration, seconds)
    ]
    video = VideoInfo(path="x", sha256="0", duration_seconds=duration, width=4, height=3, frame_rate=1)
    return CaptionTree(
        video=video, system=SystemInfo(name="s", digest="d"), levels=LEVELS, captions=tuple(captions)
    )


TREES = {video: tree_of(script) for video, script in SCRIPTS.items()}


def judged(level: str, text: str | None = None) -> list[Judged]:
    """Every window of the videos, with the truth, or with one text for all."""
    answers = [answer for video, tree in TREES.items() for answer in from_tree(tree, video, level)]
    said = [answer if text is None else replace(answer, text=text) for answer in answers]
    return judge(said, SCRIPTS, level)


def share(one: Judged, level: str, name: str) -> tuple[float, float]:
    """Of one answer: what counts, out of how much."""
    found = shares([one], level)[name]
    return found.items.sum(), found.counts.sum()


@pytest.mark.parametrize("level", LEVELS)
def test_the_truth_gets_everything_right(level: str) -> None:
    found = shares(judged(level), level)
    assert {name: one.value for name, one in found.items() if one.counts.any()} == {
        name: 1.0 for name, one in found.items() if one.counts.any()
    }
    assert {"clip": 300, "segment": 9, "summary": 3}[level] == len(judged(level))
    assert CHOICES[level].keys() < SHARES[level].keys()


@pytest.mark.parametrize("level", LEVELS)
def test_nonsense_gets_nothing_right(level: str) -> None:
    found = shares(judged(level, "la la la"), level)
    assert not any(one.value for one in found.values()), "no object is no answer"
    assert all(found[name].counts.any() for name in CHOICES[level] if name != "activities precision")


def test_chance_is_the_best_constant_answer() -> None:
    truths = Counter(one.truth.action for one in judged("clip"))
    (name, count) = truths.most_common(1)[0]
    answered = judged("clip", f"C {ACTIONS[str(name)].verbs[0]} the red mug")
    assert shares(answered, "clip")["action"].value == count / 300
    assert chance(judged("clip"), "clip", "action") == chance(answered, "clip", "action") == count / 300
    assert chance([], "clip", "action") == 0


def test_naming_every_activity_is_no_answer() -> None:
    assert MAX_ACTIVITIES == 3
    everything = "C " + ", then ".join(activity.phrases[0] for activity in ACTIVITIES.values())
    answered = judged("segment", everything)
    assert shares(answered, "segment")["main activity"].value == 0
    assert chance(answered, "segment", "main activity") == 1.0
    assert chance(judged("segment"), "segment", "main activity") < 1.0


def test_a_gap_is_a_wrong_answer() -> None:
    whole, script = TREES["0"], SCRIPTS["0"]
    lost = [clip for clip in whole.at("clip") if clip.span.start < 40]
    tree = replace(
        whole,
        captions=tuple(item for item in whole.captions if item not in lost),
        gaps=tuple(Gap(level="clip", span=clip.span, reason="damage") for clip in lost),
    )
    found = shares(judge(from_tree(tree, "0", "clip"), SCRIPTS, "clip"), "clip")
    assert (found["object"].items.sum(), found["object"].counts.sum()) == (100 - len(lost), 100)
    wanted = sum(len(facts_of(script, clip.span, "clip").core().statements()) for clip in lost)
    assert found[RECALL].counts.sum() - found[RECALL].items.sum() == wanted
    assert found[PRECISION].value == 1.0
    assert from_tree(replace(tree, levels=("clip",), captions=()), "0", "segment") == []


def test_the_main_activity_is_the_longest() -> None:
    script = SCRIPTS["1"]
    for episode in script.episodes:
        assert main_activity(script, episode.span) == episode.activity
    assert main_activity(script, Span(0, 400)) in {episode.activity for episode in script.episodes}


def test_precision_and_recall_of_facts_by_hand() -> None:
    truth = Facts(actor="C", action="cut", object="apple", colour="red", place="kitchen", tool="knife")
    said = Facts(actor="C", action="cut", object="apple", colour="green", tool="knife")
    one = Judged(said, truth, "")
    assert share(one, "clip", PRECISION) == (4, 5), "the colour is wrong"
    assert share(one, "clip", RECALL) == (3, 4), "tool and place need not be told"
    found = shares([one, Judged(Facts(), truth, "")], "clip")
    assert (found[PRECISION].value, found[RECALL].value) == (4 / 5, 3 / 8)
    assert not any(one.value for one in shares([], "clip").values())


def test_facts_of_a_segment_count_one_by_one() -> None:
    truth = Facts(
        places=("gym",),
        activities=("ironing clothes", "baking bread"),
        steps=(("iron", "shirt"), ("put in", "loaf")),
        people=("man",),
    )
    said = Facts(places=("gym", "shop"), activities=("baking bread",), steps=(("put in", "loaf"),))
    one = Judged(said, truth, "ironing clothes")
    assert (share(one, "segment", PRECISION), share(one, "segment", RECALL)) == ((3, 4), (3, 6))


@pytest.mark.parametrize("level", LEVELS)
def test_every_reference_says_all_that_counts_and_nothing_else(level: str) -> None:
    answers = [
        Answer(Sample("2", level, span, ()), text)
        for span in windows(400, SECONDS[level])
        for text in references(SCRIPTS["2"], span, level)
    ]
    for one, answer in zip(judge(answers, SCRIPTS, level), answers, strict=True):
        found = shares([one], level)
        assert (found[PRECISION].value, found[RECALL].value) == (1.0, 1.0), answer.text
