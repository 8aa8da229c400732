"""Scores on the simulated world: the truth gets all, nonsense nothing, and chance is the best constant."""

from videorecap.evaluation.sim import main_activity, score
from videorecap.hierarchy import windows
from videorecap.sim.script import Script, sample_script
from videorecap.sim.words import caption
from videorecap.sim.world import ACTIVITIES
from videorecap.types import Caption, CaptionTree, Gap, Span, SystemInfo, VideoInfo

LEVELS = {"clip": 4.0, "segment": 180.0, "summary": float("inf")}


def tree_of(script: Script, text: str | None = None) -> CaptionTree:
    """Every window captioned with the truth, or with one text."""
    duration = script.duration_seconds
    captions = [
        Caption(level=level, span=span, text=caption(script, span, level) if text is None else text)
        for level, seconds in LEVELS.items()
        for span in windows(duration, seconds)
    ]
    video = VideoInfo(path="x", sha256="0", duration_seconds=duration, width=4, height=3, frame_rate=1)
    return CaptionTree(
        video=video, system=SystemInfo(name="s", digest="d"), levels=tuple(LEVELS), captions=tuple(captions)
    )


SCRIPTS = [sample_script(seed, 400.0) for seed in range(3)]


def test_the_truth_gets_everything_right() -> None:
    tallies = score((tree_of(script), script) for script in SCRIPTS)
    assert {name: tally.accuracy for name, tally in tallies.items()} == dict.fromkeys(tallies, 1.0)
    assert {"action", "object", "colour", "activity", "activities", "summary activities"} <= set(tallies)
    assert tallies["action"].total == 300


def test_nonsense_gets_nothing_right() -> None:
    tallies = score((tree_of(script, "la la la"), script) for script in SCRIPTS)
    assert tallies["action"].accuracy == tallies["activity"].accuracy == 0
    assert tallies["summary activities"].accuracy == 0


def test_chance_is_the_best_constant_answer() -> None:
    tally = score((tree_of(script), script) for script in SCRIPTS)["action"]
    name, count = tally.truths.most_common(1)[0]
    constant = {"pick up": "C picks up the red mug", "put down": "C puts down the red mug"}[str(name)]
    answered = score((tree_of(script, constant), script) for script in SCRIPTS)["action"]
    assert answered.accuracy == tally.chance == count / tally.total


def test_naming_every_activity_is_no_answer() -> None:
    everything = "C " + ", then ".join(activity.phrases[0] for activity in ACTIVITIES.values())
    tallies = score((tree_of(script, everything), script) for script in SCRIPTS)
    assert tallies["activity"].accuracy == 0
    assert tallies["activity"].chance == 1.0


def test_a_gap_is_a_wrong_answer() -> None:
    whole = tree_of(SCRIPTS[0])
    lost = [clip for clip in whole.at("clip") if clip.span.start < 40]
    tree = CaptionTree(
        video=whole.video,
        system=whole.system,
        levels=whole.levels,
        captions=tuple(item for item in whole.captions if item not in lost),
        gaps=tuple(Gap(level="clip", span=clip.span, reason="damage") for clip in lost),
    )
    tally = score([(tree, SCRIPTS[0])])["object"]
    assert tally.num_right == tally.total - len(lost)


def test_the_main_activity_is_the_longest() -> None:
    script = SCRIPTS[1]
    for episode in script.activities:
        assert main_activity(script, episode.span) == episode.activity
    assert main_activity(script, Span(0, 400)) in {episode.activity for episode in script.activities}
