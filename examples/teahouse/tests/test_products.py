"""Products, and what happened to them."""

from __future__ import annotations

from collections.abc import Callable

from conftest import Client
from conftest import Person

NewTea = Callable[..., int]


def test_nobody_changes_anything(client: Client) -> None:
    answer = client.request(
        "PATCH", "/products/1", json={"price": "1.00"}, headers={"Authorization": "Bearer x"}
    )
    assert answer.status_code == 401


def test_the_history_of_a_product(ada: Person, grace: Person, new_tea: NewTea) -> None:
    tea = new_tea(details={"minutes": 3})
    grace("PATCH", f"/products/{tea}", json={"price": "12.50", "details": {"minutes": 4}})
    newest, oldest = ada("GET", f"/products/{tea}/history")

    assert (oldest["operation"], oldest["who"], oldest["why"]) == ("insert", "Ada", "new tea")
    assert oldest["changes"]["price"] == [None, "9.90"]
    assert (newest["operation"], newest["who"]) == ("update", "Grace")
    assert newest["why"] == f"PATCH /products/{tea}"
    assert newest["changes"] == {
        "price": ["9.90", "12.50"],
        "details": [{"minutes": 3}, {"minutes": 4}],
    }


def test_history_knows_the_request(client: Client, ada: Person, new_tea: NewTea) -> None:
    tea = new_tea()
    headers = {**ada.headers, "X-Request-Id": "ticket-12"}
    answer = client.request(
        "PATCH", f"/products/{tea}", json={"title": "Assam Gold"}, headers=headers
    )
    assert answer.headers["x-request-id"] == "ticket-12"
    assert ada("GET", f"/products/{tea}/history")[0]["request_id"] == "ticket-12"


def test_a_product_as_it_was(ada: Person, new_tea: NewTea) -> None:
    tea = new_tea(tags=["black", "gift"])
    ada("PATCH", f"/products/{tea}", json={"title": "Assam Gold", "tags": ["black", "rare"]})
    first, second = reversed(ada("GET", f"/products/{tea}/history"))

    then = ada("GET", f"/products/{tea}", params={"at": first["transaction"]})
    assert (then["title"], then["tags"], then["origin"]) == ("Assam", ["black", "gift"], "Assam")
    now = ada("GET", f"/products/{tea}", params={"at": second["at"]})
    assert (now["title"], now["tags"]) == ("Assam Gold", ["black", "rare"])
    assert now == ada("GET", f"/products/{tea}")

    before = ada("GET", "/products", params={"at": first["transaction"] - 1})
    assert tea not in [product["id"] for product in before]
    ada("GET", f"/products/{tea}", params={"at": first["transaction"] - 1}, status=404)


def test_what_is_older_than_history_is_nobodys(client: Client) -> None:
    # Only now: the application is told of its database by the fixtures.
    from teahouse.history import change
    from teahouse.schemas import VersionOut

    found = VersionOut(operation="insert", changes={}, **change(None))
    assert (found.transaction, found.at, found.who) == (0, None, None)


def test_what_differs_and_who_it_was(ada: Person, grace: Person, new_tea: NewTea) -> None:
    tea = new_tea()
    ada("PATCH", f"/products/{tea}", json={"price": "10.00"})
    grace("PATCH", f"/products/{tea}", json={"price": "11.00", "state": "listed"}, reason="spring")
    *_, first = versions = ada("GET", f"/products/{tea}/history")

    points = {"old": first["transaction"], "new": versions[0]["transaction"]}
    assert ada("GET", f"/products/{tea}/diff", params=points) == {
        "price": ["9.90", "11.00"],
        "state": ["draft", "listed"],
    }
    blame = ada("GET", f"/products/{tea}/blame")
    price, origin = blame["price"], blame["origin"]["since"]
    assert (price["value"], price["before"]) == ("11.00", "10.00")
    assert (price["since"]["who"], price["since"]["why"]) == ("Grace", "spring")
    assert (origin["who"], origin["why"]) == ("Ada", "new tea")


def test_a_product_goes_back(ada: Person, grace: Person, new_tea: NewTea) -> None:
    tea = new_tea(tags=["black", "gift"])
    first = ada("GET", f"/products/{tea}/history")[0]["transaction"]
    ada("PATCH", f"/products/{tea}", json={"price": "1.00", "tags": []})

    path, to = f"/products/{tea}/revert", {"to": first}
    plan = grace("POST", path, params={**to, "dry_run": True})
    assert not plan["done"]
    assert any("1.00 -> 9.90" in line for line in plan["plan"])
    assert ada("GET", f"/products/{tea}")["price"] == "1.00"

    assert grace("POST", path, params=to, reason="a mistake")["done"]
    product = ada("GET", f"/products/{tea}")
    assert (product["price"], product["tags"]) == ("9.90", ["black", "gift"])
    newest = ada("GET", f"/products/{tea}/history")[0]
    assert (newest["who"], newest["why"]) == ("Grace", "a mistake")


def test_a_removed_product_comes_back(ada: Person, new_tea: NewTea) -> None:
    tea = new_tea()
    ada("PUT", f"/products/{tea}/stock/cellar", params={"pieces": 40}, status=204)
    ada("DELETE", f"/products/{tea}", status=204)
    ada("GET", f"/products/{tea}", status=404)

    deleted, *_, first = ada("GET", f"/products/{tea}/history")
    assert (deleted["operation"], first["operation"]) == ("delete", "insert")
    ada("POST", f"/products/{tea}/revert", params={"to": first["transaction"]})
    product = ada("GET", f"/products/{tea}")
    assert (product["title"], product["tags"]) == ("Assam", ["black"])
