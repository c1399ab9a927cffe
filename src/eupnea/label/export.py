"""The learning set as others read it: `eupnea train`, nnU-Net, LongiSeg, MONAI."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from eupnea.label.agreement import ReaderPair, agree, consensus
from eupnea.label.drawn import Canvas
from eupnea.label.learning_set import DATASET, LabelRecord, LearningSet
from eupnea.label.values import LabelValue
from eupnea.write.whole import write_whole

FOLDS = 5
"""Of cross-validation in the MONAI data list; all scans of a patient share one."""

SOURCE = "labels"
LICENCE = "as the scans that were labelled"


def export(learning: LearningSet) -> tuple[ReaderPair, ...]:
    """Writes all data lists from the newest labels; where readers differ, their consensus.

    `train.json` with the normal region of each image (`eupnea train`);
    `Dataset501_EupneaLung` in nnU-Net's raw format with `patientsTr.json`
    (LongiSeg: each patient's scans in order); `monai.json` with folds by
    patient; `agreement.json` for images with several readers.

    Returns:
        How far each two readers of an image agree.

    Raises:
        OSError: When a file cannot be written.
    """
    newest = learning.newest()
    pairs = tuple(
        pair for case, records in newest.items() for pair in _one(learning, case, records)
    )
    patients = _patients(newest)
    cases = list(newest)
    _json(learning.folder / "train.json", _train(cases))
    _json(learning.folder / "monai.json", _monai(patients))
    _json(learning.folder / DATASET / "dataset.json", _nnunet(len(cases)))
    _json(learning.folder / DATASET / "patientsTr.json", patients)
    _json(learning.folder / "agreement.json", _agreements(pairs))
    return pairs


def _one(learning: LearningSet, case: str, records: Sequence[LabelRecord]) -> list[ReaderPair]:
    """Write what stands for one image; how far each two of its readers agree."""
    canvas = Canvas.read(learning.organ(case))
    labels = {record.reader: learning.load(record, canvas) for record in records}
    final = consensus(list(labels.values()))
    write_whole(learning.label(case), canvas.file_bytes(final.values))
    normal = (final.values == LabelValue.NORMAL).view(np.uint8)
    write_whole(learning.folder / "normal" / f"{case}.nii.gz", canvas.file_bytes(normal))
    return [
        ReaderPair(case=case, readers=(one, other), agreement=agree(labels[one], labels[other]))
        for one, other in combinations(labels, 2)
    ]


def _agreements(pairs: Sequence[ReaderPair]) -> dict[str, list[dict[str, Any]]]:
    """By image: the readers, how far they agree, and each region's place and volumes."""
    cases: dict[str, list[dict[str, Any]]] = {}
    for pair in pairs:
        told = {"readers": list(pair.readers), **asdict(pair.agreement)}
        cases.setdefault(pair.case, []).append(told)
    return cases


def _patients(newest: Mapping[str, Sequence[LabelRecord]]) -> dict[str, list[str]]:
    """Each patient's scans; a case's name ends in its place in time."""
    patients: dict[str, list[str]] = {}
    for case, records in newest.items():
        patients.setdefault(records[0].patient, []).append(case)
    return patients


def _train(cases: Sequence[str]) -> dict[str, Any]:
    """The form of `eupnea.train.cases.Datalist`."""
    return {
        "root": ".",
        "sources": {SOURCE: LICENCE},
        "cases": [
            {
                "name": case,
                "ct": f"{DATASET}/imagesTr/{case}_0000.nii.gz",
                "lung": f"organs/{case}.nii.gz",
                "normal": f"normal/{case}.nii.gz",
                "health": "aerated",
                "source": SOURCE,
            }
            for case in cases
        ],
    }


def _monai(patients: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """MONAI's data list: paths from this file's folder."""
    return {
        "training": [
            {
                "image": f"{DATASET}/imagesTr/{case}_0000.nii.gz",
                "label": f"{DATASET}/labelsTr/{case}.nii.gz",
                "fold": number % FOLDS,
            }
            for number, cases in enumerate(patients.values())
            for case in cases
        ],
        "validation": [],
    }


def _nnunet(count: int) -> dict[str, Any]:
    """`dataset.json` of nnU-Net 2; what was not judged is ignored."""
    return {
        "channel_names": {"0": "CT"},
        "labels": {
            "background": LabelValue.OUTSIDE,
            "normal": LabelValue.NORMAL,
            "abnormal": LabelValue.ABNORMAL,
            "ignore": LabelValue.UNJUDGED,
        },
        "numTraining": count,
        "file_ending": ".nii.gz",
    }


def _json(path: Path, content: object) -> None:
    write_whole(path, (json.dumps(content, indent=1) + "\n").encode())
