"""What a transaction changed."""

from __future__ import annotations


class TransactionReading:
    """What a Transaction object can tell about the history it made."""
