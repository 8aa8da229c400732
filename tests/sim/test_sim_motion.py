"""Movements: opposites, continuity, what is made, and that actions can be told apart."""

import math
from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from videorecap.errors import ConfigError
from videorecap.sim.hands import ARM, EXTENT, direction_of, hand_sprite
from videorecap.sim.look import look_of
from videorecap.sim.motion import pose, resting
from videorecap.sim.motion.easing import turned
from videorecap.sim.motion.spots import KNOTS, LIDS, SCREWS, SWITCHES
from videorecap.sim.pose import HAND_SIZE, HELD, HELD_SCALE, TABLE, Pose
from videorecap.sim.state import State
from videorecap.sim.tools import TOOLS
from videorecap.sim.world import ACTIONS, COLOURS, KINDS, Kind

PAIRS = [(name, action.opposite) for name, action in ACTIONS.items() if action.opposite]
SHAPES = ("mug", "cucumber", "guitar", "key", "plank", "lamp")
SECONDS = 6.0
RIGHT_EDGE = 0.89  # of a frame that is 16:9


def ready(action: str) -> State:
    """A state that allows the action."""
    return replace(State(open=False), **dict(ACTIONS[action].needs))


def posed(action: str, kind: str, progress: float, seconds: float = SECONDS) -> Pose:
    if not ACTIONS[action].has_object:
        return pose(action, None, None, progress, seconds)
    return pose(action, KINDS[kind], ready(action), progress, seconds)


def suited(action: str) -> list[Kind]:
    """Kinds for which the action changes what they have."""
    names = {name for name, _ in (*ACTIONS[action].needs, *ACTIONS[action].makes)} - {"where", "dirty"}
    return [kind for kind in KINDS.values() if names <= set(kind.has)]


@pytest.mark.parametrize(("action", "opposite"), PAIRS)
@pytest.mark.parametrize("name", ["mug", "laptop", "boot", "towel"])
def test_an_action_is_its_opposite_backwards(action, opposite, name):
    kind, before = (KINDS[name], ready(action)) if ACTIONS[action].has_object else (None, None)
    after = None if before is None else before.after(action)
    for step in range(17):
        now = pose(action, kind, before, step / 16, 4.0)
        then = pose(opposite, kind, after, 1 - step / 16, 4.0)
        assert now == then


@pytest.mark.parametrize(("action", "opposite"), PAIRS)
def test_the_middle_of_an_action_is_not_the_middle_of_its_opposite(action, opposite):
    kind = suited(action)[0].name
    gaps = [_gap(posed(action, kind, step / 16), posed(opposite, kind, step / 16)) for step in range(4, 13)]
    assert sorted(gaps)[len(gaps) // 2] > 0.05


@pytest.mark.parametrize("action", [name for name, action in ACTIONS.items() if action.has_object])
def test_what_an_action_makes_is_seen_at_its_end_and_not_before_its_start(action):
    for kind in suited(action):
        before = ready(action)
        first, last = (pose(action, kind, before, progress, 4.0) for progress in (0.0, 1.0))
        assert first.look == look_of(before, kind)
        assert last.look == look_of(before.after(action), kind)
        for end, state in ((first, before), (last, before.after(action))):
            at, scale = resting(state.where, kind)
            assert end.at == pytest.approx(at, abs=1e-9)
            assert end.scale == pytest.approx(scale, abs=1e-9)
            assert end.turn == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("action", ACTIONS)
def test_hands_come_from_rest_and_go_back_unless_they_hold(action):
    tool = ACTIONS[action].tool
    for progress, state in ((0.0, ready(action)), (1.0, ready(action).after(action))):
        now = posed(action, "mug", progress)
        held = state.where == "held" and ACTIONS[action].has_object
        assert now.right.is_gripping == (held or tool not in (None, "sponge"))
        if held:
            assert math.dist(now.right.at, HELD) < 0.35
        for hand in (now.left,) if held else (now.left, now.right):
            tip = turned(TOOLS[hand.tool].tip if hand.tool else (0.0, 0.0), hand.angle)
            assert hand.at[1] - HAND_SIZE * tip[1] > 1.0, "out of view, below"


@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_jumps(action):
    limits = {"drop": 0.25}
    for kind in SHAPES if ACTIONS[action].has_object else SHAPES[:1]:
        steps = [posed(action, kind, step / 64, 4.0) for step in range(65)]
        for one, two in pairwise(steps):
            far = max(
                math.dist(one.right.at, two.right.at),
                math.dist(one.left.at, two.left.at),
                math.dist(one.at, two.at),
            )
            assert far < limits.get(action, 0.12), kind
            assert abs(one.turn - two.turn) < 20
            assert abs(one.scale - two.scale) < 0.15


@pytest.mark.parametrize("action", ACTIONS)
def test_the_object_stays_in_view_and_an_arm_has_no_end_in_view(action):
    leaves = "worn" in (ready(action).where, ready(action).after(action).where)
    for kind in KINDS.values() if ACTIONS[action].has_object else [KINDS["mug"]]:
        for step in range(9):
            now = posed(action, kind.name, step / 8)
            middle = now.at[1] - now.scale * kind.height / 2
            assert leaves or (abs(now.at[0]) < 0.5 and 0.05 < middle < 0.95), kind.name
            for hand in (now.left, now.right):
                x, y = turned((0.0, -ARM * HAND_SIZE), hand.angle)
                assert hand.at[1] - y > 1.0 or abs(hand.at[0] + x) > RIGHT_EDGE, (kind.name, hand)


def _features(now: Pose) -> list[float]:
    """What is seen of a pose without tool, water and look, in frame heights."""
    hands = [each for hand in (now.right, now.left) for each in (*hand.at, hand.angle / 200)]
    guest = now.guest
    other = [guest.away, guest.reach, guest.raised, guest.swing * 0.2, guest.talk * 0.2]
    return [*hands, *now.at, now.scale / 2, now.turn / 200, *other]


def _gap(one: Pose, two: Pose) -> float:
    look = sum(abs(getattr(one.look, name) - getattr(two.look, name)) for name in ("open", "folded", "on"))
    return math.dist(_features(one), _features(two)) + look


@pytest.mark.parametrize("kind", ["mug", "plank", "shirt"])
def test_every_two_actions_move_differently(kind):
    paths = {
        action: [_features(posed(action, kind, step / 48)) for step in range(49)]
        for action in ACTIONS
        if action != "look"
    }
    for one, two in combinations(paths, 2):
        if ACTIONS[one].has_object == ACTIONS[two].has_object and ACTIONS[one].opposite != two:
            apart = sum(math.dist(a, b) for a, b in zip(paths[one], paths[two], strict=True)) / 49
            assert apart > 0.06, (one, two)


def test_hands_know_where_each_kind_is_handled():
    for attribute, spots in (("screwed", SCREWS), ("on", SWITCHES), ("tied", KNOTS)):
        assert set(spots) == {name for name, kind in KINDS.items() if attribute in kind.has}
    assert all("open" in KINDS[name].has for name in LIDS)


def test_it_sinks_behind_the_container_only_where_it_lies():
    behind = [posed("put in", "apple", step / 32).is_behind for step in range(33)]
    assert behind == sorted(behind)
    assert 8 < behind.count(True) < 20


def test_water_runs_only_in_the_middle():
    for action in ("fill", "water", "empty"):
        streams = [posed(action, "vase", step / 16).stream for step in range(17)]
        assert streams[0] == streams[-1] == 0.0
        assert max(streams) == pytest.approx(1.0)
    assert posed("stir", "bowl", 0.5).stream == 0.0


def test_exercising_moves_twice_as_far_as_shaking_and_slower():
    shaken = [posed("shake", "mug", step / 240).at[0] for step in range(241)]
    lifted = [posed("exercise", "mug", step / 240).at[1] for step in range(241)]
    assert max(lifted) - min(lifted) > 1.7 * (max(shaken) - min(shaken))
    crossings = [
        sum(a <= middle < b for a, b in pairwise(path))
        for path, middle in ((shaken, HELD[0]), (lifted, HELD[1] - 0.02))
    ]
    assert crossings[0] > 3 * crossings[1] > 0


def test_what_falls_bounces():
    path = [posed("drop", "ball", step / 64).at[1] for step in range(65)]
    landed = next(step for step, y in enumerate(path) if y > TABLE - 0.02)
    assert min(path[landed:]) < TABLE - 0.04
    assert path[-1] == TABLE
    assert posed("drop", "ball", 0.0).scale == HELD_SCALE


def test_unknown_actions_and_missing_objects_are_named():
    with pytest.raises(ConfigError, match="no action 'fly'"):
        pose("fly", None, None, 0.5, 4.0)
    with pytest.raises(ConfigError, match="'cut' needs an object"):
        pose("cut", None, None, 0.5, 4.0)


def test_every_tool_has_its_own_picture_and_fits_in_it():
    pictures = set()
    for tool in (None, *TOOLS):
        sprite = hand_sprite(1, 0, True, tool, (0, 0), 200)
        left, _, right, top = (each * HAND_SIZE * 200 for each in EXTENT)
        assert sprite.anchor[1] < top - 1 or tool is None, tool
        assert sprite.anchor[0] < -left - 1, tool
        assert sprite.image.width - sprite.anchor[0] < right - 1, tool
        pictures.add(sprite.image.tobytes())
    assert len(pictures) == 1 + len(TOOLS)
    assert {action.tool for action in ACTIONS.values()} - {None} == set(TOOLS)


def test_no_tool_has_a_colour_of_objects():
    for tool in TOOLS:
        sprite = hand_sprite(1, 0, True, tool, (0, 0), 160)
        seen = {pixel[:3] for pixel in sprite.image.get_flattened_data() if pixel[3] == 255}
        assert not seen & set(COLOURS.values()), tool


def test_the_left_hand_mirrors_the_right_and_the_palm_stays_where_it_is():
    for degrees in (-60, 0, 45):
        right = hand_sprite(1, direction_of(degrees), False, None, (1, 1), 200)
        left = hand_sprite(-1, direction_of(-degrees), False, None, (1, 1), 200)
        assert abs(right.image.width - left.image.width) <= 2
        assert right.image.width - right.anchor[0] == pytest.approx(left.anchor[0], abs=2)
        assert right.anchor[1] == pytest.approx(left.anchor[1], abs=2)
    upright = hand_sprite(1, 0, True, "hammer", (1, 1), 200)
    lying = hand_sprite(1, direction_of(90), True, "hammer", (1, 1), 200)
    assert lying.anchor[0] == pytest.approx(upright.anchor[1], abs=2)
    assert lying.anchor[1] == pytest.approx(upright.image.width - upright.anchor[0], abs=2)
