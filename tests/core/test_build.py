"""Systems on disk and on the hub."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.core.hub_server import Hub
from videorecap.build import System, load_system
from videorecap.errors import CheckpointError
from videorecap.models.layers import quick_gelu


def test_a_saved_system_is_the_same_system(tiny_system: System, tmp_path: Path) -> None:
    tiny_system.save_pretrained(tmp_path / "copy")
    names = {path.name for path in (tmp_path / "copy").iterdir()}
    assert names == {"config.json", "model.safetensors", "tokenizer.json"}
    copy = System.from_pretrained(tmp_path / "copy", device="cpu")
    assert copy.info == tiny_system.info
    assert not copy.modules.training


def test_the_digest_tells_systems_apart(tiny_system: System, tiny_system_dir: Path, tmp_path: Path) -> None:
    assert load_system(tiny_system_dir, device="cpu", official=True).digest != tiny_system.digest
    changed = load_system(tiny_system_dir, device="cpu")
    with torch.no_grad():
        next(changed.modules.parameters()).view(-1)[0] += 1
    assert changed.digest != tiny_system.digest


def test_clips_are_encoded_alike_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    system = load_system("sim-tiny", device="cpu")
    encoder = system.modules.encoder
    assert encoder is not None
    frames = torch.randn(5, 3, 4, 96, 96, generator=torch.Generator().manual_seed(0))
    together = system.encode(frames)
    for num_clips in (0, 1, 2):  # less than one is one
        monkeypatch.setattr("videorecap.build.NEAR_BYTES", num_clips * encoder.mlp_bytes_per_clip)
        apart = system.encode(frames)
        assert apart.shape == together.shape
        torch.testing.assert_close(apart, together, rtol=1e-4, atol=1e-4)


def test_the_encoder_computes_alike_with_gradients_and_without() -> None:
    x = torch.randn(4096, generator=torch.Generator().manual_seed(0))
    before = x.clone()
    for dtype in (torch.float32, torch.bfloat16):
        with torch.no_grad():
            y = quick_gelu(x.to(dtype))
        assert torch.equal(y, quick_gelu(x.to(dtype)))
    assert torch.equal(x, before)


def test_a_directory_without_its_files_is_refused(tiny_system_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no config\.json"):
        load_system(tmp_path)
    (tmp_path / "config.json").write_bytes((tiny_system_dir / "config.json").read_bytes())
    with pytest.raises(CheckpointError, match=r"model\.safetensors"):
        load_system(tmp_path)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def with_hub(hub: Hub, home: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process whose hub is ours: the hub's library reads its address when it is imported."""
    environment = {**os.environ, "HF_ENDPOINT": hub.address, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.slow
def test_a_system_travels_over_the_hub(
    hub: Hub, tiny_system: System, tiny_system_dir: Path, tmp_path: Path
) -> None:
    load = "from videorecap import load_system; "
    push = f"load_system({str(tiny_system_dir)!r}).push_to_hub('me/tiny', token='hf_x')"
    done = with_hub(hub, tmp_path, load + push)
    assert done.returncode == 0, done.stderr
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= set(hub.files["me/tiny"])
    done = with_hub(hub, tmp_path, load + "print(load_system('me/tiny').digest)")
    assert done.stdout.strip() == tiny_system.digest, done.stderr
    done = with_hub(hub, tmp_path, load + "load_system('me/none')")
    assert "CheckpointError: me/none: no such directory, and the hub did not give it" in done.stderr
