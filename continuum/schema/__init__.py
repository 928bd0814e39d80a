"""From live tables to the tables that hold their history."""
