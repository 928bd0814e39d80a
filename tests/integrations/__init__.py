"""Tests of Continuum inside frameworks."""
