"""What the library promises, tested through its public names on every database."""
