"""Orders, whose lines belong to them."""

from __future__ import annotations

from collections.abc import Callable

from conftest import Person


def test_an_order_goes_back_with_its_lines(ada: Person, new_tea: Callable[..., int]) -> None:
    lines = [{"product_id": new_tea(), "quantity": number} for number in (1, 2)]
    order = ada("POST", "/orders", json={"customer": "Elsie", "lines": lines}, status=201)
    path = f"/orders/{order['id']}"
    placed = ada("GET", f"{path}/history")[0]["transaction"]

    ada("DELETE", f"{path}/lines/2", status=204)
    ada("PUT", f"{path}/state", params={"state": "paid"})
    paid = ada("GET", path)
    assert (paid["state"], [line["position"] for line in paid["lines"]]) == ("paid", [1])
    assert ada("GET", path, params={"at": placed}) == order

    assert ada("POST", f"{path}/revert", params={"to": placed})["done"]
    assert ada("GET", path) == order
