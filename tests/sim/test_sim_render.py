"""Pictures: pure in their arguments, opposites alike in single frames, objects large, files readable."""

import random

import av
import numpy as np
import pytest

from videorecap.errors import ConfigError, OutputError
from videorecap.sim.mark import is_simulated
from videorecap.sim.motion import pose
from videorecap.sim.render import frame
from videorecap.sim.script import Episode, Event, Item, Script, sample_script
from videorecap.sim.sprites import STEPS, Look, object_sprite
from videorecap.sim.state import State
from videorecap.sim.video import write_video
from videorecap.sim.world import ACTIONS, KINDS
from videorecap.types import Span

SIZE = (96, 72)
PAIRS = [("pick up", "put down", "mug"), ("open", "close", "box"), ("fold", "unfold", "shirt")]


def script_of(actions, kind, seconds=5.0):
    """A script of these actions on one blue object in the office, one after the other."""
    first = dict(ACTIONS[actions[0]].needs)
    item = Item(
        kind=kind,
        colour="blue",
        is_open=first.get("open", not KINDS[kind].can_open),
        is_folded=first.get("folded", False),
    )
    events = tuple(
        Event(
            span=Span(seconds * n, seconds * (n + 1)),
            action=action,
            object=kind,
            colour="blue",
            place="office",
            item=0,
        )
        for n, action in enumerate(actions)
    )
    end = seconds * len(actions)
    return Script(
        seed=5,
        duration_seconds=end,
        goal="working at home",
        daytime="morning",
        activities=(Episode(activity="studying books", place="office", span=Span(0, end)),),
        events=events,
        items=(item,),
    )


def frames(script, start, end, number=24, size=SIZE):
    times = np.linspace(start, end, number, endpoint=False) + (end - start) / number / 2
    return np.stack([frame(script, float(t), size) for t in times]).astype(np.float64)


@pytest.mark.parametrize(("action", "opposite", "kind"), PAIRS)
def test_opposites_are_each_other_backwards(action, opposite, kind):
    state = State(open=not KINDS[kind].can_open)
    for progress in (n / 16 for n in range(17)):  # exact in binary, and so is 1 - progress
        forwards = pose(action, KINDS[kind], state, progress, 4.0)
        backwards = pose(opposite, KINDS[kind], state.after(action), 1 - progress, 4.0)
        assert forwards == backwards


@pytest.mark.parametrize(("action", "opposite", "kind"), PAIRS)
def test_single_frames_do_not_tell_opposites_apart(action, opposite, kind):
    """The same set of pictures, up to light and sway; in time they run the other way."""
    script = script_of((action, opposite), kind)
    first, second = frames(script, 0, 5), frames(script, 5, 10)
    alike = np.abs(first.mean(0) - second.mean(0)).mean()
    reversed_gap = np.abs(first - second[::-1]).mean()
    same_order_gap = np.abs(first - second).mean()
    other = frames(script_of(("hammer", "paint"), kind), 0, 5)
    assert alike < 0.5 * np.abs(first.mean(0) - other.mean(0)).mean()
    assert reversed_gap < 0.7 * same_order_gap


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
    assert frame(script, 30.0, size).std() > 10


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


def test_pictures_move_smoothly():
    """No jump between neighbouring frames: hands, objects and the camera move by little steps."""
    script = sample_script(34, 200)
    steps = [
        np.abs(
            frame(script, t / 30, SIZE).astype(float) - frame(script, (t + 1) / 30, SIZE).astype(float)
        ).mean()
        for t in range(600, 1500)
    ]
    assert max(steps) < 28
    assert np.median(steps) < 4


def test_every_action_moves():
    for action in ACTIONS.values():
        if not action.has_object:
            continue
        kind = {"fold": "shirt", "unfold": "shirt"}.get(action.name, "box")
        before = {"put down": ("pick up",), "wash": ("pick up",)}.get(action.name, ())
        script = script_of((*before, action.name), kind)
        seen = frames(script, 5.0 * len(before), script.duration_seconds, 8)
        assert np.abs(np.diff(seen, axis=0)).mean() > 0.5, action.name


@pytest.mark.parametrize("kind", KINDS)
def test_objects_are_large_and_their_states_visible(kind):
    """The pixels that an object covers, in a frame 112 high; a changed state changes many of them."""

    def pixels(**look):
        sprite = object_sprite(kind, KINDS[kind].colours[0], Look(**look), round(KINDS[kind].height * 112))
        return np.asarray(sprite.image).astype(float)

    plain = pixels()
    covered = (plain[..., 3] > 128).sum()
    assert covered > 0.02 * 112 * 112
    columns = np.flatnonzero((plain[..., 3] > 128).any(0))
    assert np.ptp(columns) < 112 * 0.75
    states = [{"opened": STEPS}] * KINDS[kind].can_open + [{"folded": STEPS}] * KINDS[kind].can_fold
    for state in states:
        changed = np.abs(pixels(**state) - plain).max(-1) > 40
        assert changed.sum() > 0.15 * covered


def test_silhouettes_differ():
    """No two kinds share an outline: black shapes of equal size overlap in part only."""
    shapes = {}
    for kind in KINDS:
        sprite = object_sprite(kind, KINDS[kind].colours[0], Look(), 60)
        mask = np.asarray(sprite.image)[..., 3] > 128
        canvas = np.zeros((200, 400), bool)
        x, y = 200 - sprite.anchor[0], 150 - sprite.anchor[1]
        canvas[y : y + mask.shape[0], x : x + mask.shape[1]] = mask
        shapes[kind] = canvas
    for kind, shape in shapes.items():
        for other, different in shapes.items():
            if kind < other:
                assert (shape & different).sum() / (shape | different).sum() < 0.93, (kind, other)


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
