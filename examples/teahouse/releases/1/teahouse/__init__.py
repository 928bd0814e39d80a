"""Release 1 of the shop, as far as its tables go."""
