"""Opposites look alike in a single frame; only in time do they differ.

For each pair, both actions are drawn in equal contexts at equal moments, and a classifier (ridge regression,
trained and tested on different contexts) is asked which of the two it sees.
"""

import random
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from handmade import script_of

from videorecap.sim.render import frame
from videorecap.sim.scene import replay
from videorecap.sim.script import Item
from videorecap.sim.world import ACTIONS, COLOURS, KINDS, PEOPLE, PLACES
from videorecap.sim.writer import sample_script

PAIRS = sorted({tuple(sorted((name, a.opposite))) for name, a in ACTIONS.items() if a.opposite is not None})
SIZE = (48, 48)
GRID = 12  # cells of a picture along each side, of which means are taken
CONTEXTS = 14
MOMENTS = 2  # in the first half of an action, and as many mirrored ones
SECONDS = 4.0  # of an action
APART = 0.5  # seconds between the two frames of a change
FOLDS = 4
CHANGING = (0.3, 0.5)  # progress at which the object changes, mirrored afterwards
ALWAYS = (0.02, 0.5)
EXAMPLES = {  # objects on which the change is clear
    "close": "toolbox",
    "fold": "towel",
    "give": "ball",
    "hang up": "jacket",
    "pick up": "mug",
    "plug in": "lamp",
    "pull": "pot",
    "put in": "apple",
    "put on": "hat",
    "screw": "stool",
    "tie": "bag",
    "turn off": "lamp",
}
COMMON = [  # in sampled scripts, in equal circumstances
    ("close", "open"),
    ("enter", "leave"),
    ("pick up", "put down"),
    ("turn off", "turn on"),
]


def test_there_are_many_opposites():
    assert len(PAIRS) >= 13
    assert all(ACTIONS[ACTIONS[name].opposite].opposite == name for pair in PAIRS for name in pair)


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS, ids="/".join)
def test_no_single_frame_tells_opposites_apart(pair):
    """Whatever the object, and at any moment."""
    kinds = [kind.name for kind in KINDS.values() if changed(pair[0]) in (*kind.has, "where")]
    pictures, labels, contexts = samples(pair, kinds, ALWAYS, offsets=(0.0,))
    features = still(pictures[:, 0])
    assert accuracy(features, labels, contexts) <= 0.6
    assert distance(features, labels) < 0.01


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS, ids="/".join)
def test_changes_tell_opposites_apart(pair):
    """The same classifier, and the same samples: on single frames it fails, on their differences not."""
    offsets = (-APART / 2, APART / 2)
    pictures, labels, contexts = samples(pair, [EXAMPLES.get(pair[0])], CHANGING, offsets)
    single, change = still(np.concatenate(list(pictures.swapaxes(0, 1)))), moving(*pictures.swapaxes(0, 1))
    assert accuracy(single, np.tile(labels, 2), np.tile(contexts, 2)) <= 0.6
    assert accuracy(change, labels, contexts) >= 0.7
    assert distance(single, np.tile(labels, 2)) < 0.01
    assert distance(change, labels) > 3 * distance(single, np.tile(labels, 2))


@pytest.mark.slow
@pytest.mark.parametrize("pair", COMMON, ids="/".join)
def test_no_single_frame_of_sampled_scripts_tells_opposites_apart(pair):
    """Among events with equal objects, places and neighbours."""
    scripts = [sample_script(seed, 1200) for seed in range(60)]
    alike = defaultdict(lambda: ([], []))
    for context, script in enumerate(scripts):
        for number, event in enumerate(script.events[:-1]):
            if event.action in pair:
                alike[circumstances(script, number)][pair.index(event.action)].append((context, event.span))
    rng, pictures, labels, contexts = random.Random(0), [], [], []
    for groups in alike.values():
        for label, group in enumerate(groups):
            for context, span in rng.sample(group, min(map(len, groups))):
                seconds = span.start + rng.random() * span.duration
                pictures.append(frame(scripts[context], seconds, SIZE).mean(-1) / 255)
                labels.append(2 * label - 1)
                contexts.append(context)
    assert len(labels) > 80
    features = still(np.asarray(pictures))
    assert accuracy(features, np.asarray(labels), np.asarray(contexts)) <= 0.6
    assert distance(features, np.asarray(labels)) < 0.02


def circumstances(script, number):
    """All that a picture of an event shows besides the action itself."""
    event, before = script.events[number], replay(script).before[number]
    if before is not None:
        attribute = changed(event.action)
        before = replace(before, **{attribute: "table" if attribute == "where" else False})
    spot = replay(script).spots.get(event.visit)
    beside = spot and (spot.has_hook, spot.container and spot.container[0].kind)
    follows = number > 0 and script.events[number - 1].visit == event.visit
    return event.object, event.place, before, script.guest_at(event.span.start) is None, beside, follows


def samples(pair, kinds, progress, offsets):
    """Frames around moments [N, offsets, height, width], which action they show, and number of context."""
    rng = random.Random("/".join(pair))
    pictures, labels, contexts = [], [], []
    for context in range(CONTEXTS):
        scripts = [script_in(action, kinds, random.Random(f"{pair} {context}")) for action in pair]
        for early in [rng.uniform(*progress) for _ in range(MOMENTS)]:
            for label, script in enumerate(scripts):
                for middle in (early, 1 - early):
                    times = [SECONDS * (1 + middle) + offset for offset in offsets]
                    pictures.append([frame(script, t, SIZE).mean(-1) / 255 for t in times])
                    labels.append(2 * label - 1)
                    contexts.append(context)
    return np.asarray(pictures), np.asarray(labels), np.asarray(contexts)


def script_in(action, kinds, rng):
    """The action, in a context that is the same for its opposite: equal choices of the same ``rng``."""
    thing = (rng.choice(kinds), rng.choice(list(COLOURS))) if ACTIONS[action].has_object else None
    container = Item(kind=rng.choice(("box", "basket", "crate")), colour=rng.choice(list(COLOURS)))
    return script_of(
        ("look", None),
        (action, thing),
        ("look", None),
        place=rng.choice(list(PLACES)),
        seed=rng.randrange(1000),
        seconds=SECONDS,
        daytime=rng.choice(("morning", "afternoon", "evening")),
        container=container,
        person=rng.choice(PEOPLE),
    )


def changed(action):
    """What the action changes; "where" for those with no object."""
    makes = ACTIONS[action].makes
    return makes[0][0] if makes else "where"


def cells(pictures):
    """Means over the cells of a grid."""
    side = pictures.shape[1] // GRID
    return pictures.reshape(len(pictures), GRID, side, GRID, side).mean((2, 4)).reshape(len(pictures), -1)


def still(frames):
    """What a single frame shows: brightness, and how much it varies along x and y."""
    down, across = np.gradient(frames, axis=(1, 2))
    return standard(np.hstack([cells(frames), 8 * cells(np.abs(down)), 8 * cells(np.abs(across))]))


def moving(before, after):
    """What a change shows: brighter or darker, and the way that borders move along x and y."""
    down, across = np.gradient((before + after) / 2, axis=(1, 2))
    change = after - before
    return standard(np.hstack([cells(change), 20 * cells(change * down), 20 * cells(change * across)]))


def standard(features):
    """Each feature in units of the mean spread."""
    return (features - features.mean(0)) / features.std(0).mean()


def accuracy(features, labels, contexts):
    """Share of samples whose label is found by ridge regression on samples of other contexts."""
    right = 0
    for fold in range(FOLDS):
        test = contexts % FOLDS == fold
        train, truth = features[~test], labels[~test]
        kernel = train @ train.T
        weights = np.linalg.solve(kernel + 0.03 * np.trace(kernel) / len(kernel) * np.eye(len(kernel)), truth)
        right += (np.sign(features[test] @ train.T @ weights) == labels[test]).sum()
    return right / len(labels)


def distance(features, labels):
    """Energy distance of the two actions, 0 for equal distributions, 1 for entirely different ones."""
    squares = (features**2).sum(1)
    between = np.sqrt(np.maximum(0, squares[:, None] + squares[None] - 2 * features @ features.T))
    first, second = labels < 0, labels > 0
    cross = 2 * between[np.ix_(first, second)].mean()
    return (cross - between[np.ix_(first, first)].mean() - between[np.ix_(second, second)].mean()) / cross
