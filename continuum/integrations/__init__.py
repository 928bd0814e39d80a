"""Continuum inside frameworks; nothing here is imported unless you do."""
