"""Our own weight files: what is saved is loaded, and nothing else is."""

import pytest
import torch
from safetensors.torch import load_file, save_file

from videorecap.errors import CheckpointError
from videorecap.models.checkpoints import load_weights, save_weights
from videorecap.models.recap import RecapModel

from .small import CONTEXT, VOCAB, WIDTH, alignment, decoder, recap_model, shaken


def outputs(model):
    video = torch.randn(2, 5, CONTEXT, generator=torch.Generator().manual_seed(1))
    z = model.embeddings(video, None, torch.arange(6).expand(2, -1))
    return model.decoder(torch.arange(VOCAB)[None].expand(2, -1), z)


def shared_model(seed):
    torch.manual_seed(seed)
    both = alignment("lm", context_width=16)
    return RecapModel(decoder(), both, both, num_video_queries=3, num_text_queries=4, width=WIDTH)


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_round_trip(tmp_path, device):
    model = recap_model()
    save_weights(model, tmp_path / "model.safetensors")
    with torch.device(device):
        other = RecapModel(
            decoder(),
            alignment("lm"),
            alignment("lm", context_width=16),
            num_video_queries=3,
            num_text_queries=4,
            width=WIDTH,
        )
    load_weights(other.eval(), tmp_path / "model.safetensors")
    torch.testing.assert_close(outputs(other), outputs(model), rtol=0, atol=0)
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_shared_alignment_is_stored_once(tmp_path, device):
    model = shaken(shared_model(0))
    save_weights(model, tmp_path / "w")
    assert not any(name.startswith("text_alignment") for name in load_file(tmp_path / "w"))
    with torch.device(device):
        other = shared_model(1)
    load_weights(other.eval(), tmp_path / "w")
    assert other.text_alignment is other.video_alignment
    for name, parameter in other.named_parameters():
        torch.testing.assert_close(parameter, dict(model.named_parameters())[name])


def test_parameters_that_share_memory_are_stored_apart(tmp_path):
    """As they do in a file that was saved with shared parts, and is converted without a copy."""
    one = torch.nn.Linear(3, 3, bias=False)
    two = torch.nn.Linear(3, 3, bias=False)
    two.weight.data = one.weight.data
    save_weights(torch.nn.ModuleList([one, two]), tmp_path / "w")
    stored = load_file(tmp_path / "w")
    assert set(stored) == {"0.weight", "1.weight"}
    for tensor in stored.values():
        torch.testing.assert_close(tensor, one.weight.data)


def test_half_precision_file_loads_as_the_module_is(tmp_path):
    model = recap_model()
    save_weights(model, tmp_path / "w", dtype=torch.bfloat16)
    assert {tensor.dtype for tensor in load_file(tmp_path / "w").values()} == {torch.bfloat16}
    other = recap_model()
    load_weights(other, tmp_path / "w")
    for name, parameter in other.named_parameters():
        assert parameter.dtype == torch.float32
        torch.testing.assert_close(parameter, dict(model.named_parameters())[name], rtol=1e-2, atol=1e-2)


def test_every_fault_is_named(tmp_path):
    model = recap_model()
    save_weights(model, tmp_path / "w")
    tensors = load_file(tmp_path / "w")
    del tensors["video_queries"], tensors["decoder.norm.bias"]
    tensors["decoder.norm.weight"] = torch.ones(3)
    tensors["surplus"] = torch.ones(1)
    save_file(tensors, tmp_path / "w")
    before = [parameter.clone() for parameter in model.parameters()]
    with pytest.raises(CheckpointError) as caught:
        load_weights(model, tmp_path / "w")
    assert str(caught.value) == (
        f"{tmp_path / 'w'} does not fit the model; unknown keys: surplus; missing keys: decoder.norm.bias, "
        "video_queries; wrong shapes: decoder.norm.weight is [3], not [16]"
    )
    for old, parameter in zip(before, model.parameters(), strict=True):
        torch.testing.assert_close(parameter.data, old.data, rtol=0, atol=0)


def test_files_that_cannot_be_read_or_written(tmp_path):
    (tmp_path / "w").write_bytes(b"garbage")
    for path in (tmp_path / "w", tmp_path / "absent", tmp_path):
        with pytest.raises(CheckpointError, match="not a readable weights file"):
            load_weights(recap_model(), path)
    with pytest.raises(CheckpointError, match="cannot write"):
        save_weights(recap_model(), tmp_path / "absent" / "w")
