"""Complete, queryable, revertible history for SQLAlchemy applications."""
