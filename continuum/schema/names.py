"""Names of generated tables, indexes and classes, within what every database accepts."""

from __future__ import annotations

import hashlib

MAX_IDENTIFIER_BYTES = 63
"""PostgreSQL counts bytes, MySQL 64 characters: what fits here fits everywhere."""


def shortened(name: str, limit: int = MAX_IDENTIFIER_BYTES) -> str:
    """Return the name, or its start and a hash of the whole where it is too long.

    :param name: the wanted name.
    :param limit: longest name in bytes of UTF-8.
    """
    encoded = name.encode()
    if len(encoded) <= limit:
        return name
    digest = hashlib.sha256(encoded).hexdigest()[:8]
    start = encoded[: limit - len(digest) - 1].decode(errors="ignore")
    return f"{start}_{digest}"
