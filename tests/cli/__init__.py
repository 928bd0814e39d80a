"""The command ``continuum``."""
