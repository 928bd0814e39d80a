"""Looking after a history that exists."""
