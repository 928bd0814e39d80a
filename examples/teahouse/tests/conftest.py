"""A shop with two people and one supplier, on a database of its own.

``TEST_DATABASE_URL`` names an empty database; without it the tests work in a SQLite file.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from anyio.from_thread import BlockingPortal
from anyio.from_thread import start_blocking_portal
from httpx import ASGITransport
from httpx import AsyncClient
from httpx import Response

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def alembic_config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Choose the database, before the application looks where it is."""
    file = tmp_path_factory.mktemp("database") / "teahouse.db"
    os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", f"sqlite+aiosqlite:///{file}")
    return Config(ROOT / "alembic.ini")


class Client:
    """Sends requests to the application, which runs in an event loop of its own."""

    def __init__(self, portal: BlockingPortal, application: Any) -> None:
        self.portal = portal
        transport = ASGITransport(application)
        self._client = AsyncClient(transport=transport, base_url="http://teahouse")

    def request(self, method: str, path: str, **given: Any) -> Response:
        """Send a request."""
        return self.portal.call(partial(self._client.request, method, path, **given))


@pytest.fixture(scope="session")
def client(alembic_config: Config) -> Iterator[Client]:
    """Return a client of the application; it runs on what the migrations have made."""
    command.upgrade(alembic_config, "head")
    from teahouse.database import engine
    from teahouse.main import app

    with start_blocking_portal() as portal:
        portal.call(_fill)
        yield Client(portal, app)
        portal.call(engine.dispose)


async def _fill() -> None:
    from hashlib import sha256

    from teahouse.database import new_session
    from teahouse.models import Supplier
    from teahouse.models import User

    async with new_session() as session:
        for number, name in enumerate(("Ada", "Grace"), start=1):
            token_hash = sha256(name.lower().encode()).hexdigest()
            session.add(User(id=number, name=name, token_hash=token_hash))
        session.add_all(
            [Supplier(id=number, name="Makaibari", country="India") for number in (1, 2)]
        )
        await session.commit()


class Person:
    """Somebody of the staff, with their hands on the API."""

    def __init__(self, client: Client, name: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {name}"}

    def __call__(
        self, method: str, path: str, *, status: int = 200, reason: str = "", **given: Any
    ) -> Any:
        """Send a request; return the answer, which must have a status."""
        headers = {**self.headers, **({"X-Reason": reason} if reason else {})}
        answer = self.client.request(method, path, headers=headers, **given)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@pytest.fixture
def ada(client: Client) -> Person:
    """Return the first one."""
    return Person(client, "ada")


@pytest.fixture
def grace(client: Client) -> Person:
    """Return the second one."""
    return Person(client, "grace")


@pytest.fixture
def new_tea(ada: Person, request: pytest.FixtureRequest) -> Callable[..., int]:
    """Have Ada add teas; return their numbers."""
    added: list[int] = []

    def add(**values: Any) -> int:
        sku = f"{request.node.name[-17:]}-{len(added)}"
        tea = {
            "kind": "tea",
            "sku": sku,
            "title": "Assam",
            "price": "9.90",
            "vat_rate": "7.00",
            "tags": ["black"],
            "origin": "Assam",
            "grams": "100.0",
            "supplier_id": 1,
            **values,
        }
        added.append(ada("POST", "/products", status=201, reason="new tea", json=tea)["id"])
        return added[-1]

    return add
