"""Pictures: pure in their arguments, smooth, true to the states of things; files readable."""

import random
from dataclasses import replace
from itertools import pairwise

import av
import numpy as np
import pytest
from handmade import script_of
from PIL import Image

from videorecap.errors import ConfigError, OutputError
from videorecap.sim.camera import SPACING, View, view_at
from videorecap.sim.clutter import draw_front, strays
from videorecap.sim.look import look_of
from videorecap.sim.mark import is_simulated
from videorecap.sim.render import frame
from videorecap.sim.scene import replay
from videorecap.sim.script import Guest
from videorecap.sim.stage import Stage
from videorecap.sim.state import State
from videorecap.sim.video import write_video
from videorecap.sim.world import ACTIONS, COLOURS, KINDS, PLACES
from videorecap.sim.writer import sample_script
from videorecap.types import Span

SIZE = (96, 72)
WIDE = (320, 72)  # so wide that neighbouring spots are in view
SUITED = {
    "fold": "shirt",
    "unfold": "shirt",
    "tie": "boot",
    "untie": "boot",
    "cut": "carrot",
    "peel": "carrot",
}


def frames(script, start, end, number=24, size=SIZE):
    times = np.linspace(start, end, number, endpoint=False) + (end - start) / number / 2
    return np.stack([frame(script, float(t), size) for t in times]).astype(np.float64)


def test_frames_are_random_access():
    script = sample_script(31, 120)
    times = [n * 1.7 for n in range(60)]
    in_order = {t: frame(script, t, SIZE) for t in times}
    again = sample_script(31, 120)
    for t in random.Random(0).sample(times, len(times)):
        assert np.array_equal(in_order[t], frame(again, t, SIZE))


@pytest.mark.parametrize("size", [(16, 16), (224, 168), (97, 61), (64, 128), (320, 180)])
def test_any_size(size):
    script = sample_script(32, 60)
    for seconds in (-1.0, 0.0, 30.0, 60.0, 1e9):
        picture = frame(script, seconds, size)
        assert picture.shape == (size[1], size[0], 3)
        assert picture.dtype == np.uint8


def test_no_part_of_a_very_wide_frame_stays_black():
    """Wherever a shadow passes."""
    script = sample_script(3, 120)
    assert min(frame(script, 4.0 * n, (320, 16)).mean((0, 2)).min() for n in range(30)) > 20


@pytest.mark.parametrize("place", PLACES)
def test_the_least_size_of_every_place(place):
    assert frame(script_of(("look", None), place=place), 2.0, (16, 16)).std() > 10


def test_sizes_show_the_same_scene():
    """A frame reduced to half its size is close to the frame drawn at that size, and far from others."""
    script = sample_script(33, 100)
    for seconds in (10.0, 40.0, 77.0):
        large = frame(script, seconds, (448, 336)).astype(float)
        reduced = large.reshape(168, 2, 224, 2, 3).mean((1, 3))
        assert np.abs(reduced - frame(script, seconds, (224, 168))).mean() < 6
        assert np.abs(reduced - frame(script, seconds + 12, (224, 168))).mean() > 12


def test_too_small_a_frame_is_refused():
    with pytest.raises(ConfigError, match="16 x 16"):
        frame(sample_script(1, 10), 0.0, (8, 100))
    with pytest.raises(ConfigError, match="got nan"):
        frame(sample_script(1, 10), float("nan"), SIZE)


def test_a_frame_is_the_callers_own():
    script = sample_script(1, 10)
    picture = frame(script, 0.0, SIZE)
    picture[:] = 0
    assert frame(script, 0.0, SIZE).any()


def test_pictures_move_smoothly():
    """No jump between neighbouring frames: hands, objects and the camera move by little steps."""
    script = sample_script(34, 200)
    pictures = [frame(script, t / 30, SIZE).astype(float) for t in range(600, 1200)]
    steps = [np.abs(one - other).mean() for one, other in pairwise(pictures)]
    assert max(steps) < 28
    assert np.median(steps) < 5


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_moves(action):
    """More than the head does, which sways in the same way while C holds still."""
    changed = [name for name, _ in ACTIONS[action].makes if name not in ("where", "dirty")]
    kind = next(kind.name for kind in KINDS.values() if set(changed) <= set(kind.has))
    script = script_of((action, (kind, "blue") if ACTIONS[action].has_object else None), seed=3)
    still = script_of(("look", None), seed=3)
    moving = np.abs(np.diff(frames(script, 0, 4, 8), axis=0)).mean()
    end = frames(still, 3.9, 4.0, 2)
    assert moving > 0.5
    assert moving > 2 * np.abs(np.diff(end, axis=0)).mean()


@pytest.mark.parametrize("place", PLACES)
def test_places_look_different(place):
    """From every other place, more than from itself elsewhere along the surface."""
    here, elsewhere = (frame(script_of(("look", None), place=place, seed=seed), 2.0, SIZE) for seed in (1, 2))
    own = np.abs(here.mean((0, 1)) - elsewhere.mean((0, 1))).sum()
    for other in PLACES:
        if other != place:
            there = frame(script_of(("look", None), place=other, seed=1), 2.0, SIZE)
            assert np.abs(here.astype(float) - there).mean() > 10
    assert own < 60


@pytest.mark.parametrize(
    ("action", "is_seen"),
    [("push", True), ("hang up", True), ("pull", True), ("put in", False), ("put on", False)],
)
def test_what_is_put_away_is_not_seen(action, is_seen):
    """Seen from the next spot, an object's colour changes the picture only while it is in view."""
    pictures = [
        frame(script_of((action, ("hat", colour)), ("look", None), seed=4), 5.0, WIDE).astype(float)
        for colour in ("blue", "yellow")
    ]
    assert (np.abs(pictures[0] - pictures[1]).max() > 40) == is_seen


@pytest.mark.parametrize(("acts", "at"), [(("give", "talk"), 6.0), (("talk", "receive"), 2.0)])
def test_somebody_else_keeps_what_was_given(acts, at):
    """And comes with what is received later."""
    pictures = []
    for colour in ("blue", "yellow"):
        script = script_of(*((act, ("ball", colour) if ACTIONS[act].has_object else None) for act in acts))
        pictures.append(frame(script, at, SIZE).astype(float))
    assert np.abs(pictures[0] - pictures[1]).max() > 40


def test_somebody_else_is_seen_between_coming_and_going():
    script = script_of(*((act, None) for act in ("look", "enter", "wave", "leave", "look")), seed=3)
    alone = replace(script, guests=())
    for seconds, is_there in ((2.0, False), (4.05, False), (7.9, True), (10.0, True), (15.95, False)):
        gap = np.abs(frame(script, seconds, SIZE).astype(float) - frame(alone, seconds, SIZE)).max()
        assert (gap > 40) == is_there, seconds
    for person in ("man", "woman"):
        other = replace(script, guests=(replace(script.guests[0], person=person),))
        gap = np.abs(frame(script, 10.0, SIZE).astype(float) - frame(other, 10.0, SIZE)).mean()
        assert (gap > 0.5) == (person != script.guests[0].person)


def test_containers_show_their_state():
    """A clean box is not a dirty one."""
    first = script_of(("put in", ("apple", "red")), ("look", None))
    dirty = replace(first, items=(first.items[0], replace(first.items[1], at_first=State(dirty=True))))
    gap = np.abs(frame(first, 0.5, SIZE).astype(float) - frame(dirty, 0.5, SIZE))
    assert gap[:, :48].max() > 40


def test_the_view_goes_to_the_left_as_often_as_to_the_right():
    """Where the view comes from does not tell whether an action begins or ends."""
    ways = [
        view_at(script_of(("look", None), ("look", None), seed=seed), 6.0).camera / SPACING
        for seed in range(300)
    ]
    assert {round(way) for way in ways} == {-1, 1}
    assert 0.42 < np.mean([way > 0 for way in ways]) < 0.58


def test_what_lies_around_has_all_colours():
    """So that a colour in the picture does not tell what is in use."""
    colours = [stray.colour for slot in range(600) for stray in strays(7, "garage", slot)[0]]
    shares = [colours.count(colour) / len(colours) for colour in COLOURS]
    assert min(shares) > 0.09
    assert max(shares) < 0.16


def test_things_close_to_the_eye_hide_little():
    """At most 15 % of an object in use."""
    view, hidden = View(camera=0.0), []
    slots = [slot for slot in range(60) if strays(7, "shop", slot)[1]]
    assert len(slots) > 12
    for slot, kind in zip(slots, random.Random(0).sample(list(KINDS.values()), len(slots)), strict=True):
        blank = Image.new("RGB", (112, 84))
        stage = Stage(blank.copy(), replace(view, camera=slot * SPACING))
        at = stage.spot(slot, (0.0, 0.82))
        stage.draw(kind.name, "yellow", look_of(State(), kind), at)
        before = np.asarray(stage.canvas).astype(int)
        draw_front(stage, 7, "shop", slot)
        covered = np.abs(np.asarray(stage.canvas) - before).max(-1) > 30
        hidden.append(covered[before.max(-1) > 60].mean())
    assert max(hidden) <= 0.15


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"at_first": State(where="held")}, "cannot open the box: that needs where=table"),
        ({"at_first": State(open=True)}, "needs where=table and open=False"),
    ],
)
def test_needs_are_checked(change, message):
    script = script_of(("open", ("box", "red")))
    wrong = replace(script, items=(replace(script.items[0], **change), *script.items[1:]))
    with pytest.raises(ConfigError, match=message):
        replay(wrong)


@pytest.mark.parametrize("then", ["pick up", "cut"])
def test_full_hands_do_nothing_else(then):
    script = script_of(("pick up", ("mug", "red")), (then, ("apple", "red")))
    with pytest.raises(ConfigError, match="hands are full, they hold the mug"):
        replay(script)


def test_containers_and_people_must_be_there():
    script = script_of(("put in", ("mug", "red")))
    for container in (None, 0):
        wrong = replace(script, events=(replace(script.events[0], container=container),))
        with pytest.raises(ConfigError, match="needs a container"):
            replay(wrong)
    for state in (State(open=False), State(tied=True), State(where="far")):
        wrong = replace(script, items=(script.items[0], replace(script.items[1], at_first=state)))
        with pytest.raises(ConfigError, match="the box must be at hand, open and untied"):
            replay(wrong)
    script = script_of(("give", ("mug", "red")))
    late = Guest(person="man", colour="red", place="office", span=Span(3.0, 4.0))
    with pytest.raises(ConfigError, match="nobody is there"):
        replay(replace(script, guests=(late,)))


def test_written_video_reads_back(tmp_path):
    script = sample_script(35, 5)
    path = tmp_path / "day.mp4"
    calls = []
    count = write_video(
        script, path, size=SIZE, frame_rate=10, progress=lambda done, total: calls.append((done, total))
    )
    assert count == 50
    assert calls == [(n + 1, 50) for n in range(50)]
    assert [each.name for each in tmp_path.iterdir()] == ["day.mp4"]
    with av.open(str(path)) as container:
        assert is_simulated(container.metadata)
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        decoded = list(container.decode(stream))
    assert len(decoded) == 50
    assert [float(each.time) for each in decoded] == pytest.approx([n / 10 for n in range(50)])
    for number in (0, 25, 49):
        picture = decoded[number].to_ndarray(format="rgb24").astype(float)
        assert np.abs(picture - frame(script, number / 10, SIZE)).mean() < 8


def test_other_videos_are_not_simulated():
    assert not is_simulated({})
    assert not is_simulated({"comment": "my holiday"})


def test_a_file_that_cannot_be_written_is_one_line(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        write_video(sample_script(1, 1), tmp_path / "missing" / "a.mp4", size=SIZE)


def test_an_interrupted_video_leaves_nothing(tmp_path):
    def stop(done, _total):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_video(sample_script(1, 5), tmp_path / "a.mp4", size=SIZE, progress=stop)
    assert not list(tmp_path.iterdir())


def test_odd_sizes_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="even sides"):
        write_video(sample_script(1, 2), tmp_path / "a.mp4", size=(95, 72))
    assert not list(tmp_path.iterdir())
