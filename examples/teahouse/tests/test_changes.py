"""Transactions, seen and undone; and the job that makes big ones."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from alembic import command
from alembic.config import Config
from conftest import Client
from conftest import Person

NewTea = Callable[..., int]


def test_what_a_change_did(ada: Person, new_tea: NewTea) -> None:
    tea = new_tea()
    newest = ada("GET", "/changes", params={"limit": 1})[0]
    assert (newest["who"], newest["why"]) == ("Ada", "new tea")
    shown = ada("GET", f"/changes/{newest['transaction']}")
    rows = {(row["object"], row["key"]): row for row in shown["rows"]}
    assert rows["Tea", tea]["operation"] == "insert"
    assert rows["Tea", tea]["changes"]["title"] == [None, "Assam"]


def test_a_change_is_undone(ada: Person, grace: Person, new_tea: NewTea) -> None:
    tea = new_tea()
    ada("PATCH", f"/products/{tea}", json={"price": "99.00", "tags": []})
    ada("PATCH", f"/products/{tea}", json={"title": "Assam Gold"})
    wrong = ada("GET", f"/products/{tea}/history")[1]["transaction"]

    plan = grace("POST", f"/changes/{wrong}/undo", params={"dry_run": True})
    assert not plan["conflicts"]
    assert grace("POST", f"/changes/{wrong}/undo", reason="wrong product")["done"]
    product = ada("GET", f"/products/{tea}")
    assert (product["price"], product["tags"]) == ("9.90", ["black"])
    assert product["title"] == "Assam Gold"
    assert ada("GET", f"/products/{tea}/history")[0]["who"] == "Grace"


def test_later_changes_stand_in_the_way(ada: Person, new_tea: NewTea) -> None:
    tea = new_tea()
    for price in ("99.00", "12.00"):
        ada("PATCH", f"/products/{tea}", json={"price": price})
    wrong = ada("GET", f"/products/{tea}/history")[1]["transaction"]
    answer = ada("POST", f"/changes/{wrong}/undo", status=409)
    assert len(answer["conflicts"]) == 1
    assert "price" in answer["conflicts"][0]
    assert ada("GET", f"/products/{tea}")["price"] == "12.00"


def test_the_prices_of_a_season(client: Client, ada: Person, new_tea: NewTea) -> None:
    from teahouse.season import raise_prices

    tea, other = new_tea(price="10.00", supplier_id=2), new_tea(price="10.00")
    client.portal.call(raise_prices, 2, Decimal("4.5"))
    assert ada("GET", f"/products/{tea}")["price"] == "10.45"
    assert ada("GET", f"/products/{other}")["price"] == "10.00"
    newest = ada("GET", f"/products/{tea}/history")[0]
    assert (newest["who"], newest["why"]) == ("season", "supplier 2: 4.5 %")


def test_migrations_and_models_agree(alembic_config: Config, client: Client) -> None:
    command.check(alembic_config)
