"""How the features of a window become a fixed number of rows, and queries of one stage those of another.

Letters: N rows there are, M rows wanted, D width, Q queries.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from videorecap.errors import ConfigError
from videorecap.hierarchy import Sampling


def sample_rows(features_ND: Tensor, num_features: int, sampling: Sampling) -> tuple[Tensor, Tensor]:
    """Exactly ``num_features`` rows, and which of them are real.

    Args:
        features_ND: one feature per clip, in time order, at least one.
        num_features: M.
        sampling: UNIFORM picks rows evenly, and repeats some if there are too few. MASKING and MEAN keep
            all rows and pad with zeros if there are too few; of too many, MASKING picks evenly and MEAN
            averages M chunks of (almost) equal length.

    Returns:
        Rows [M, D] and a mask [M] of bool, False where a row is padding.

    Raises:
        ConfigError: if there is no row.

    Departs: the authors' MEAN gives not-a-numbers, and their UNIFORM one row too many for some N.
    """
    num_rows = len(features_ND)
    if num_rows == 0:
        raise ConfigError("no features to sample from; a window needs at least one clip")
    mask_M = torch.ones(num_features, dtype=torch.bool, device=features_ND.device)
    if sampling is not Sampling.UNIFORM and num_rows <= num_features:
        mask_M[num_rows:] = False
        padding = features_ND.new_zeros(num_features - num_rows, features_ND.shape[1])
        return torch.cat([features_ND, padding]), mask_M
    if sampling is Sampling.MEAN:
        chunks = torch.tensor_split(features_ND, num_features)
        return torch.stack([chunk.mean(dim=0) for chunk in chunks]), mask_M
    return features_ND[resample_rule(num_rows, num_features)], mask_M


def resample_rule(num_rows: int, num_wanted: int) -> list[int]:
    """Which of ``num_rows`` rows stand for all: evenly spaced, the ends left out, repeated if too few.

    Source: the authors' sampling of features and of queries; its rounding is part of the released weights.

    Departs: for some numbers the authors get one row too many, which is cut here.
    """
    step = num_rows / (num_wanted + 1)
    indices = np.floor(np.arange(0, num_rows, step))[1 : num_wanted + 1]
    return [int(index) for index in indices]


def resample_queries(queries_QD: Tensor, num_queries: int) -> Tensor:
    """A table of ``num_queries`` rows from a table of another stage; the same table if the number agrees."""
    if len(queries_QD) == num_queries:
        return queries_QD
    return queries_QD[resample_rule(len(queries_QD), num_queries)]
