"""Who makes a change, as Flask knows it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy.orm import Session

from continuum.errors import ImproperlyConfigured
from continuum.plugins.base import Plugin

if TYPE_CHECKING:
    from continuum.recording.unit_of_work import UnitOfWork


class FlaskPlugin(Plugin):
    """Writes the current user and the address of the request to each transaction.

    :param current_user_id_factory: returns the key of the user; by default that of Flask-Login's
        ``current_user``, if there is Flask-Login and somebody is logged in.
    :param remote_addr_factory: returns the address; by default that of the request.
    :raises ImproperlyConfigured: Flask is not installed.
    """

    def __init__(
        self,
        current_user_id_factory: Callable[[], Any] | None = None,
        remote_addr_factory: Callable[[], str | None] | None = None,
    ) -> None:
        try:
            self._flask: Any = importlib.import_module("flask")
        except ImportError as error:
            raise ImproperlyConfigured(
                "FlaskPlugin needs Flask, which is not installed",
                hint="Run: pip install Flask",
            ) from error
        self.current_user_id_factory = current_user_id_factory or self._current_user_id
        self.remote_addr_factory = remote_addr_factory or self._remote_addr

    def transaction_args(self, uow: UnitOfWork | None, session: Session | None) -> dict[str, Any]:
        """Return the user and the address that are known."""
        values = {
            "user_id": self.current_user_id_factory(),
            "remote_addr": self.remote_addr_factory(),
        }
        return {name: value for name, value in values.items() if value is not None}

    def _current_user_id(self) -> Any:
        if not self._flask.has_request_context():
            return None
        try:
            login = importlib.import_module("flask_login")
        except ImportError:
            return None
        # Somebody who is not logged in has no id.
        return getattr(login.current_user, "id", None)

    def _remote_addr(self) -> str | None:
        if not self._flask.has_request_context():
            return None
        address: str | None = self._flask.request.remote_addr
        return address
