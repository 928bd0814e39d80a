"""From mapped classes to version classes and the Transaction class."""
