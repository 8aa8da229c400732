"""The transform of the released models, on known cases."""

import numpy as np
import pytest
import torch

from videorecap.config import PreprocessConfig
from videorecap.video.preprocess import Preprocess

CONFIG = PreprocessConfig()


def make(**changes):
    return Preprocess(image_size=CONFIG.image_size, mean=CONFIG.mean, std=CONFIG.std, **changes)


def coordinates(height, width):
    """A picture whose red is its column and whose green is its row, in steps of half a level."""
    rows, columns = np.mgrid[0:height, 0:width]
    picture = np.stack([columns * 255 / width, rows * 255 / height, np.zeros((height, width))], axis=-1)
    return picture[None].repeat(2, axis=0).astype(np.uint8)


def test_black_has_the_released_value():
    values = make()(np.zeros((4, 288, 384, 3), np.uint8))
    assert values.shape == (3, 4, 224, 224)
    assert values.dtype == torch.float32
    assert values.amax((1, 2, 3)).tolist() == pytest.approx([-1.5814, -1.7521, -1.4802], abs=1e-4)
    assert values.amin((1, 2, 3)).tolist() == pytest.approx([-1.5814, -1.7521, -1.4802], abs=1e-4)


@pytest.mark.parametrize(
    ("height", "width", "resized", "left", "top"),
    [
        (288, 384, (224, 298), 37, 0),
        (540, 960, (224, 398), 87, 0),
        (384, 288, (298, 224), 0, 37),
        (224, 224, (224, 224), 0, 0),
        (100, 103, (224, 230), 3, 0),
        (224, 229, (224, 229), 2, 0),  # 2.5, rounded half to even
    ],
)
def test_resize_and_centre_crop(height, width, resized, left, top):
    frames = coordinates(height, width)
    values = make()(frames)
    planes = torch.from_numpy(frames).permute(0, 3, 1, 2).float()
    if resized != (height, width):
        planes = torch.nn.functional.interpolate(planes, size=resized, mode="bilinear", align_corners=False)
    crop = planes[..., top : top + 224, left : left + 224].permute(1, 0, 2, 3)
    mean, std = (torch.tensor(numbers).view(3, 1, 1, 1) for numbers in (CONFIG.mean, CONFIG.std))
    torch.testing.assert_close(values * std + mean, crop, atol=1e-3, rtol=0)


def test_antialias_averages_what_plain_bilinear_skips():
    stripes = np.zeros((1, 896, 896, 3), np.uint8)
    stripes[:, :, ::4] = 255
    plain, smooth = (make(antialias=choice)(stripes)[0] for choice in (False, True))
    mean, std = CONFIG.mean[0], CONFIG.std[0]
    torch.testing.assert_close(
        smooth[:, :, 2:-2] * std + mean, torch.full((1, 224, 220), 255 / 4), atol=2, rtol=0
    )
    assert (plain * std + mean - 255 / 4).abs().min() > 20


def test_frames_do_not_mix():
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (4, 120, 160, 3), dtype=np.uint8)
    together = make()(frames)
    apart = torch.cat([make()(frames[i : i + 1]) for i in range(4)], dim=1)
    torch.testing.assert_close(together, apart)
