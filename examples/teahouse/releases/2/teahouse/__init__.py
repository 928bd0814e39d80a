"""Release 2 of the shop, as far as its tables go."""
