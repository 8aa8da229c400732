"""How rows of features and queries are chosen: the authors' rule, without its faults."""

import json

import pytest
import torch

from videorecap.errors import ConfigError
from videorecap.hierarchy import Sampling
from videorecap.models.features import resample_queries, resample_rule, sample_rows
from videorecap.models.official import decode_one


@pytest.fixture(scope="module")
def conventions(stored):
    return json.loads(stored("conventions.json").read_text())


def numbered(num_rows):
    """Rows that hold their own index, from 0."""
    return torch.arange(num_rows, dtype=torch.float32)[:, None]


def test_sampling_is_the_authors(conventions):
    for case in conventions["sample_features"]:
        kind, num_rows, wanted = case["type"], case["N"], case["num_feat"]
        if kind not in ("uniform", "masking"):
            continue
        rows, mask = sample_rows(numbered(num_rows), wanted, Sampling(kind))
        expected = case["idx"] if kind == "uniform" else case["values"]
        assert rows[:, 0].tolist() == expected[:wanted]  # theirs has a row too many for some lengths
        assert mask.tolist() == [bool(real) for real in case.get("mask", [1] * wanted)]


@pytest.mark.parametrize("sampling", Sampling)
@pytest.mark.parametrize("wanted", [1, 12, 40])
def test_sampling_gives_as_many_rows_as_wanted(sampling, wanted):
    for num_rows in range(1, 400):
        rows, mask = sample_rows(numbered(num_rows), wanted, sampling)
        assert rows.shape == (wanted, 1)
        assert mask.shape == (wanted,)
        kept = rows[mask][:, 0]
        assert (kept.diff() >= 0).all()
        assert not rows[~mask].any()


def test_mean_of_chunks_uses_every_row_once():
    rows, mask = sample_rows(numbered(12), 4, Sampling.MEAN)
    assert rows[:, 0].tolist() == [1.0, 4.0, 7.0, 10.0]
    assert mask.all()
    few, mask = sample_rows(numbered(3), 4, Sampling.MEAN)
    assert few[:, 0].tolist() == [0.0, 1.0, 2.0, 0.0]
    assert mask.tolist() == [True, True, True, False]


@pytest.mark.parametrize("sampling", Sampling)
def test_nothing_to_sample_from(sampling):
    with pytest.raises(ConfigError, match="no features"):
        sample_rows(numbered(0), 4, sampling)


def test_resampling_of_queries_is_the_authors(conventions):
    for name, case in conventions["query_resample"].items():
        num_old = int(name.split("->")[0])
        assert resample_rule(num_old, case["n"]) == case["idx"]
        assert resample_queries(numbered(num_old), case["n"])[:, 0].tolist() == case["idx"]
    table = numbered(5)
    assert resample_queries(table, 5) is table


def test_decode_one_is_the_authors(conventions):
    cases = conventions["decode_one"]
    (end_token,) = {case["ids"][0] for case in cases}
    for case in cases:
        assert decode_one(case["ids"], end_token) == case["kept"]
