"""Series that show the patient at one time: a study, or one acquisition sent twice."""

from __future__ import annotations

from collections.abc import Iterable

from eupnea.read.series import Series


def group_occasions(series: Iterable[Series]) -> tuple[tuple[Series, ...], ...]:
    """Series that share a study or an acquisition, directly or through others.

    They are alternatives for one scan, and never two points in time.
    """
    occasions: list[tuple[set[str], list[Series]]] = []
    for one in series:
        keys, members = _keys(one), [one]
        for known in [known for known in occasions if known[0] & keys]:
            occasions.remove(known)
            keys |= known[0]
            members = known[1] + members
        occasions.append((keys, members))
    return tuple(tuple(members) for _, members in occasions)


def _keys(series: Series) -> set[str]:
    study = {series.first.study_uid or series.first.series_uid or series.first.name}
    return study | {one.acquisition_uid for one in series.slices if one.acquisition_uid}
