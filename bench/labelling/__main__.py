"""What the plan saves against always drawing one side, and which thresholds save most.

    python -m bench.labelling --data ../shared/data --costs runs/labelling/costs.jsonl
        [--normal METHOD...] [--minutes M] [--out TABLE.md]

Measures the images that have no lines in `--costs` yet, then prints the tables
of `docs/labelling.md`. Disease in real lungs is laid in: semi-synthetic.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from bench.labelling.measure import METHODS, measure_all
from bench.labelling.rules import read_records
from bench.labelling.tables import page


def main() -> None:
    """Measures what is missing, and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--costs", type=Path, required=True)
    parser.add_argument("--normal", nargs="+", default=METHODS)
    parser.add_argument("--only", choices=("none", "phantom", "real"))
    parser.add_argument("--minutes", type=float, default=np.inf, help="Stop measuring then.")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.only != "none":
        measure_all(
            options.data,
            options.costs,
            options.normal,
            only=options.only,
            minutes=options.minutes,
        )
    text = "\n".join(
        line
        for method in options.normal
        for line in page(method, read_records(options.costs, method))
    )
    print(text)
    if options.out is not None:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
