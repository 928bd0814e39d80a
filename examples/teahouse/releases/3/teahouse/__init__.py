"""Release 3 of the shop, as far as its tables go."""
