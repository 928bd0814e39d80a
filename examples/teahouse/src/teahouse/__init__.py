"""The shop of a tea merchant: products, suppliers, orders, and the history of all of them."""
