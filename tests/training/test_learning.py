"""Learning is real: each level learns samples by heart, and captions of other clips teach nothing."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.training.micro import make_data, order_run, unified_config
from videorecap.build import find_system, read_config
from videorecap.data.annotations import read_annotations, write_annotations
from videorecap.hierarchy import Visual
from videorecap.training.curriculum import Curriculum
from videorecap.training.devices import make_accelerator
from videorecap.training.handover import requests_of
from videorecap.training.plan import LoopConfig
from videorecap.training.progress import Silence
from videorecap.training.recipe import ClipSpans, Optim, Recipe, Scope, Stage, Start
from videorecap.training.start import Pretrained
from videorecap.training.tasks import captioner_of

pytestmark = pytest.mark.slow
WIDTH, NUM_SAMPLES = 64, 20
OPTIM = Optim(learning_rate=3e-3, final_rate=1e-4, warmup_steps=20, weight_decay=0.0)


def roomy(config):
    """The tiny system, wide enough to learn something by heart, and without dropout."""
    alignment = replace(
        config.captioners["recap"].video_alignment,
        width=WIDTH,
        context_width=WIDTH,
        mlp_width=2 * WIDTH,
        dropout=0.0,
    )
    one = config.captioners["recap"]
    decoder = replace(one.decoder, width=WIDTH, query_width=WIDTH, dropout=0.0)
    captioner = replace(one, video_alignment=alignment, text_alignment=alignment, decoder=decoder)
    levels = tuple(replace(level, max_tokens=200) for level in config.levels)
    encoder = replace(config.encoder, width=WIDTH, mlp_width=2 * WIDTH)
    return replace(config, encoder=encoder, captioners={"recap": captioner}, levels=levels, text_tower=None)


def recipe_of(stages: tuple[Stage, ...]) -> Recipe:
    return Recipe(
        name="learning",
        system=roomy(unified_config()),
        stages=stages,
        start=Start(gate=0.5, frame_position_std=0.3, vocab_size=500),
    )


def stage_of(level: str, *, steps: int, number: int | None = NUM_SAMPLES, **fields) -> Stage:
    return Stage(
        name=level,
        trains="recap",
        scope=Scope.WHOLE,
        data={level: number},
        clips=ClipSpans.WINDOWS,
        steps=steps,
        batch_size=NUM_SAMPLES,
        optim=OPTIM,
        **fields,
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty short videos, of each of whose spans one caption is known."""
    folder = make_data(tmp_path_factory.mktemp("data"), num_videos=NUM_SAMPLES, seconds=16)
    videos = [
        replace(video, captions=tuple(replace(item, texts=item.texts[:1]) for item in video.captions))
        for video in read_annotations(folder)
    ]
    write_annotations(folder, videos)
    return folder


class Checked(Curriculum):
    """Keeps what each stage learned from."""

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self.learned = {}

    def _prepare(self, stage, system):
        made = super()._prepare(stage, system)
        self.learned[stage.name] = made[0].pools[stage.level], made[1]
        return made


@pytest.fixture(scope="module")
def curriculum(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """Clips, then segments, then summaries, twenty samples of each."""
    stages = (
        stage_of("clip", steps=300, trains_encoder=True),
        stage_of("segment", steps=300, init_from=("clip",)),
        stage_of("summary", steps=300, init_from=("segment",)),
    )
    run = order_run(recipe_of(stages), data, tmp_path_factory.mktemp("run"), loop=LoopConfig())
    made = Checked(run, make_accelerator("fp32", cpu=True), Silence())
    made.run()
    return made


@pytest.mark.parametrize(("number", "level"), [(1, "clip"), (2, "segment"), (3, "summary")])
def test_each_level_learns_twenty_samples_by_heart(curriculum: Checked, number: int, level: str) -> None:
    system = curriculum.assemble(number)
    samples, inputs = curriculum.learned[level]
    assert len(samples) == NUM_SAMPLES
    written = captioner_of(system, "recap").write(requests_of(system, inputs, samples))
    assert [caption.text for caption in written] == [sample.texts[0] for sample in samples]


def shuffled(folder: Path, output: Path) -> Path:
    """The same videos, whose clip captions tell of each other's clips."""
    videos = list(read_annotations(folder))
    texts = [item.texts for video in videos for item in video.at("clip")]
    random.Random(0).shuffle(texts)
    drawn = iter(texts)
    write_annotations(
        output,
        [
            replace(video, captions=tuple(replace(item, texts=next(drawn)) for item in video.at("clip")))
            for video in videos
        ],
    )
    return output


def seeing_recipe() -> Recipe:
    """Clip captions from what the encoder that ships makes of clips."""
    recipe, shipped = (
        recipe_of((stage_of("clip", steps=300, number=None),)),
        read_config(find_system("sim-tiny")),
    )
    one = recipe.system.captioners["recap"]
    video = replace(one.video_alignment, context_width=shipped.encoder.width)
    system = replace(
        recipe.system,
        encoder=shipped.encoder,
        preprocess=shipped.preprocess,
        captioners={"recap": replace(one, video_alignment=video)},
        levels=(replace(recipe.system.levels[0], sees=Visual.CLS),),
    )
    return replace(recipe, system=system)


def benefit_of_seeing(trained_on: Path, held_out: Path, output: Path) -> float:
    """How much less surprising true captions of unseen clips are with what they show than with others'."""
    accelerator, given = make_accelerator("fp32", cpu=True), Pretrained(encoder="sim-tiny")
    run = order_run(seeing_recipe(), trained_on, output, loop=LoopConfig(), pretrained=given)
    system = Checked(run, accelerator, Silence()).run()
    looking = Checked(replace(run, data=held_out, output=output / "held out"), accelerator, Silence())
    order, inputs, _ = looking._prepare(run.recipe.stages[0], system)
    samples = order.pools["clip"]
    captioner = captioner_of(system, "recap")
    with torch.inference_mode():
        z = captioner.embeddings([inputs.request(sample) for sample in samples])
        ids, mask = captioner.targets([sample.texts[0] for sample in samples], 200)
        own, others = (
            captioner.model.loss(seen, ids, mask) for seen in (z, z.roll(len(samples) // 2, dims=0))
        )
    return (others - own).item()


def test_captions_of_other_clips_teach_nothing_about_what_is_seen(tmp_path: Path) -> None:
    true = make_data(tmp_path / "true", num_videos=12, seconds=100)
    held_out = make_data(tmp_path / "held out", num_videos=2, seconds=90, seed=4)
    with_true = benefit_of_seeing(true, held_out, tmp_path / "a")
    with_others = benefit_of_seeing(shuffled(true, tmp_path / "false"), held_out, tmp_path / "b")
    assert with_true > 0.1
    assert with_others < with_true / 4
