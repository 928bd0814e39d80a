"""The process of one contender: ``python -m contenders.worker MODULE:CLASS URL COLUMNS [graph]``.

Each line of its input is a call in JSON, ``{"call": name, "with": {...}}``; each line of its output
is the answer, ``{"value": ...}`` or ``{"error": traceback}``.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
import warnings
from typing import Any

from arena.processors import take_first


def main() -> None:
    """Do what the input says until it ends."""
    take_first()
    # What contenders print must not be taken for answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    # Peers use what newer releases of their dependencies deprecate.
    warnings.simplefilter("ignore")
    module, _, name = sys.argv[1].partition(":")
    contender: Any = None
    for line in sys.stdin:
        order = json.loads(line)
        try:
            if contender is None:
                contender = getattr(importlib.import_module(module), name)(
                    sys.argv[2], int(sys.argv[3]), graph="graph" in sys.argv[4:]
                )
            answer = {"value": getattr(contender, order["call"])(**order["with"])}
        except Exception:  # noqa: BLE001 - the arena is told, and raises it there
            answer = {"error": traceback.format_exc()}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
