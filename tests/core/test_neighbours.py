"""The nearest neighbour as a captioner."""

import pytest
import torch

from tests.conftest import tiny_levels
from videorecap.captioners.base import CaptionRequest
from videorecap.errors import ConfigError
from videorecap.evaluation.neighbours import NearestNeighbour, Remembered
from videorecap.types import Span

CLIP, SEGMENT, SUMMARY = tiny_levels()
FEATURES = torch.tensor([[9.0, 1.0, 0.0], [9.0, -1.0, 0.0], [9.0, 0.0, 1.0], [9.0, 0.0, -1.0]])
TEXTS = ("right", "left", "up", "down")


def ask(level, *rows):
    return CaptionRequest(level=level, span=Span(0, 4), features=torch.tensor(rows))


def test_a_window_is_told_as_the_one_in_the_nearest_direction() -> None:
    nearest = NearestNeighbour({"clip": Remembered(FEATURES, TEXTS)})
    asked = [ask(CLIP, (9.0, 0.2, 0.01)), ask(CLIP, (9.0, -0.1, 0.3)), ask(CLIP, (50.0, 0.0, -4.0))]
    assert [written.text for written in nearest.write(asked)] == ["right", "up", "down"]


def test_a_longer_window_is_told_by_its_mean() -> None:
    nearest = NearestNeighbour({"segment": Remembered(FEATURES, TEXTS)})
    assert nearest.write([ask(SEGMENT, (9.0, 3.0, 1.0), (9.0, -3.0, 1.0))])[0].text == "up"


def test_a_level_that_is_not_remembered_is_an_error() -> None:
    nearest = NearestNeighbour({"clip": Remembered(FEATURES, TEXTS)})
    with pytest.raises(
        ConfigError, match="'summary' has no features here, or none to compare with; there is clip"
    ):
        nearest.write([ask(SUMMARY, (1.0, 1.0, 1.0))])
