"""Objects: all kinds drawn, told apart by their outline, states visible, changes smooth, anchors right."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from videorecap.sim.drawings import DRAWINGS
from videorecap.sim.look import STEPS, Look
from videorecap.sim.sprites import TURN_STEP, object_sprite
from videorecap.sim.world import COLOURS, KINDS

FRAME = 112  # pixels; about the smallest height of frames that are learned from
CANVAS = (150, 360)  # height, width
ANCHOR = (110, 160)  # row, column
WHOLE_CHANGES = ("open", "folded")  # change the shape, not only a part of it
CHANGES = [(name, attribute) for name, kind in KINDS.items() for attribute in (*kind.has, "dirty")]


def placed(kind, look, *, colour=None, pixels=None, turn=0):
    """Colours and alpha of an object on a canvas of fixed size, its anchor always at the same place."""
    colour = colour or KINDS[kind].colours[0]
    sprite = object_sprite(kind, colour, look, pixels or round(KINDS[kind].height * FRAME), turn)
    canvas = np.zeros((*CANVAS, 4), np.float32)
    y, x = ANCHOR[0] - sprite.anchor[1], ANCHOR[1] - sprite.anchor[0]
    width, height = sprite.image.size
    canvas[y : y + height, x : x + width] = np.asarray(sprite.image)
    return canvas


def seen(canvas):
    """As on a neutral background: float array (height, width, 3)."""
    alpha = canvas[..., 3:] / 255
    return canvas[..., :3] * alpha + 205 * (1 - alpha)


def changed_part(kind, attribute, colour):
    """Part of the covered pixels that an attribute changes visibly."""
    base = base_look(kind, attribute)
    before = placed(kind, base, colour=colour)
    after = placed(kind, replace(base, **{attribute: 1.0}), colour=colour)
    changed = np.abs(seen(after) - seen(before)).max(-1) > 40
    return changed.sum() / (before[..., 3] > 128).sum()


def base_look(kind, attribute):
    """What else must hold for an attribute to be seen: a lid hides what is inside."""
    return Look(open=1.0) if attribute == "full" and "open" in KINDS[kind].has else Look()


def test_all_kinds_are_drawn():
    assert DRAWINGS.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_objects_are_large_and_show_their_colour(kind):
    """Each covers at least 1.5 % of a square frame, and its colours make different pictures."""
    colours = KINDS[kind].colours
    plain = placed(kind, Look())
    covered = plain[..., 3] > 128
    assert covered.sum() > 0.015 * FRAME * FRAME
    assert np.ptp(np.flatnonzero(covered.any(0))) < 0.75 * FRAME
    for colour in colours[2::2]:
        changed = np.abs(placed(kind, Look(), colour=colour) - plain).max(-1) > 40
        near = np.abs(np.subtract(COLOURS[colour], COLOURS[colours[0]])).max() <= 90
        assert changed.sum() > (0.1 if near else 0.2) * covered.sum(), colour


@pytest.mark.parametrize(("kind", "attribute"), CHANGES)
def test_every_state_is_visible(kind, attribute):
    """A changed state changes many of the pixels, on the brightest and the darkest thing."""
    least = 0.15 if attribute in WHOLE_CHANGES else 0.06
    for colour in {"white", KINDS[kind].colours[-1]}:
        assert changed_part(kind, attribute, colour) > least, colour


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "attribute"), CHANGES)
def test_every_state_is_visible_in_every_colour(kind, attribute):
    least = 0.15 if attribute in WHOLE_CHANGES else 0.06
    for colour in KINDS[kind].colours:
        assert changed_part(kind, attribute, colour) > least, colour


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "attribute"), CHANGES)
def test_changes_are_smooth(kind, attribute):
    """No phase of a change makes most of it."""
    base = base_look(kind, attribute)
    phases = [seen(placed(kind, replace(base, **{attribute: n / STEPS}))) for n in range(STEPS + 1)]
    jumps = [np.abs(after - before).sum() for before, after in pairwise(phases)]
    assert max(jumps) < 0.4 * sum(jumps)
    assert sum(jump > 0.002 * sum(jumps) for jump in jumps) >= STEPS // 2


def test_dirt_leaves_the_colour_readable():
    for kind in KINDS:
        clean, dirty = placed(kind, Look()), placed(kind, Look(dirty=1.0))
        covered = clean[..., 3] > 128
        assert np.array_equal(dirty[..., 3], clean[..., 3])
        assert (np.abs(dirty - clean).max(-1) > 20)[covered].mean() < 0.5, kind


def test_silhouettes_differ():
    """No two kinds share an outline: black shapes of equal height overlap in part only."""
    masks = np.stack([placed(kind, Look(), pixels=60)[..., 3].ravel() > 128 for kind in KINDS])
    areas = masks.sum(1)
    common = masks.astype(np.float32) @ masks.T.astype(np.float32)
    overlap = common / (areas[:, None] + areas[None, :] - common)
    names = list(KINDS)
    pairs = [(names[a], names[b]) for a, b in np.argwhere(np.triu(overlap > 0.93, 1))]
    assert not pairs


@pytest.mark.parametrize("kind", ["mug", "plank", "lamp"])
def test_turned_objects_stay_in_place(kind):
    """Upside down is the picture turned by 180 degrees about a point half a height above the anchor."""
    pixels = 60
    upright, over = (placed(kind, Look(), pixels=pixels, turn=turn) for turn in (0, 180))
    row, column = ANCHOR[0] - pixels // 2, ANCHOR[1]
    window = np.s_[row - 60 : row + 60, column - 150 : column + 150, 3]
    both = (upright[window][::-1, ::-1] > 128, over[window] > 128)
    assert (both[0] & both[1]).sum() > 0.97 * (both[0] | both[1]).sum()
    quarter = placed(kind, Look(), pixels=pixels, turn=TURN_STEP)
    assert np.abs(quarter - upright).max() > 40


def test_cached_pictures_are_shared():
    look = Look(open=0.5)
    assert object_sprite("box", "red", look, 40) is object_sprite("box", "red", Look(open=0.5), 40)
