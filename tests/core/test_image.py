"""Zero-shot systems whose clips a BLIP2 captions: what it is shown, and what is written above it."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoProcessor, Blip2ForConditionalGeneration

from tests.blips import NUM_QUERIES, make_blip2
from tests.conftest import make_tiny_system
from tests.llms import make_llm
from tests.training.micro import make_data
from videorecap.apps.cli import EXIT_FAILED, EXIT_OK, main
from videorecap.build import System, load_system
from videorecap.captioners.base import CaptionRequest
from videorecap.captioners.image import load_image_captioner
from videorecap.config import blip2, from_json, to_json
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.clip_stores import open_clips
from videorecap.errors import CheckpointError, ConfigError
from videorecap.evaluation.predict import Predictor
from videorecap.hierarchy import Visual
from videorecap.jobs import Job, caption_video
from videorecap.paper.recipes import recipe
from videorecap.paper.systems import zero_shot
from videorecap.recording import record
from videorecap.training.recipe import to_json as recipe_to_json
from videorecap.types import Span
from videorecap.video.clips import read_clips
from videorecap.video.reader import VideoReader

MAX_TOKENS = 12
CPU = torch.device("cpu")
TINY = make_tiny_system().config


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_blip2(tmp_path_factory.mktemp("blip2"))


@pytest.fixture(scope="module")
def system(model_dir: Path) -> System:
    return short(load_system(f"blip2:{model_dir}", device="cpu"))


def short(system: System) -> System:
    """The system with captions of few tokens."""
    levels = tuple(replace(level, max_tokens=MAX_TOKENS) for level in system.config.levels)
    return replace(system, config=replace(system.config, levels=levels))


def pictures(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [
        np.kron(rng.integers(0, 256, (6, 8, 3), np.uint8), np.ones((8, 8, 1), np.uint8)) for _ in range(count)
    ]


def requests(shown: list[np.ndarray]) -> list[CaptionRequest]:
    level = replace(blip2("m").levels[0], max_tokens=MAX_TOKENS)
    return [
        CaptionRequest(level=level, span=Span(number, number + 1), picture=picture)
        for number, picture in enumerate(shown)
    ]


def generated(folder: Path, picture: np.ndarray, prompt: str | None = None) -> str:
    """What ``transformers`` says of a picture when it is called by itself."""
    model = Blip2ForConditionalGeneration.from_pretrained(folder).eval()
    processor = AutoProcessor.from_pretrained(folder)
    inputs = processor(images=picture, text=prompt, return_tensors="pt")
    ids = model.generate(**inputs, max_new_tokens=MAX_TOKENS - 1, do_sample=False)
    said = " ".join(processor.decode(ids[0], skip_special_tokens=True).split())
    return said.removeprefix(prompt or "").strip()


@pytest.mark.parametrize(("is_t5", "prompt"), [(False, "C cuts"), (True, None)])
def test_a_batch_is_captioned_as_transformers_captions_each(
    tmp_path: Path, is_t5: bool, prompt: str | None
) -> None:
    folder, shown = make_blip2(tmp_path, is_t5=is_t5), pictures(3)
    captioner = load_image_captioner(str(folder), prompt=prompt, device=CPU)
    said = [one.text for one in captioner.write(requests(shown))]
    assert said == [generated(folder, picture, prompt) for picture in shown]
    assert len(set(said)) > 1, "pictures matter"
    assert not any(one.startswith("C cuts") for one in said), "what it is told is not what it says"


def test_a_model_without_a_start_token_needs_no_words(model_dir: Path, tmp_path: Path) -> None:
    folder, shown = tmp_path / "blip2", pictures(2)
    shutil.copytree(model_dir, folder)
    told = json.loads((folder / "config.json").read_text())
    told["text_config"]["bos_token_id"] = None
    (folder / "config.json").write_text(json.dumps(told))
    captioner = load_image_captioner(str(folder), prompt=None, device=CPU)
    assert [one.text for one in captioner.write(requests(shown))] == [
        generated(folder, picture, "") for picture in shown
    ]


def test_clips_are_captioned_by_their_middle_frame(
    model_dir: Path, system: System, short_video: Path
) -> None:
    tree = caption_video(short_video, system, batch_size=3)
    with VideoReader(short_video) as reader:
        clips = list(read_clips(reader, num_frames=1))
    assert [caption.span for caption in tree.captions] == [clip.span for clip in clips]
    assert clips[2].frames is not None
    assert clips[2].frames.shape == (1, 48, 64, 3), "as it is in the file"
    assert tree.captions[2].text == generated(model_dir, clips[2].frames[0])
    assert len({caption.text for caption in tree.captions}) > 1


@pytest.mark.slow
def test_a_stopped_run_goes_on_to_the_same_bytes(system: System, short_video: Path, tmp_path: Path) -> None:
    def run(folder: Path, last: int | None = None) -> bytes:
        seen: list[object] = []

        def stop(item: object) -> None:
            seen.append(item)
            if len(seen) == last:
                raise KeyboardInterrupt

        with VideoReader(short_video) as reader:
            record(Job(reader, system, batch_size=2), folder, "day", ["json"], on_item=stop)
        return (folder / "day.json").read_bytes()

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "cut", last=5)
    assert run(tmp_path / "cut") == run(tmp_path / "whole")


def test_nothing_said_of_a_clip_is_a_gap(model_dir: Path, short_video: Path) -> None:
    silent = short(load_system(f"blip2:{model_dir}", device="cpu"))
    language_model = silent.image["blip2"].model.language_model
    end = language_model.config.eos_token_id
    others = [token for token in range(language_model.config.vocab_size) if token != end]
    language_model.generation_config.suppress_tokens = others
    tree = caption_video(short_video, silent, batch_size=4)
    assert not tree.captions
    assert all("wrote nothing" in gap.reason for gap in tree.gaps)
    assert (tree.gaps[0].span.start, tree.gaps[-1].span.end) == (0, tree.video.duration_seconds)


def test_a_system_travels_by_its_configuration(system: System, tmp_path: Path) -> None:
    assert from_json(to_json(system.config), source="x") == system.config
    system.save_pretrained(tmp_path / "saved")
    (tmp_path / "saved" / "model.safetensors").unlink()
    assert load_system(tmp_path / "saved", device="cpu").info == system.info


def test_systems_and_recipes_without_one_are_written_as_ever() -> None:
    """A run in a folder is known again by its recipe's JSON."""
    assert '"image"' not in to_json(TINY)
    assert '"image"' not in recipe_to_json(recipe("recap", "tiny"))
    assert '"image"' in to_json(blip2("m"))


def test_other_weights_are_another_system(model_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "blip2"
    shutil.copytree(model_dir, folder)
    before = load_system(f"blip2:{folder}", device="cpu").digest
    make_blip2(folder, seed=1)
    assert load_system(f"blip2:{folder}", device="cpu").digest != before


def test_no_encoder_above_pictures_is_needed_to_read(model_dir: Path) -> None:
    config = zero_shot(blip2(str(model_dir)), "server:m")
    assert [(level.sees, level.reads) for level in config.levels] == [
        (Visual.FRAME, None),
        (None, "clip"),
        (None, "segment"),
    ]
    assert [level.window_seconds for level in config.levels] == [4, 180, float("inf")]
    assert not config.captioners


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: replace(c, levels=(replace(c.levels[0], sees=Visual.CLS),)), "must see 'frame'"),
        (lambda c: replace(c, levels=(c.levels[0], replace(c.levels[0], name="b"))), "only the lowest"),
        (
            lambda c: replace(c, levels=(*c.levels, TINY.levels[1]), captioners=TINY.captioners),
            "'segment' sees, but the system has no video encoder",
        ),
        (
            lambda _: replace(TINY, levels=(replace(TINY.levels[0], sees=Visual.FRAME),)),
            "captioner 'recap' takes features",
        ),
    ],
)
def test_systems_that_cannot_work_are_refused(change: Callable, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        change(blip2("m"))


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def torn(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"torn")


def lacking(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors.pop("query_tokens")
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def widened(folder: Path) -> None:
    path = folder / "config.json"
    path.write_text(path.read_text().replace(f'"num_query_tokens": {NUM_QUERIES}', '"num_query_tokens": 7'))


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (shutil.rmtree, "cannot load a BLIP2 from .*; give its directory"),
        (without("config.json"), "cannot load a BLIP2"),
        (without("model.safetensors"), "no file named model.safetensors"),
        (without("processor_config.json"), "cannot load a BLIP2"),
        (torn, "cannot load a BLIP2"),
        (lacking, "1 weights are missing, of which one is query_tokens"),
        (widened, "cannot load a BLIP2"),
        (make_llm, "is a gpt2, not a BLIP2"),
    ],
)
def test_what_cannot_be_loaded_is_told_in_a_line(
    model_dir: Path, tmp_path: Path, harm: Callable, message: str
) -> None:
    folder = tmp_path / "blip2"
    shutil.copytree(model_dir, folder)
    harm(folder)
    with pytest.raises(CheckpointError, match=message) as caught:
        load_system(f"blip2:{folder}")
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_a_language_model_writes_the_levels_above(system: System, short_video: Path, tmp_path: Path) -> None:
    config = zero_shot(system.config, f"local:{make_llm(tmp_path / 'llm')}")
    tree = caption_video(short_video, replace(system, config=config), batch_size=4)
    assert {caption.level for caption in tree.captions} == {"clip", "segment", "summary"}
    assert tree.at("clip") == caption_video(short_video, system, batch_size=4).captions


@pytest.mark.slow
def test_it_is_scored_like_any_system(
    model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")  # METEOR takes its time
    data = make_data(tmp_path / "data", split="test", num_videos=1, seconds=40)
    llm = make_llm(tmp_path / "llm")
    told = tmp_path / "report.json"
    options = ["--data", str(data), "-o", str(told), "--device", "cpu", "--level", "summary"]
    assert main(["evaluate", f"blip2:{model_dir}", "--upper", f"local:{llm}", *options]) == EXIT_OK
    (summary,) = json.loads(told.read_text())["levels"]
    assert (summary["level"], summary["num_missing"]) == ("summary", 0)
    assert not (tmp_path / "report.cache").exists(), "whole frames are not kept"
    assert main(["evaluate", f"blip2:{llm}", *options]) == EXIT_FAILED


def test_a_data_set_shows_what_a_file_shows(system: System, short_video: Path, tmp_path: Path) -> None:
    tree = caption_video(short_video, system)
    video = VideoAnnotations(video="day", duration_seconds=tree.video.duration_seconds, path=str(short_video))
    store = open_clips(system.config, tmp_path / "frames", tmp_path)
    told = Predictor(system, store, tmp_path / "said").predict([video], windows=("clip",))
    assert [item.caption for item in told.captions["day"]] == [item.text for item in tree.captions]
