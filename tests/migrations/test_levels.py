"""Columns of several tables of a hierarchy get new names in one migration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy.orm import mapped_column

from migrations._support import Project


def products(name: str, grams: str, label: str) -> Any:
    def declare(base: Any) -> Any:
        class Product(base):
            __tablename__ = "product"
            __versioned__ = {}
            id = mapped_column(Integer, primary_key=True)
            kind = mapped_column(String(20))
            __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "product"}

        class Tea(Product):
            __tablename__ = "tea"
            id = mapped_column(ForeignKey("product.id"), primary_key=True)
            __mapper_args__ = {"polymorphic_identity": "tea"}

        class Shop(base):
            __tablename__ = "shop"
            __versioned__ = {}
            id = mapped_column(Integer, primary_key=True)

        setattr(Product, name, mapped_column(String(20)))
        setattr(Tea, grams, mapped_column(Integer))
        setattr(Shop, label, mapped_column(String(20)))
        return Product, Tea, Shop

    return declare


TABLES = ("product", "tea", "shop")
OLD = ("name", "grams", "label")
NEW = ("title", "net_grams", "sign")


def renaming(old: dict[str, Any], new: dict[str, Any], order: list[str]) -> str:
    names = {table: {was: becomes} for table, was, becomes in zip(TABLES, OLD, NEW, strict=True)}
    if "title" in old["product"]["columns"]:
        names = {table: {b: a for a, b in pair.items()} for table, pair in names.items()}
    return "\n    ".join(
        f"op.rename_versioned_column({old[table]!r}, {new[table]!r}, {names[table]!r})"
        for table in order
    )


def started(project: Project, order: list[str], begin: Callable[[], None]) -> None:
    """Begin with tables and their first names, and write a migration that renames."""
    project.release(products(*OLD))
    project.revise()
    begin()
    project.run(*FILL)
    old = project.definitions()
    project.release(products(*NEW))
    new = project.definitions()
    project.write(renaming(old, new, order), renaming(new, old, order))


FILL = (
    "INSERT INTO product (id, kind, name) VALUES (1, 'tea', 'a')",
    "INSERT INTO tea (id, grams) VALUES (1, 5)",
)


@pytest.mark.parametrize("order", [["product", "shop", "tea"], ["tea", "shop", "product"]])
def test_columns_of_several_levels_are_renamed(project: Project, order: list[str]) -> None:
    started(project, order, project.upgrade)
    project.upgrade()
    assert project.changes() == []
    project.run("UPDATE tea SET net_grams = 6", "UPDATE product SET title = 'b'")
    assert project.rows("SELECT net_grams FROM tea_version ORDER BY transaction_id") == [(5,), (6,)]

    project.release(products(*OLD))
    project.downgrade()
    assert project.changes() == []
    project.run("UPDATE tea SET grams = 7", "UPDATE product SET name = 'c'")
    assert project.rows("SELECT grams FROM tea_version ORDER BY transaction_id")[-1] == (7,)
    assert project.rows("SELECT name FROM product_version ORDER BY transaction_id")[-1] == ("c",)


def test_a_script_renames_them_too(project: Project, cli_client: Callable[[str], str]) -> None:
    started(project, ["product", "tea", "shop"], project.upgrade)
    cli_client(project.script("0001:0002"))
    assert project.changes() == []
    project.run("UPDATE tea SET net_grams = 6", "UPDATE product SET title = 'b'")
    assert project.rows("SELECT net_grams FROM tea_version ORDER BY transaction_id")[-1] == (6,)
