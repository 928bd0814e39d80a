"""Release 4 of the shop, as far as its tables go."""
