"""Reading history: versions, changesets, the past, and the way back."""
