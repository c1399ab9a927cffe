"""What is known of a scan that a network is taught on."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from eupnea.errors import UsageError
from eupnea.train.cases import Undrawn, undrawn

PLACE = {"what": "tumour", "slices": (1, 3), "rows": (0, 4), "columns": (2, 6)}


def test_what_a_mask_leaves_out_is_unknown_beside_the_lung_alone() -> None:
    """Counted by hand: the box without what is drawn."""
    lung = np.zeros((4, 5, 8), bool)
    lung[:, :2] = True
    found = undrawn([Undrawn.model_validate(PLACE)], lung)
    assert np.count_nonzero(found) == 2 * 2 * 4
    assert found[1:3, 2:4, 2:6].all()
    assert not undrawn([], lung).any()


def test_a_place_beyond_the_scan_is_refused() -> None:
    """A list for another grid must not quietly cover less."""
    with pytest.raises(UsageError, match="tumour"):
        undrawn([Undrawn.model_validate(PLACE)], np.zeros((4, 5, 5), bool))


@pytest.mark.parametrize("span", [(3, 3), (4, 2), (-1, 2)])
def test_an_empty_or_negative_span_is_refused(span: tuple[int, int]) -> None:
    """Of such a box nothing, or another end of the scan, would be left out."""
    with pytest.raises(ValidationError):
        Undrawn.model_validate(PLACE | {"rows": span})
