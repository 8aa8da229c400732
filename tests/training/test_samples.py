"""Which samples there are, and in which order they come."""

from collections import Counter
from dataclasses import replace

import pytest
import torch

from tests.conftest import make_tiny_system
from videorecap.data.annotations import Annotation, VideoAnnotations
from videorecap.errors import DataError
from videorecap.training.drawing import Drawing
from videorecap.training.inputs import Inputs, annotated_clips
from videorecap.training.naming import labels_of
from videorecap.training.recipe import ClipSpans, Labels, Objective, Stage
from videorecap.training.samples import Order, Sample, samples_of, split_videos
from videorecap.training.tasks import captioner_of
from videorecap.types import Span


def note(start: float, end: float, text: str, level: str = "clip") -> Annotation:
    return Annotation(level=level, span=Span(start, end), texts=(text,))


def video(name: str = "a", split: str | None = "train", **fields) -> VideoAnnotations:
    captions = (
        note(0, 3, "opens"),
        note(3, 9, "pours"),
        note(9, 9.5, "nods"),
        note(0, 12, "cooks", "segment"),
    )
    return VideoAnnotations(
        video=name, duration_seconds=12.0, split=split, **{"captions": captions, **fields}
    )


def stage(**fields) -> Stage:
    return Stage(
        **{"name": "s", "trains": "recap", "data": {"clip": None}, "steps": 1, "batch_size": 4, **fields}
    )


def pools_of(made: Stage, videos=None, pseudo=None, seed: int = 0):
    videos = videos or {"a": video()}
    return samples_of(videos, pseudo or {}, made, "clip", seed)


def test_a_window_is_told_as_the_annotation_that_fills_most_of_it() -> None:
    windows = pools_of(stage(clips=ClipSpans.WINDOWS))["clip"]
    assert [(s.span.start, s.texts[0]) for s in windows] == [(0, "opens"), (4, "pours"), (8, "pours")]
    annotated = pools_of(stage())["clip"]
    assert [s.texts[0] for s in annotated] == ["opens", "pours", "nods"]


def test_a_window_that_nothing_is_said_of_is_no_sample() -> None:
    quiet = replace(video(), captions=(note(0, 3, "opens"), note(0, 12, "stays", "segment")))
    assert [s.span.start for s in pools_of(stage(clips=ClipSpans.WINDOWS), {"a": quiet})["clip"]] == [0]


def test_a_long_annotation_is_found_in_every_window_that_it_fills() -> None:
    long = replace(video(), captions=(note(0, 11, "walks"), *(note(t, t + 0.5, "nods") for t in range(11))))
    texts = [s.texts[0] for s in pools_of(stage(clips=ClipSpans.WINDOWS), {"a": long})["clip"]]
    assert texts == ["walks"] * 3


def test_a_teachers_captions_come_where_they_are_asked_for() -> None:
    pseudo = {"a": (note(2, 8, "bakes", "segment"),)}
    human = pools_of(stage(data={"segment": None}), pseudo=pseudo)["segment"]
    both = pools_of(stage(data={"segment": None}, labels=(Labels.HUMAN, Labels.PSEUDO)), pseudo=pseudo)[
        "segment"
    ]
    assert [s.texts[0] for s in human] == ["cooks"]
    assert [(s.texts[0], s.labels) for s in both] == [("cooks", "human"), ("bakes", "pseudo")]


def test_as_many_are_chosen_as_are_wanted_by_the_seed() -> None:
    videos = {name: video(name) for name in map(str, range(30))}
    chosen = [pools_of(stage(data={"clip": 20}), videos, seed=seed)["clip"] for seed in (0, 0, 1)]
    assert len(set(chosen[0])) == 20
    assert chosen[0] == chosen[1]
    assert chosen[0] != chosen[2]


def test_captions_of_clips_are_always_those_of_people() -> None:
    assert pools_of(stage(labels=(Labels.PSEUDO,)))["clip"]


def test_a_level_without_captions_is_an_error() -> None:
    with pytest.raises(DataError, match="'s': the data has no human captions of level 'summary'"):
        pools_of(stage(data={"summary": None}))


def test_validation_and_test_videos_are_not_trained_on() -> None:
    every = [video(str(n), split) for n, split in enumerate(("train", None, "val", "val", "test"))]
    chosen, held_out = split_videos(every, 1)
    assert (list(chosen), list(held_out)) == (["0", "1"], ["2"])
    with pytest.raises(DataError, match="two videos have the id '0'"):
        split_videos([*every, every[0]], 1)


@pytest.mark.parametrize("is_last", [True, False])
@pytest.mark.parametrize("split", ["val", "test"])
def test_what_is_in_another_split_too_is_not_trained_on(split: str, is_last: bool) -> None:
    trained = [video("a"), video("b", source="day"), video("c", source="other"), video("d")]
    others = [video("a", split), video("e", split, source="day"), video("other", split)]
    chosen, _ = split_videos([*trained, *others] if is_last else [*others, *trained], 0)
    assert list(chosen) == ["d"]


def samples(level: str, number: int) -> tuple[Sample, ...]:
    return tuple(Sample("a", level, Span(n, n + 1), (f"{level} {n}",)) for n in range(number))


def test_every_sample_comes_once_an_epoch_and_levels_take_turns() -> None:
    order = Order({"clip": samples("clip", 5), "segment": samples("segment", 6)}, 3, "seed")
    assert order.steps_per_epoch == 4
    drawn = [[s for _, s in order.at(step, 0, 1)] for step in range(20)]
    assert [batch[0].level for batch in drawn] == ["clip", "segment"] * 10
    assert all(len({s.level for s in batch}) == 1 for batch in drawn)
    segments = [s for batch in drawn if batch[0].level == "segment" for s in batch]
    for epoch in range(5):
        assert len(set(segments[6 * epoch : 6 * epoch + 6])) == 6
    clips = Counter(s for batch in drawn if batch[0].level == "clip" for s in batch)
    assert set(clips.values()) == {6}
    assert segments[:6] != segments[6:12], "each epoch has an order of its own"


@pytest.mark.parametrize("num_parts", [2, 3, 7, 10])
def test_parts_make_up_the_whole_batch(num_parts: int) -> None:
    order = Order({"clip": samples("clip", 23)}, 10, "seed")
    for step in (0, 1, 7):
        parts = [item for part in range(num_parts) for item in order.at(step, part, num_parts)]
        assert parts == order.at(step, 0, 1)


def test_the_order_is_that_of_its_seed_at_any_step() -> None:
    def order(seed: str) -> Order:
        return Order({"clip": samples("clip", 50)}, 10, seed)

    first = order("a")
    walked = [first.at(step, 0, 1) for step in range(12)]
    assert order("a").at(11, 0, 1) == walked[11]
    assert order("b").at(11, 0, 1) != walked[11]


class Shown(Inputs):
    """Inputs whose pixels are numbers of the clip and the frame."""

    def __init__(self, hierarchy) -> None:
        super().__init__({}, hierarchy, None)

    def pixels(self, sample: Sample) -> torch.Tensor:
        frames = torch.arange(4, dtype=torch.uint8)[None, :, None, None].expand(3, 4, 8, 8)
        return frames + 10 * int(sample.span.start)


def drawing(texts: tuple[str, ...], **fields) -> Drawing:
    system = make_tiny_system()
    made = stage(**{"objectives": {Objective.CAPTION: 1.0, Objective.NAMING: 1.0}, **fields})
    pool = tuple(Sample("a", "clip", Span(n, n + 1), (text,)) for n, text in enumerate(texts))
    return Drawing(
        made, Order({"clip": pool}, 4, "seed"), Shown(system.hierarchy), captioner_of(system, "recap")
    )


def test_batches_do_not_depend_on_the_number_of_parts() -> None:
    made = drawing(("C opens the red box", "C cuts the apple", "C closes the tin"))
    for step in range(6):
        whole, parts = made(step, 0, 1), [made(step, part, 2) for part in range(2)]
        assert sum((part.texts for part in parts), ()) == whole.texts
        for objective in whole.counts:
            assert sum(part.counts[objective] for part in parts) == whole.counts[objective]
        first = torch.cat([part.pixels[: len(part.texts)] for part in parts])
        assert torch.equal(first, whole.pixels[: len(whole.texts)])


def test_some_clips_are_named_backwards_too() -> None:
    made = drawing(("C opens the red box",) * 3 + ("C cuts the apple",))
    seen = Counter()
    for step in range(40):
        batch = made(step, 0, 1)
        assert len(batch.labels) == len(batch.pixels)
        assert batch.counts[Objective.NAMING] == sum(label.count for label in batch.labels)
        for clip, label in zip(batch.pixels[4:], batch.labels[4:], strict=True):
            assert label == labels_of("C closes the red box")
            assert clip[0, :, 0, 0].int().diff().tolist() == [-1, -1, -1]
        seen["forwards"] += sum("opens" in text for text in batch.texts)
        seen["backwards"] += len(batch.pixels) - 4
    assert 0.35 < seen["backwards"] / seen["forwards"] < 0.65


def test_target_tokens_are_counted_as_they_are_learned() -> None:
    made = drawing(("C opens the red box", "C " + "very " * 50 + "slowly"))
    batch = made(0, 0, 1)
    _, mask = made.captioner.targets(batch.texts, 12)
    assert batch.counts[Objective.CAPTION] == int(mask[:, 1:].sum())


def test_clips_of_samples_are_each_wanted_once_in_order() -> None:
    spans = [Span(5, 6), Span(1, 2), Span(5, 6), Span(1, 3)]
    choose = annotated_clips([Sample("a", "clip", span, ("x",)) for span in spans])
    assert choose(video()) == (Span(1, 2), Span(1, 3), Span(5, 6))
    assert choose(video("other")) == ()
