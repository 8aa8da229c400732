"""A whole curriculum at the smallest size: hand-overs, freezing, stopping anywhere, what it starts from."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.conftest import make_tiny_system
from tests.training.micro import make_data, order_run, separate_recipe, unified_recipe
from videorecap.build import load_system
from videorecap.data.annotations import Annotation, read_annotations, write_annotations
from videorecap.data.pseudo import Provenance, label_line
from videorecap.data.pseudo_plan import Target
from videorecap.errors import ConfigError, DataError
from videorecap.hierarchy import windows
from videorecap.jobs import caption_video
from videorecap.models.checkpoints import load_tensors
from videorecap.paper.recipes import recipe
from videorecap.paper.sizes import Size
from videorecap.training.curriculum import Curriculum, read_levels
from videorecap.training.devices import make_accelerator
from videorecap.training.plan import LoopConfig
from videorecap.training.progress import Silence
from videorecap.training.recipe import Labels, Objective, Stage
from videorecap.training.run import Run, load_data, require_pretrained
from videorecap.training.start import Pretrained
from videorecap.types import Span


class Story(Silence):
    """Remembers what it was told; stops the run at one of the times it is told something."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.told: list[str] = []
        self.num_told = 0
        self.stop_at = stop_at

    def begin(self, what: str, total: float | None = None) -> None:
        self.told.append(what)
        self._count()

    def advance(self, done: float) -> None:
        self._count()

    def note(self, text: str) -> None:
        self.told.append(text)

    def _count(self) -> None:
        self.num_told += 1
        if self.num_told == self.stop_at:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_data(tmp_path_factory.mktemp("data"))


def make_encoder(folder: Path) -> Path:
    """A system whose encoder is given to others."""
    make_tiny_system(seed=5).save_pretrained(folder)
    return folder


def weights_of(system):
    return dict(system.modules.named_parameters())


def trained(run: Run, story: Story | None = None):
    return Curriculum(run, make_accelerator("fp32", cpu=True), story or Story()).run()


@pytest.fixture(scope="module")
def whole(data: Path, tmp_path_factory: pytest.TempPathFactory):
    """An uninterrupted run of the unified recipe, and what it told."""
    run, story = order_run(unified_recipe(), data, tmp_path_factory.mktemp("whole")), Story()
    trained(run, story)
    return run, story


def weights(run: Run, stage: str) -> dict[str, torch.Tensor]:
    return load_tensors(run.output / "stages" / stage / "weights.safetensors")


def test_each_stage_hands_over_to_the_next(whole) -> None:
    run, story = whole
    stages = [text for text in story.told if text.startswith("stage ") and "of" in text]
    assert stages == [f"stage {s.name} ({n + 1} of 6)" for n, s in enumerate(run.recipe.stages)]
    handed = [text for text in story.told if "handing over" in text]
    assert [" clip," in text for text in handed] == [True, True, False], "the summary also reads segments"
    for level in run.recipe.system.levels[:2]:
        for path in (run.output / "handovers" / level.name).iterdir():
            (video,) = read_annotations(path)
            spans = tuple(item.span for item in video.predicted)
            assert spans == tuple(windows(video.duration_seconds, level.window_seconds))
            assert {item.level for item in video.predicted} == {level.name}


def test_the_encoder_learns_only_where_it_is_said(whole) -> None:
    run, _ = whole
    learned = {
        stage.name
        for stage in run.recipe.stages
        if any(k.startswith("encoder.") for k in weights(run, stage.name))
    }
    assert learned == {"encoder", "clip"}
    final = load_system(run.output / "system").modules.encoder
    for name, parameter in final.named_parameters():
        assert torch.equal(parameter, weights(run, "clip")[f"encoder.{name}"])
    assert not torch.equal(weights(run, "encoder")["encoder.positions"], final.positions)


def test_what_is_trained_captions_a_video(whole, short_video: Path) -> None:
    run, _ = whole
    tree = caption_video(short_video, load_system(run.output / "system"), batch_size=4)
    assert set(tree.levels) == {"clip", "segment", "summary"}


def test_logs_and_costs_are_kept_and_checkpoints_are_not(whole) -> None:
    run, _ = whole
    for stage in run.recipe.stages:
        folder = run.folder_of(stage)
        lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
        assert [line["step"] for line in lines] == [1, 2, 3, 4]
        assert json.loads((folder / "cost.json").read_text())["steps"] == 4
        assert not list(folder.glob("step-*"))


@pytest.mark.slow
def test_three_captioners_take_over_from_each_other(data: Path, tmp_path: Path) -> None:
    run = order_run(separate_recipe(), data, tmp_path)
    system = trained(run)
    assert set(system.modules.captioners) == {"clip", "segment", "summary"}
    curriculum = Curriculum(run, make_accelerator("fp32", cpu=True), Story())
    begun = curriculum.assemble(4)
    curriculum.begin(run.recipe.stage("segment"), begun)
    segment, clip = begun.modules.captioners["segment"], weights(run, "clip")
    assert torch.equal(segment.decoder.token_embedding.weight, clip["model.decoder.token_embedding.weight"])
    assert len(segment.video_queries) == 2, "resampled from four"
    masked = weights(run, "masked")
    text = dict(segment.text_alignment.named_parameters())
    for name, parameter in masked.items():
        if name.startswith("model.text_alignment."):
            assert torch.equal(text[name.removeprefix("model.text_alignment.")], parameter)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_run_stopped_again_and_again_ends_with_the_same_weights(
    whole, data: Path, tmp_path: Path, seed: int
) -> None:
    reference, story = whole
    run = order_run(unified_recipe(), data, tmp_path)
    places = torch.randperm(story.num_told, generator=torch.Generator().manual_seed(seed))[:3] + 1
    for place in places.tolist():
        try:
            trained(run, Story(stop_at=place))
        except KeyboardInterrupt:
            continue
    trained(run)
    for stage in run.recipe.stages:
        expected = weights(reference, stage.name)
        assert all(torch.equal(tensor, expected[name]) for name, tensor in weights(run, stage.name).items())
    assert (run.output / "system/model.safetensors").read_bytes() == (
        reference.output / "system/model.safetensors"
    ).read_bytes()


def test_a_given_encoder_takes_the_place_of_its_stage(data: Path, whole, tmp_path: Path) -> None:
    reference, _ = whole
    given = replace(
        order_run(unified_recipe(), data, tmp_path).pretrained, encoder=str(reference.output / "system")
    )
    run = order_run(unified_recipe(), data, tmp_path, pretrained=given)
    assert [stage.name for stage in run.stages()] == ["language", "masked", "clip", "segment", "summary"]
    run = replace(run, recipe=replace(run.recipe, stages=run.recipe.stages[:2]))
    system = trained(run)
    theirs = load_system(reference.output / "system").modules.encoder
    assert all(
        torch.equal(a, b)
        for a, b in zip(system.modules.encoder.parameters(), theirs.parameters(), strict=True)
    )


def test_another_run_does_not_go_on_in_the_same_folder(whole, data: Path) -> None:
    run, _ = whole
    with pytest.raises(ConfigError, match="seed 0, not 1"):
        trained(replace(run, seed=1))


def test_a_recipe_with_pseudo_labels_wants_them(data: Path, tmp_path: Path) -> None:
    recipe = unified_recipe()
    *earlier, last = recipe.stages
    both = replace(last, labels=(Labels.HUMAN, Labels.PSEUDO))
    with pytest.raises(ConfigError, match="--pseudo"):
        trained(order_run(replace(recipe, stages=(*earlier, both)), data, tmp_path))


def test_labels_that_no_stage_learns_are_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not learn from a teacher"):
        load_data(order_run(unified_recipe(), data, tmp_path, pseudo=tmp_path / "none.jsonl"))


def test_frozen_parts_must_be_given(data: Path, tmp_path: Path) -> None:
    run = order_run(recipe("recap", Size.BASE), data, tmp_path)
    with pytest.raises(
        ConfigError, match="give --encoder, --gpt2, --distilbert, or a trained system with --from"
    ):
        require_pretrained(run)
    given = Pretrained(encoder="e", gpt2="g", distilbert="d")
    require_pretrained(replace(run, pretrained=given))
    require_pretrained(replace(run, pretrained=Pretrained(system="s")))
    resampler = replace(
        run, recipe=recipe("resampler", Size.BASE), pretrained=replace(given, distilbert=None)
    )
    require_pretrained(resampler)
    require_pretrained(order_run(unified_recipe(), data, tmp_path))


def test_a_given_encoder_stays_as_it_is(data: Path, tmp_path: Path) -> None:
    """As the paper's does; without one it learns along with the clip captions."""
    run = order_run(unified_recipe(), data, tmp_path)
    given = replace(run, pretrained=Pretrained(encoder="e")).stages()
    assert [stage.name for stage in given] == ["language", "masked", "clip", "segment", "summary"]
    assert not any(stage.trains_encoder for stage in given)
    assert given[2].objectives == {Objective.CAPTION: 1.0}
    assert [stage.trains_encoder for stage in run.stages()] == [True, False, False, True, False, False]


def test_a_trained_system_is_trained_further(data: Path, tmp_path: Path) -> None:
    first = trained(order_run(unified_recipe(), data, tmp_path / "first"))
    given = Pretrained(system=str(tmp_path / "first" / "system"))
    made = unified_recipe()
    last = replace(made, stages=(replace(made.stage("summary"), init_from=()),))
    run = order_run(last, data, tmp_path / "more", pretrained=given)
    curriculum = Curriculum(run, make_accelerator("fp32", cpu=True), Silence())
    curriculum.settle()
    begun = curriculum.assemble(0)
    captioned = {name: part for name, part in weights_of(first).items() if not name.startswith("text_tower")}
    assert all(torch.equal(weights_of(begun)[name], part) for name, part in captioned.items())
    more = weights_of(trained(run))
    changed = {name for name, part in captioned.items() if not torch.equal(more[name], part)}
    assert changed
    assert all(name.startswith("captioners.") for name in changed)
    assert (run.output / "tokenizer.json").read_bytes() == (
        tmp_path / "first" / "tokenizer.json"
    ).read_bytes()


def test_nothing_is_learned_from_features_of_a_random_encoder(data: Path, tmp_path: Path) -> None:
    """Also where captioners learn whole, and where the encoder learns too late."""
    made = unified_recipe()
    segment = replace(made.stage("segment"), data={"segment": None}, init_from=())
    for stages in ((segment,), (segment, made.stage("encoder"))):
        run = order_run(replace(made, stages=stages), data, tmp_path)
        with pytest.raises(ConfigError, match="give --encoder, or"):
            require_pretrained(run)
        with pytest.raises(ConfigError, match="reads captions of level 'clip', which no stage before"):
            require_pretrained(replace(run, pretrained=Pretrained(encoder="e")))
        require_pretrained(replace(run, pretrained=Pretrained(system="s")))


def test_each_captioner_of_a_trained_system_goes_on_from_its_own(data: Path, tmp_path: Path) -> None:
    run = order_run(separate_recipe(), data, tmp_path)
    given = replace(run, pretrained=Pretrained(system="s")).stages()
    assert [stage.init_from for stage in given[-3:]] == [("language",), ("masked",), ()]
    unified = order_run(unified_recipe(), data, tmp_path, pretrained=Pretrained(system="s")).stages()
    assert [stage.init_from for stage in unified[-2:]] == [("masked", "clip"), ("segment",)]


def test_hand_overs_do_not_depend_on_what_others_keep(data: Path, tmp_path: Path) -> None:
    """Of a given encoder every window's tokens are kept, or none is read."""
    sampled = unified_recipe()
    fewer = tuple(
        replace(stage, data={"clip": 3}) if stage.name == "clip" else stage for stage in sampled.stages
    )
    encoder = Pretrained(encoder=str(make_encoder(tmp_path / "e")))
    handed = {}
    for name, made in (("all", sampled), ("some", replace(sampled, stages=fewer))):
        alone = order_run(made, data, tmp_path / f"{name}-alone", pretrained=encoder)
        shared = replace(alone, output=tmp_path / f"{name}-shared", cache=tmp_path / "cache")
        assert alone.keeps_tokens == (name == "all")
        texts = []
        for run in (alone, shared):
            trained(run)
            files = sorted((run.output / "handovers" / "clip").iterdir())
            texts.append([file.read_bytes() for file in files])
        assert texts[0] == texts[1]
        handed[name] = texts[0]
    unkept = order_run(sampled, data, tmp_path / "unkept", pretrained=encoder, stores_features=False)
    assert not unkept.keeps_tokens


def test_more_micro_batches_than_samples_are_refused_before_the_work(data: Path, tmp_path: Path) -> None:
    run = order_run(unified_recipe(), data, tmp_path / "run", loop=LoopConfig(accumulate=4))
    with pytest.raises(
        ConfigError, match="stage 'encoder' has 3 samples in a step, too few for 1 processes x 4"
    ):
        trained(run)
    assert not run.output.exists()


def test_videos_without_a_file_are_left_out(data: Path, tmp_path: Path, caplog) -> None:
    first, second = read_annotations(data)
    write_annotations(tmp_path / "data", [first, replace(second, seed=None, path="gone.mp4")])
    run = order_run(unified_recipe(), tmp_path / "data", tmp_path / "run")
    assert list(load_data(run).videos) == [first.video]
    assert "1 of 2 videos have no file and are left out; the first: gone.mp4" in caplog.text
    write_annotations(tmp_path / "none", [replace(first, seed=None, path="gone.mp4")])
    with pytest.raises(DataError, match=r"the first should be gone\.mp4"):
        load_data(replace(run, data=tmp_path / "none"))


def test_a_span_that_shows_nothing_is_left_out(data: Path, tmp_path: Path, caplog) -> None:
    """Half a second in which no window has its middle."""
    videos = list(read_annotations(data))
    short = Annotation(level="segment", span=Span(2.2, 2.7), texts=("C waits",))
    told = [replace(video, captions=(*video.captions, short)) for video in videos]
    write_annotations(tmp_path / "data", told)
    clip = replace(unified_recipe().stage("clip"), init_from=())
    segment = replace(unified_recipe().stage("segment"), data={"segment": None}, init_from=())
    run = order_run(replace(unified_recipe(), stages=(clip, segment)), tmp_path / "data", tmp_path / "run")
    curriculum = Watched(run, make_accelerator("fp32", cpu=True), Story())
    curriculum.run()
    assert all(sample.span != short.span for sample in curriculum.pools["segment"])
    assert "2 spans show nothing" in caplog.text


def test_only_training_videos_are_trained_on(data: Path, tmp_path: Path) -> None:
    run = order_run(unified_recipe(), data, tmp_path)
    ids = frozenset(load_data(run).videos)
    assert len(ids) == 2
    assert len(load_data(replace(run, excluded=frozenset(list(ids)[:1]))).videos) == 1
    with pytest.raises(DataError, match="no video to train on"):
        load_data(replace(run, excluded=ids))


def test_levels_that_are_read() -> None:
    hierarchy = unified_recipe().system.hierarchy
    assert [level.name for level in read_levels(hierarchy, ["clip"])] == []
    assert [level.name for level in read_levels(hierarchy, ["segment"])] == ["clip"]
    assert [level.name for level in read_levels(hierarchy, ["summary"])] == ["clip", "segment"]


def test_a_stage_that_cannot_be_is_refused() -> None:
    recipe = unified_recipe()
    wrong = Stage(
        name="odd", trains="recap", data={"segment": None}, steps=1, batch_size=1, trains_encoder=True
    )
    with pytest.raises(ConfigError, match="draws clips only"):
        replace(recipe, stages=(*recipe.stages, wrong))


class Watched(Curriculum):
    """Keeps the samples of its last stage."""

    def _prepare(self, stage, system):
        made = super()._prepare(stage, system)
        self.pools = made[0].pools
        return made


def test_a_teachers_captions_are_learned_with_those_of_people(data: Path, tmp_path: Path) -> None:
    wrote = Provenance(teacher="t", digest="0", trained_on={}, prompts={}, decoding={}, data="0", seed=0)
    targets = [Target(video=name, level="segment", span=Span(0.0, 8.0), captions=()) for name in ids(data)]
    lines = [json.dumps(wrote.header()), *(label_line(target, "C looks around.") for target in targets)]
    (tmp_path / "pseudo.jsonl").write_text("\n".join(lines) + "\n")
    segment = unified_recipe().stage("segment")
    segment = replace(segment, labels=(Labels.HUMAN, Labels.PSEUDO), data={"segment": None}, init_from=())
    clip = replace(unified_recipe().stage("clip"), init_from=())
    recipe = replace(unified_recipe(), stages=(clip, segment))
    run = order_run(recipe, data, tmp_path / "run", pseudo=tmp_path / "pseudo.jsonl")
    curriculum = Watched(run, make_accelerator("fp32", cpu=True), Story())
    curriculum.run()
    by_teacher = [sample for sample in curriculum.pools["segment"] if sample.labels is Labels.PSEUDO]
    assert [(sample.video, sample.texts) for sample in by_teacher] == [
        (name, ("C looks around.",)) for name in ids(data)
    ]
    assert len(curriculum.pools["segment"]) > len(by_teacher), "and those of people"


def ids(data: Path) -> list[str]:
    return [video.video for video in read_annotations(data)]
