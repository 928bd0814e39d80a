"""Recording history: what Python has to do about it, with triggers and without."""
