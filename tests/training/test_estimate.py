"""What a run will take: counted rightly, tried on the side, and told in a table."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from safetensors import safe_open

from tests.training.micro import make_data, order_run, separate_recipe, unified_recipe
from videorecap.data.frames import ChooseSpans, clip_windows
from videorecap.errors import DataError
from videorecap.hierarchy import Level
from videorecap.training import probe
from videorecap.training.costs import costs, format_bytes, format_seconds
from videorecap.training.curriculum import WEIGHTS_FILE, Curriculum
from videorecap.training.devices import make_accelerator
from videorecap.training.estimate import Estimate, estimate
from videorecap.training.inputs import Inputs
from videorecap.training.noise import NoiseFrames, ToldWindows
from videorecap.training.preparation import Preparation
from videorecap.training.probe import BatchSeconds, FrameSeconds, StepSeconds, Trial, affordable
from videorecap.training.progress import Silence
from videorecap.training.recipe import ClipSpans
from videorecap.training.run import Run, load_data
from videorecap.training.samples import Sample
from videorecap.training.start import fresh, make_tokenizer
from videorecap.training.state import TrainingState, write_state
from videorecap.training.work import StageWork, missing_work
from videorecap.types import Span

NAMES = ["encoder", "language", "masked", "clip", "segment", "summary"]
CLIP, STEP, ENCODED, BATCH, VIDEO = 0.5, 3.0, 0.25, 8.0, 2.0  # seconds
RATE = 1e6  # bytes a second


class Told:
    """Measures that are round numbers."""

    def frames(self, clips: ChooseSpans) -> FrameSeconds:
        return FrameSeconds(video=VIDEO, clip=CLIP)

    def clip_features(self) -> float:
        return ENCODED

    def captions(self, level: Level) -> BatchSeconds:
        return BatchSeconds(seconds=BATCH, num_windows=4)

    def steps(self, work: StageWork) -> Mapping[str, StepSeconds]:
        return {level: StepSeconds(seconds=STEP, is_whole=True) for level in work.order.pools}

    def bytes_per_second(self) -> float:
        return RATE


def begun(run: Run):
    """Its data, and a system that no stage has trained."""
    data = load_data(run)
    texts = (text for video in data.videos.values() for item in video.captions for text in item.texts)
    tokenizer = make_tokenizer(run.recipe.start, run.pretrained, texts)
    system = fresh(run.recipe.system, run.recipe.start, tokenizer, run.seed)
    system.modules.eval().requires_grad_(False)
    return data, system


def told(run: Run) -> Estimate:
    return estimate(run, *begun(run), make_accelerator("fp32", cpu=True), measures=Told())


def sum_of(table: Estimate, name: str) -> float:
    return sum(getattr(stage, name) for stage in table.stages)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def whole(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Estimate]:
    """A run to its end, and what was told of it before."""
    run = order_run(unified_recipe(), data, tmp_path_factory.mktemp("whole"))
    before = told(run)
    Curriculum(run, make_accelerator("fp32", cpu=True), Silence()).run()
    return run, before


@pytest.mark.slow
def test_the_disk_that_is_told_is_the_disk_that_is_used(whole: tuple[Run, Estimate]) -> None:
    run, before = whole
    arrays = sum(path.stat().st_size for path in (run.cache / "frames").glob("*.npy"))
    assert sum_of(before, "frames_bytes") == pytest.approx(arrays, rel=0.05)
    for stage in run.stages():
        (expected,) = (item.weights_bytes for item in before.stages if item.name == stage.name)
        size = (run.folder_of(stage) / WEIGHTS_FILE).stat().st_size
        assert expected <= size < expected + 20_000, "names and shapes come before the tensors"
    left = (run.output / "system" / "model.safetensors").stat().st_size
    assert before.system_bytes <= left < before.system_bytes + 20_000


@pytest.mark.slow
def test_features_that_are_told_are_those_that_are_kept(whole: tuple[Run, Estimate]) -> None:
    run, before = whole
    kept = 0
    for path in (run.cache / "features").glob("*.safetensors"):
        with safe_open(path, "pt") as file:
            kept += sum(file.get_tensor(name).nbytes for name in ("cls", "dense"))
    assert sum_of(before, "features_bytes") == kept


@pytest.mark.slow
def test_stages_are_told_until_they_are_done(data: Path, whole: tuple[Run, Estimate]) -> None:
    run, before = whole
    assert [stage.name for stage in before.stages] == NAMES
    assert told(run).stages == ()
    weights = run.folder_of(run.recipe.stage("summary")) / WEIGHTS_FILE
    aside = weights.rename(weights.with_suffix(".aside"))
    try:
        (last,) = told(run).stages
    finally:
        aside.rename(weights)
    assert last.name == "summary"
    assert last.frames_seconds == 0.0
    assert last.handover_seconds == 0.0, "captions that were handed over stay"
    assert last.steps_seconds >= STEP * last.num_steps


def test_steps_of_a_checkpoint_are_not_told_again(data: Path, tmp_path: Path) -> None:
    run = order_run(unified_recipe(), data, tmp_path)
    before = told(run)
    nothing = {"weights": {}, "optimizer": {}, "identity": {}}
    write_state(run.folder_of(run.recipe.stages[0]), TrainingState(step=3, **nothing))
    after = told(run)
    assert before.stages[0].num_steps == 4
    assert after.stages[0].num_steps == 1
    assert before.stages[0].steps_seconds > after.stages[0].steps_seconds >= STEP
    assert before.stages[1:] == after.stages[1:]
    (run.folder_of(run.recipe.stages[0]) / WEIGHTS_FILE).touch()
    assert [stage.name for stage in told(run).stages] == NAMES[1:], "a stage that is done is not told"


def test_the_parts_of_a_stage_add_up(data: Path, tmp_path: Path) -> None:
    run = order_run(unified_recipe(), data, tmp_path)
    videos = load_data(run).all_videos.values()
    num_clips = sum(len(clip_windows(video)) for video in videos)
    stages = {stage.name: stage for stage in told(run).stages}
    encoder, segment = stages["encoder"], stages["segment"]
    assert encoder.frames_seconds == len(videos) * VIDEO + num_clips * CLIP
    assert sum(stage.frames_seconds for stage in stages.values()) == encoder.frames_seconds, "they are there"
    saving = 2 * 3 * segment.weights_bytes / RATE
    assert segment.features_seconds == num_clips * ENCODED
    assert segment.handover_seconds == num_clips * (BATCH / 4 + ENCODED)
    works = missing_work(run, *begun(run), make_accelerator("fp32", cpu=True))
    (looks,) = (work.num_glimpses for work in works if work.stage.name == "segment")
    assert segment.steps_seconds == pytest.approx(STEP * 4 + saving + looks * BATCH)
    assert segment.checkpoint_bytes == 2 * 3 * segment.weights_bytes, "weights and two moments, twice"


def test_several_workers_render_at_once(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    one = told(order_run(unified_recipe(), data, tmp_path))
    two = told(order_run(unified_recipe(), data, tmp_path, workers=2))
    assert sum_of(two, "frames_seconds") == sum_of(one, "frames_seconds") / 2
    assert sum_of(two, "features_seconds") == sum_of(one, "features_seconds")


def test_processes_prepare_at_the_same_time(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each on its own device, but with the CPUs of all; of two videos each renders one."""
    run = order_run(unified_recipe(), data, tmp_path, workers=2)
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    one = told(order_run(unified_recipe(), data, tmp_path))
    monkeypatch.setattr(Accelerator, "num_processes", 2)
    two = told(run)
    for name in ("frames_seconds", "features_seconds", "handover_seconds"):
        assert sum_of(two, name) == pytest.approx(sum_of(one, name) / 2)
    monkeypatch.setattr(Accelerator, "num_processes", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert sum_of(told(run), "frames_seconds") == sum_of(one, "frames_seconds"), "one CPU makes one at a time"


def test_an_average_of_the_weights_is_kept_too(data: Path, tmp_path: Path) -> None:
    run = order_run(unified_recipe(), data, tmp_path)
    plain, averaged = told(run).stages[0], told(replace(run, ema_decay=0.9)).stages[0]
    assert averaged.checkpoint_bytes == plain.checkpoint_bytes * 4 / 3


def test_twice_the_videos_take_twice_the_time_and_disk(data: Path, tmp_path: Path) -> None:
    more = tmp_path / "more"
    more.mkdir()
    lines = (data / "annotations.jsonl").read_text().splitlines()
    again = [line.replace('"sim-', '"sim-again-') for line in lines]
    (more / "annotations.jsonl").write_text("\n".join([*lines, *again]) + "\n")
    once = told(order_run(unified_recipe(), data, tmp_path / "run"))
    twice = told(order_run(unified_recipe(), more, tmp_path / "run"))
    for name in ("frames_seconds", "frames_bytes", "handover_seconds"):
        assert sum_of(twice, name) == 2 * sum_of(once, name), name
    assert sum_of(twice, "num_steps") == sum_of(once, "num_steps"), "the recipe says how many"


def test_epochs_are_as_many_steps_as_the_run_takes(data: Path, tmp_path: Path) -> None:
    recipe = separate_recipe()
    clip = replace(recipe.stage("clip"), steps=None, epochs=2.5, batch_size=4, clips=ClipSpans.ANNOTATED)
    recipe = replace(
        recipe, stages=(replace(clip, init_from=(), trains_encoder=False, objectives={"caption": 1.0}),)
    )
    run = order_run(recipe, data, tmp_path)
    (work,) = missing_work(run, *begun(run), make_accelerator("fp32", cpu=True))
    captions = [item for video in load_data(run).videos.values() for item in video.at("clip")]
    assert work.num_steps == -(-5 * -(-len(captions) // 4) // 2)
    assert work.num_glimpses == 2
    assert work.num_clips == len(
        {(video.video, item.span) for video in load_data(run).videos.values() for item in video.at("clip")}
    )
    assert work.features.num_dense == work.num_clips


@pytest.mark.parametrize(("number", "num_more"), [(5, 0), (3, 0), (8, 3)])
def test_only_clips_whose_tokens_are_not_kept_are_encoded_again(
    data: Path, tmp_path: Path, number: int, num_more: int
) -> None:
    """A later stage draws the clips of an earlier one, and more where it wants more."""
    *earlier, last = unified_recipe().stages
    last = replace(last, data={**last.data, "clip": number})
    run = order_run(replace(unified_recipe(), stages=(*earlier, last)), data, tmp_path)
    works = {
        work.stage.name: work for work in missing_work(run, *begun(run), make_accelerator("fp32", cpu=True))
    }
    segment, summary = works["segment"].features, works["summary"].features
    assert segment.num_cls == segment.num_encoded > segment.num_dense == 5
    assert (summary.num_cls, summary.num_dense) == (0, num_more)
    assert (summary.num_encoded > num_more) == (num_more > 0), "the other clips of these videos as well"


def test_trying_changes_and_leaves_nothing(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "torch"))  # which torch makes and keeps
    recipe = unified_recipe()
    recipe = replace(recipe, stages=(replace(recipe.stage("segment"), init_from=()),))
    run = order_run(recipe, data, tmp_path / "run")
    videos, system = begun(run)
    weights = {name: tensor.clone() for name, tensor in system.modules.state_dict().items()}
    chances = torch.get_rng_state(), random.getstate()
    found = estimate(run, videos, system, make_accelerator("fp32", cpu=True))
    assert torch.equal(torch.get_rng_state(), chances[0])
    assert random.getstate() == chances[1]
    for name, tensor in system.modules.state_dict().items():
        assert torch.equal(tensor, weights[name]), name
    assert not any(module.training for module in system.modules.modules())
    assert not any(parameter.requires_grad for parameter in system.modules.parameters())
    assert not run.output.exists()
    assert not list(scratch.iterdir())
    (stage,) = found.stages
    assert stage.is_whole
    assert min(stage.frames_seconds, stage.features_seconds, stage.handover_seconds, stage.steps_seconds) > 0
    parameters = sum(parameter.nbytes for parameter in system.modules.parameters())
    assert found.peak_memory_bytes > parameters
    assert found.peak_cuda_bytes is None


def trial(durations: Mapping[int, float], sizes: Sequence[int], batch_size: int) -> Trial:
    """One whose steps took a time that depends on their size."""
    starts = [0.0, *accumulate(durations[size] for size in sizes)]
    return Trial({}, batch_size, "", sizes=list(sizes), starts=starts)


def test_whole_steps_follow_from_smaller_ones() -> None:
    """A step takes 1 s and half a second for each sample; the first one warms up."""
    durations = {size: 1 + size / 2 for size in (2, 10, 20)} | {1: 99.0}
    whole = trial(durations, (1, 2, 20, 20), 20).step_seconds()
    assert whole == StepSeconds(seconds=11.0, is_whole=True)
    part = trial(durations, (1, 2, 10, 10), 20).step_seconds()
    assert part == StepSeconds(seconds=11.0, is_whole=False)
    least = trial(durations, (1, 2), 20).step_seconds()
    assert least == StepSeconds(seconds=20.0, is_whole=False)


@pytest.mark.parametrize(
    ("seconds", "sizes"),
    [(0.001, [1, 2, 64, 64]), (0.05, [1, 2, 64]), (0.5, [1, 2, 10]), (9.0, [1, 2])],
    ids=["whole steps twice", "a whole step once", "a part", "a small step alone"],
)
def test_steps_grow_as_long_as_there_is_time(
    seconds: float, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sample takes so long."""
    now = 0.0
    monkeypatch.setattr(probe.time, "perf_counter", lambda: now)
    samples = [Sample(str(number), "clip", Span(0.0, 4.0), ("a",)) for number in range(100)]
    growing = Trial({"clip": samples}, 64, "")
    taken = []
    for step in range(probe.NUM_STEPS):
        try:
            taken.append(len(growing.at(step, 0, 1)))
        except probe._EndError:
            break
        now += taken[-1] * seconds
    growing.starts.append(now)
    assert taken == sizes
    assert growing.step_seconds().seconds == pytest.approx(64 * seconds)


def test_no_more_is_tried_than_there_is_time_for() -> None:
    assert affordable(probe.TRIED_SECONDS / 10, 2, 64) == 20
    assert affordable(probe.TRIED_SECONDS / 100, 2, 64) == 64
    assert affordable(probe.TRIED_SECONDS * 3, 2, 64) == 2


def test_noise_is_told_as_much_as_is_handed_over(data: Path, tmp_path: Path) -> None:
    run = order_run(unified_recipe(), data, tmp_path)
    videos, system = begun(run)
    clip, segment, _ = system.hierarchy.levels
    frames = NoiseFrames(
        Preparation(run, videos, make_accelerator("fp32", cpu=True), Silence()).frame_store(system)
    )
    (video, *_) = videos.all_videos.values()
    told_clips = ToldWindows(videos.all_videos, clip, ["a.", "b."])
    assert told_clips[video.video] == tuple(zip(clip_windows(video), ["a.", "b."] * 99, strict=False))
    inputs = Inputs(videos.all_videos, system.hierarchy, frames, told={clip.name: told_clips})
    request = inputs.request(Sample(video.video, segment.name, Span(0.0, 20.0), ()))
    assert request.texts == ("a.", "b.", "a.", "b.", "a.")
    assert inputs.pixels(Sample(video.video, clip.name, clip_windows(video)[1], ())).float().std() > 50


@pytest.mark.slow
def test_what_a_run_took_stands_beside_what_was_told(whole: tuple[Run, Estimate]) -> None:
    run, before = whole
    expected = {stage.name: stage.steps_seconds for stage in before.stages}
    lines = {line.split("  ")[0]: line for line in costs(run, expected).splitlines()}
    for stage in before.stages:
        assert format_seconds(stage.steps_seconds) in lines[stage.name]
    cost = json.loads((run.folder_of(run.recipe.stage("clip")) / "cost.json").read_text())
    assert format_seconds(cost["seconds"]) in lines["clip"]
    assert format_bytes(cost["peak_memory_bytes"]) in lines["clip"]
    frames = sum(path.stat().st_size for path in (run.cache / "frames").iterdir())
    assert f"frames {format_bytes(frames)}," in costs(run)


def test_a_run_that_has_not_begun_took_nothing(data: Path, tmp_path: Path) -> None:
    run = order_run(unified_recipe(), data, tmp_path)
    header, total, disk = costs(run).splitlines()
    assert header.startswith("stage")
    assert total.split() == ["all", "0", "0"]
    assert "frames 0" in disk


def test_a_damaged_file_of_costs_is_named(data: Path, tmp_path: Path) -> None:
    run = order_run(unified_recipe(), data, tmp_path)
    path = run.folder_of(run.recipe.stage("clip")) / "cost.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"seconds": 1}')
    with pytest.raises(DataError, match=r"cost\.json: is damaged"):
        costs(run)


def test_the_table_has_a_line_for_each_stage(data: Path, tmp_path: Path) -> None:
    before = told(order_run(unified_recipe(), data, tmp_path))
    _, *lines = before.table().splitlines()
    assert [line.split("  ")[0] for line in lines[: len(NAMES)]] == NAMES
    assert lines[len(NAMES)].endswith(format_seconds(before.seconds))
    assert "*" not in before.table()
    stages = (replace(before.stages[0], is_whole=False), *before.stages[1:])
    partly = replace(before, stages=stages, peak_cuda_bytes=3_210_000_000).table()
    assert "\n* " in partly
    assert "3.21 GB of the GPU's" in partly


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0"),
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (59.6, "1 min 00 s"),
        (200, "3 min 20 s"),
        (3600, "1 h 00 min"),
        (90 * 3600 + 61, "90 h 01 min"),
    ],
)
def test_times_are_for_people(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999 B"),
        (1234, "1.23 kB"),
        (340_000_000, "340 MB"),
        (5_590_000_000, "5.59 GB"),
        (2_000_000_000_000, "2 TB"),
        (999_600, "1 MB"),
    ],
)
def test_sizes_are_for_people(number: int, text: str) -> None:
    assert format_bytes(number) == text
