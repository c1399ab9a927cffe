"""A trained network from an ONNX file, as a function."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from eupnea.errors import ModelError
from eupnea.segment.card import sha256_of

Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""(batch, channels, sides) to (batch, answers, sides), shares from 0 to 1."""


def open_network(
    path: Path, *, sha256: str, channels: int, answers: int, sides: tuple[int, ...], threads: int
) -> Network:
    """Opens an ONNX file that its card names; one small signal goes through.

    Args:
        path: The file.
        sha256: What the card says of it.
        channels: Of a signal.
        answers: Per pixel or voxel.
        sides: Of a small signal.
        threads: For each convolution. The answer does not depend on it.

    Raises:
        ModelError: If the file is missing, is another one, or cannot be run
            on such signals.
    """
    digest = sha256_of(path)
    if digest != sha256:
        raise ModelError(f"expected {path.name} with sha256 {sha256}, found {digest}")
    session = _session(path, threads)
    name = session.get_inputs()[0].name

    def network(signal: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(session.run(None, {name: signal})[0], dtype=np.float32)

    _check_shape(network, path.name, (1, channels, *sides), (1, answers, *sides))
    return network


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        raise ModelError(f"expected a network in {path.name}, found: {error}") from error


def _check_shape(
    network: Network, name: str, given: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    try:
        found = network(np.zeros(given, np.float32)).shape
    except Exception as error:
        raise ModelError(f"expected {name} to take {given}, found: {error}") from error
    if found != expected:
        raise ModelError(f"expected answers of shape {expected} from {name}, found {found}")
