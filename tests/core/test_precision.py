"""Fewer bits: close to fp32, told apart from it, and refused where they would not work."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.blips import make_blip2
from videorecap import precision as asked
from videorecap.apps.cli import EXIT_OK, PRECISIONS, main
from videorecap.build import System, load_system, lowered
from videorecap.errors import ConfigError
from videorecap.jobs import caption_video
from videorecap.models.int8 import Int8Linear, put_int8
from videorecap.outputs.json_tree import tree_from_json
from videorecap.precision import AUTO, Precision, has_bf16, pick_precision

CPU = torch.device("cpu")


@pytest.fixture
def any_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that computes in bfloat16, if slowly."""
    monkeypatch.setattr(asked, "has_bf16", lambda _: True)


def error(found: torch.Tensor, wanted: torch.Tensor) -> float:
    return float((found.float() - wanted).norm() / wanted.norm().clamp_min(1e-9))


@pytest.mark.parametrize("has_bias", [True, False])
def test_an_int8_layer_is_close_and_its_weights_are_within_half_a_step(has_bias: bool) -> None:
    torch.manual_seed(0)
    linear = nn.Linear(96, 40, bias=has_bias).requires_grad_(False)
    linear.weight *= torch.logspace(-3, 2, 40)[:, None]  # each output has a scale of its own
    linear.weight[3] = 0.0
    layer = Int8Linear(linear)
    kept = layer.state_dict()
    back = kept["weight"].float() * kept["scale"].float()[:, None]
    assert bool(((back - linear.weight).abs() <= kept["scale"][:, None] / 2 * 1.001).all())
    x = torch.randn(2, 5, 96)
    wanted = linear(x)
    for number in range(40):
        assert error(layer(x)[..., number], wanted[..., number]) < 0.05, number
    assert kept["weight"].dtype is torch.int8
    assert ("bias" in kept) == has_bias


def test_what_becomes_of_a_row_depends_on_no_other() -> None:
    torch.manual_seed(0)
    layer = Int8Linear(nn.Linear(24, 6).requires_grad_(False))
    x = torch.randn(3, 4, 24)
    among = layer(torch.cat([1000 * torch.randn(5, 4, 24), x, torch.zeros(1, 4, 24)]))
    assert torch.equal(among[5:8], layer(x))
    assert torch.equal(among[8, 0], layer(torch.zeros(24)[None])[0])
    assert layer(x[:0]).shape == (0, 4, 6)


def test_every_linear_layer_inside_is_exchanged_and_nothing_else() -> None:
    module = nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.LayerNorm(4), nn.Linear(4, 2)))
    put_int8(module)
    assert [type(one).__name__ for one in module.modules()] == [
        "Sequential",
        "Int8Linear",
        "Sequential",
        "LayerNorm",
        "Int8Linear",
    ]


@pytest.mark.usefixtures("any_processor")
@pytest.mark.parametrize(("name", "most"), [("bf16", 0.03), ("int8", 0.08)])
def test_a_lowered_shipped_system_sees_nearly_the_same_and_the_first_is_left_alone(
    name: str, most: float
) -> None:
    system = load_system("sim-tiny", device="cpu")
    digest = system.digest
    less = lowered(system, name)
    frames = torch.randn(2, 3, 4, 96, 96, generator=torch.Generator().manual_seed(1))
    tokens = system.encode(frames)
    assert 0 < error(less.encode(frames), tokens) < most
    assert less.digest != digest
    assert less.encoder_digest() != system.encoder_digest()
    assert replace(system).digest == digest
    assert torch.equal(system.encode(frames), tokens)


@pytest.mark.usefixtures("any_processor")
def test_words_are_chosen_in_fp32(tiny_system: System) -> None:
    before, after = (
        one.modules.captioners["recap"].decoder for one in (tiny_system, lowered(tiny_system, "bf16"))
    )
    assert torch.equal(after.token_embedding.weight, before.token_embedding.weight)
    assert {parameter.dtype for parameter in after.blocks.parameters()} == {torch.bfloat16}
    logits = after(torch.tensor([[1, 2]]), torch.zeros(1, 4, 16, dtype=torch.bfloat16))
    assert logits.dtype is torch.float32
    assert len(logits.unique()) > logits.numel() / 2, "bfloat16 has fewer numbers, and rounds words to ties"


@pytest.mark.usefixtures("any_processor")
@pytest.mark.parametrize("name", ["bf16", "int8"])
def test_videos_are_captioned_at_every_level(name: str, tiny_system: System, short_video: Path) -> None:
    tree = caption_video(short_video, lowered(tiny_system, name))
    assert not tree.gaps
    assert [len(tree.at(level)) for level in ("clip", "segment", "summary")] == [13, 5, 1]
    assert tree.system.digest != tiny_system.digest


def test_the_command_takes_a_precision_and_runs_apart(
    tiny_system_dir: Path, short_video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [
        "caption",
        str(short_video),
        "--model",
        str(tiny_system_dir),
        "-f",
        "json",
        "-o",
        str(tmp_path),
    ]
    digests = []
    for name in ("int8", "fp32"):
        assert main([*command, "--precision", name]) == EXIT_OK
        tree = tree_from_json((tmp_path / "day.json").read_bytes(), source="test")
        digests.append(tree.system.digest)
    assert digests[0] != digests[1] == load_system(tiny_system_dir).digest
    assert load_system(tiny_system_dir, precision="int8").digest == digests[0]


def test_what_a_machine_has_not_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for found, chosen in ((True, Precision.BF16), (False, Precision.FP32)):
        monkeypatch.setattr(asked, "has_bf16", lambda _, found=found: found)
        assert pick_precision("auto", CPU) is chosen
    with pytest.raises(ConfigError, match="this cpu does not compute in bfloat16"):
        pick_precision("bf16", CPU)
    with pytest.raises(ConfigError, match="int8 is for the CPU, not for cuda"):
        pick_precision("int8", torch.device("cuda"))
    with pytest.raises(ConfigError, match="unknown precision 'fp4'; use auto, fp32, bf16, int8"):
        pick_precision("fp4", CPU)
    assert isinstance(has_bf16(CPU), bool)


def test_the_command_line_offers_every_precision() -> None:
    assert (AUTO, *Precision) == PRECISIONS


def test_digits_are_lost_once_and_not_by_captioners_of_pictures(tiny_system: System, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="computes in int8 already"):
        lowered(lowered(tiny_system, "int8"), "fp32")
    with pytest.raises(ConfigError, match="captions pictures, which is done in fp32; got int8"):
        load_system(f"blip2:{make_blip2(tmp_path)}", precision="int8")


def test_int8_says_the_same_in_any_batch(tiny_system: System, short_video: Path) -> None:
    less = lowered(tiny_system, "int8")
    one, eight = (caption_video(short_video, less, batch_size=size) for size in (1, 8))
    assert [item.text for item in one.captions] == [item.text for item in eight.captions]


def test_a_system_that_has_lost_digits_is_not_saved(tiny_system: System, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="computes in int8; load it in fp32 to save it"):
        lowered(tiny_system, "int8").save_pretrained(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_loaded_system_keeps_its_precision(tiny_system: System, short_video: Path) -> None:
    with pytest.raises(ConfigError, match="loaded system is used as it is"):
        caption_video(short_video, tiny_system, precision="int8")
