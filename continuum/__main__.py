"""``python -m continuum``: the command ``continuum``."""

from __future__ import annotations

from continuum.cli import main

if __name__ == "__main__":
    main()
