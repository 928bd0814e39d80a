"""Recording by triggers: one emitter per kind of database."""
