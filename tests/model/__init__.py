"""An independent model of history, and the rules that any history obeys."""
