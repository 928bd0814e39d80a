"""Tests of the recorders, beside the conformance suite."""
