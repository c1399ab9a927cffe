"""The mean of exported networks that began alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx.numpy_helper import from_array

from eupnea.errors import ModelError
from eupnea.segment.card import ModelCard, sha256_of
from eupnea.train.exported import convolutions
from eupnea.train.widen import widened


def write_mean(paths: Sequence[Path], out: Path) -> None:
    """Writes a network each of whose weights is the mean of those of several.

    Networks that were trained on from one model lie in one basin of the loss;
    their mean errs less than each of them where they err differently, at the
    cost of one (Wortsman et al. 2022, arXiv 2203.05482). Networks that began
    differently have no such mean: judge what comes out.

    One that sees one channel fewer than the first, where the chest as a whole
    places the lungs, counts as one to which that says nothing.

    Args:
        paths: ONNX files; one that is named twice counts twice.
        out: The ONNX file to write; may be one of them.

    Raises:
        ModelError: If a file is no ONNX, or is another network than the first.
    """
    weights = [convolutions(path) for path in paths]
    channels = weights[0][0][0].shape[1]
    for convolution in (each[0] for each in weights):
        if convolution[0].shape[1] + 1 == channels:
            convolution[0] = widened(convolution[0], channels)
    shapes = [[[tuple(part.shape) for part in parts] for parts in each] for each in weights]
    for path, found in zip(paths, shapes, strict=True):
        if found != shapes[0]:
            raise ModelError(
                f"expected convolutions of {shapes[0]} in {path.name} too, found {found}"
            )
    model = onnx.load(paths[0])
    nodes = [node for node in model.graph.node if node.op_type == "Conv"]
    for node, *alike in zip(nodes, *weights, strict=True):
        for place, parts in enumerate(zip(*alike, strict=True), start=1):
            name = f"{node.output[0]}/{place}"
            mean = np.mean([part.numpy() for part in parts], axis=0, dtype=np.float64)
            model.graph.initializer.append(from_array(mean.astype(np.float32), name))
            node.input[place] = name
    _drop_unused(model)
    part = out.with_suffix(".part.onnx")
    onnx.save(model, part)
    part.replace(out)


def mean_with(model: Path, others: Sequence[Path]) -> ModelCard:
    """Makes a network the mean of itself and others, and says so on its card; see `write_mean`.

    Args:
        model: The network of planes, its card beside it.
        others: ONNX files with their cards, trained on from one model with it.

    Raises:
        ModelError: If another has no card, was shown other planes, or is
            another network.
    """
    card = ModelCard.read(model.with_suffix(".json"))
    cards = [ModelCard.read(path.with_suffix(".json")) for path in others]
    for path, other in zip(others, cards, strict=True):
        seen = (other.plane_offsets_mm, other.plane_spacing_mm, other.usual_breath)
        if seen != (card.plane_offsets_mm, card.plane_spacing_mm, card.usual_breath):
            raise ModelError(f"expected {path.name} to see what {model.name} sees, found {seen}")
    write_mean([model, *others], model)
    mean_of = [f"{each.name} {each.version} sha256 {each.sha256}" for each in (card, *cards)]
    named = {"sha256": sha256_of(model), "training": card.training | {"mean_of": mean_of}}
    return card.rewritten(model.with_suffix(".json"), named)


def _drop_unused(model: onnx.ModelProto) -> None:
    """Takes out the arrays that no node asks for any more, and the copies of them."""
    graph = model.graph
    used = _inputs(graph) | {output.name for output in graph.output}
    for node in [n for n in graph.node if n.op_type == "Identity" and n.output[0] not in used]:
        graph.node.remove(node)
    used = _inputs(graph)
    for array in [array for array in graph.initializer if array.name not in used]:
        graph.initializer.remove(array)


def _inputs(graph: onnx.GraphProto) -> set[str]:
    return {name for node in graph.node for name in node.input}
