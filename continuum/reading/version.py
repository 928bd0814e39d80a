"""What a version object can do."""

from __future__ import annotations


class Version:
    """Base of all version classes."""
