"""Trains the toxicity model.

    python -m filters.training.toxicity ../shared/data/eval            the model that ships (2 minutes)
    python -m filters.training.toxicity ../shared/data/eval --report   its tables for the model card, too

Nothing here is imported when text is scored. Equal input gives an equal file.
"""

import argparse
from pathlib import Path

from filters.training.toxicity import report, train

ROOT = Path(__file__).parents[3]
MODEL = ROOT / "filters/data/toxicity.ftz"
SUITES = [ROOT / f"tests/answers/toxicity_{name}.json" for name in ("independent", "held_out", "development")]


def main() -> None:
    """Writes the model, and with --report the tables, next to those of the unbalanced model."""
    parser = argparse.ArgumentParser(prog="python -m filters.training.toxicity", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with `toxigen`, `davidson`, `jigsaw_unintended_bias`")
    parser.add_argument("--output", type=Path, default=MODEL)
    parser.add_argument("--report", action="store_true", help="print the tables of the model card")
    arguments = parser.parse_args()
    train.balanced(arguments.data, arguments.output)
    if arguments.report:
        unbalanced = arguments.output.with_name("unbalanced.ftz")
        train.unbalanced(arguments.data, unbalanced)
        print(report.tables(arguments.data, arguments.output, unbalanced, SUITES))  # noqa: T201
        unbalanced.unlink()


if __name__ == "__main__":
    main()
