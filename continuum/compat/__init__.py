"""For applications and libraries that were written for SQLAlchemy-Continuum."""

from __future__ import annotations

from continuum.compat.modules import install_as_sqlalchemy_continuum

__all__ = ["install_as_sqlalchemy_continuum"]
