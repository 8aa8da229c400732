"""What is scored."""

from pathlib import Path

import pytest

from tests.training.micro import make_data
from videorecap.data.annotations import VideoAnnotations, read_annotations


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two simulated videos without files, with segments that begin anywhere."""
    return make_data(tmp_path_factory.mktemp("data"), split="test", seconds=50)


@pytest.fixture(scope="module")
def videos(data: Path) -> list[VideoAnnotations]:
    return list(read_annotations(data))
