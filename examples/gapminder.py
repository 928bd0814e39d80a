"""Fifty-five years of the world, replayed, and then read from their history.

    python examples/gapminder.py [URL]

Every census year is one transaction.  The table of countries then holds the last year only; the
eleven years before it are history, and what is shown here is read from there.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import BigInteger
from sqlalchemy import ColumnElement
from sqlalchemy import Double
from sqlalchemy import Engine
from sqlalchemy import String
from sqlalchemy import and_
from sqlalchemy import create_engine
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum import Operation
from continuum import TransactionFactory
from continuum import context
from continuum import make_versioned
from continuum import transaction_class
from continuum import version_class

# Two things give a class a history: this call, and __versioned__ in its body.  Usually the call
# needs no arguments.  This program may be pointed at a database that is used for other things too,
# so that its transaction table gets a name that nobody else has.
make_versioned(transaction_cls=TransactionFactory(table_name="gapminder_transaction"))


class Base(DeclarativeBase):
    """Base of the mapped classes."""


class Country(Base):
    """A country, as it is now."""

    __tablename__ = "gapminder_country"
    __versioned__ = {}

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    continent: Mapped[str] = mapped_column(String(20))
    life_expectancy: Mapped[float] = mapped_column(Double)
    population: Mapped[int] = mapped_column(BigInteger)
    gdp_per_head: Mapped[float] = mapped_column(Double)


# Both are ordinary mapped classes: they can be selected, joined and filtered.
CountryVersion: Any = version_class(Country)
Transaction: Any = transaction_class(Country)

FIGURES = ("life_expectancy", "population", "gdp_per_head")
FIRST, LAST = 1952, 2007

Rows = list[dict[str, Any]]


class Checks:
    """What the program claims, and whether it is true."""

    def __init__(self) -> None:
        self.results: list[tuple[str, bool]] = []

    def __call__(self, claim: str, condition: bool) -> None:
        """Note a claim."""
        self.results.append((claim, condition))

    @property
    def passed(self) -> bool:
        """All claims are true."""
        return all(true for _, true in self.results)


def read_file() -> dict[int, Rows]:
    """Return the rows of each year; keys are the attributes of Country."""
    years: dict[int, Rows] = {}
    path = Path(__file__).with_name("gapminder.csv")
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            years.setdefault(int(line["year"]), []).append(
                {
                    "name": line["country"],
                    "continent": line["continent"],
                    "life_expectancy": float(line["lifeExp"]),
                    "population": int(line["pop"]),
                    "gdp_per_head": float(line["gdpPercap"]),
                }
            )
    return years


def prepare(engine: Engine) -> None:
    """Create the tables; those of an earlier run are replaced.

    Ends the program when a table of the same name is not one of ours.
    """
    tables = Base.metadata.tables
    inspector = inspect(engine)
    for name in set(inspector.get_table_names()) & set(tables):
        found = {column["name"] for column in inspector.get_columns(name)}
        if found != set(tables[name].columns.keys()):
            sys.exit(f"There is a table {name!r} that this program has not made; nothing was done.")
    # create_all() also creates the triggers that record, and drop_all() removes them.
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)


# Writing.  Nothing in the next functions knows of history.


def write_with_the_orm(session: Session, rows: Rows) -> None:
    """Let the ORM find out what has to be inserted or updated."""
    for row in rows:
        session.merge(Country(**row))
    session.flush()


def write_with_an_upsert(session: Session, rows: Rows) -> None:
    """Send one statement of SQLAlchemy Core, in the dialect of the database."""
    statement: Any
    if session.get_bind().dialect.name in ("mysql", "mariadb"):
        statement = mysql.insert(Country).values(rows)
        statement = statement.on_duplicate_key_update(
            {name: statement.inserted[name] for name in FIGURES}
        )
    else:
        module = {"postgresql": postgresql, "sqlite": sqlite}[session.get_bind().dialect.name]
        statement = module.insert(Country).values(rows)
        statement = statement.on_conflict_do_update(
            index_elements=[Country.name],
            set_={name: statement.excluded[name] for name in FIGURES},
        )
    session.execute(statement)


def write_with_sql(session: Session, rows: Rows) -> None:
    """Send SQL as text."""
    known = set(session.scalars(text("SELECT name FROM gapminder_country")))
    new = [row for row in rows if row["name"] not in known]
    old = [row for row in rows if row["name"] in known]
    if new:
        session.execute(
            text(
                "INSERT INTO gapminder_country"
                " (name, continent, life_expectancy, population, gdp_per_head) VALUES"
                " (:name, :continent, :life_expectancy, :population, :gdp_per_head)"
            ),
            new,
        )
    if old:
        session.execute(
            text(
                "UPDATE gapminder_country SET life_expectancy = :life_expectancy,"
                " population = :population, gdp_per_head = :gdp_per_head WHERE name = :name"
            ),
            old,
        )


WRITERS: dict[str, Callable[[Session, Rows], None]] = {
    "Europe": write_with_the_orm,
    "Oceania": write_with_the_orm,
    "Americas": write_with_an_upsert,
    "Asia": write_with_an_upsert,
    "Africa": write_with_sql,
}


def load_year(engine: Engine, year: int, rows: Rows) -> None:
    """Write the figures of one year in one transaction, each continent in another way."""
    with (
        context(actor="gapminder.org", reason=f"census of {year}"),
        Session(engine) as session,
        session.begin(),
    ):
        for continent, write in WRITERS.items():
            write(session, [row for row in rows if row["continent"] == continent])


# Reading.


def transaction_of(session: Session, reason: str) -> Any:
    """Return the transaction that was made for a reason."""
    return session.scalars(select(Transaction).where(Transaction.reason == reason)).one()


def valid_at(transaction: Any) -> ColumnElement[bool]:
    """Return the condition under which a version was the present one after a transaction."""
    return and_(
        CountryVersion.transaction_id <= transaction.id,
        or_(
            CountryVersion.end_transaction_id.is_(None),
            CountryVersion.end_transaction_id > transaction.id,
        ),
        CountryVersion.operation_type != Operation.DELETE,
    )


def figures(objects: Iterable[Any]) -> dict[str, tuple[Any, ...]]:
    """Return the figures of countries or of versions of them, by name."""
    return {item.name: tuple(getattr(item, name) for name in FIGURES) for item in objects}


def present(session: Session) -> dict[str, tuple[Any, ...]]:
    """Return the figures of the countries as they are now."""
    return figures(session.scalars(select(Country)))


def figures_of(rows: Rows) -> dict[str, tuple[Any, ...]]:
    """Return the figures of rows of the file, by name."""
    return {row["name"]: tuple(row[name] for name in FIGURES) for row in rows}


def count(session: Session, entity: Any) -> int:
    """Return the number of rows of a class."""
    return session.scalar(select(func.count()).select_from(entity)) or 0


# What there is to see.


def new_table(title: str, *columns: str, numbers: Iterable[str] = ()) -> Table:
    """Return an empty table for the screen."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left")
    return table


def say(console: Console, title: str, sentence: str) -> None:
    """Show a title and a sentence."""
    console.print(f"[bold]{title}[/]\n", highlight=False)
    console.print(f"{sentence}\n", highlight=False, width=min(console.width, 90))


def show_log(console: Console, session: Session, *, after: int = 0) -> None:
    """Show the transactions, with the number of rows that each one changed."""
    heads = ("id", "at (UTC)", "who", "why", "rows")
    table = new_table("The transaction log", *heads, numbers=("id", "rows"))
    changed = (
        select(CountryVersion.transaction_id, func.count().label("rows"))
        .group_by(CountryVersion.transaction_id)
        .subquery()
    )
    log = (
        select(Transaction, changed.c.rows)
        .join(changed, changed.c.transaction_id == Transaction.id)
        .where(Transaction.id > after)
        .order_by(Transaction.id)
    )
    for transaction, rows in session.execute(log):
        table.add_row(
            str(transaction.id),
            f"{transaction.issued_at:%H:%M:%S.%f}",
            transaction.actor,
            transaction.reason,
            str(rows),
        )
    console.print(table)


def show_history(console: Console, session: Session, name: str, checks: Checks) -> None:
    """Show every version of one country with what it changed."""
    table = new_table(
        f"The history of {name}",
        "transaction",
        "kind",
        "life expectancy",
        "population, M",
        "GDP per head",
    )
    versions = session.get_one(Country, name).versions.all()
    for version in versions:
        changes = version.changeset
        table.add_row(
            version.transaction.reason,
            version.operation_type.name.lower(),
            change(changes.get("life_expectancy"), "{:.1f}"),
            change(changes.get("population"), "{:.2f}", unit=1_000_000),
            change(changes.get("gdp_per_head"), "{:,.0f}"),
        )
    console.print(table)
    checks(
        f"{name} has one version for each year, one insert and eleven updates",
        [version.operation_type for version in versions]
        == [Operation.INSERT] + [Operation.UPDATE] * 11,
    )


def change(values: list[Any] | None, form: str, unit: float = 1) -> str:
    """Return ``[old, new]`` of a changeset as text."""
    if values is None:
        return ""
    return " -> ".join(form.format(value / unit) for value in values if value is not None)


def show_world(console: Console, session: Session, year: int, rows: Rows, checks: Checks) -> None:
    """Show the world as it was in an earlier year."""
    then = transaction_of(session, f"census of {year}")
    weighted = func.sum(CountryVersion.population * CountryVersion.life_expectancy)
    world = (
        select(
            CountryVersion.continent,
            func.count(),
            func.sum(CountryVersion.population),
            weighted / func.sum(CountryVersion.population),
            func.max(CountryVersion.gdp_per_head),
        )
        .where(valid_at(then))
        .group_by(CountryVersion.continent)
        .order_by(func.sum(CountryVersion.population).desc())
    )
    heads = ("countries", "population", "life expectancy", "top GDP per head")
    table = new_table(f"The world as it was in {year}", "continent", *heads, numbers=heads)
    for continent, countries, population, life_expectancy, highest in session.execute(world):
        table.add_row(
            continent,
            str(countries),
            f"{float(population) / 1_000_000:,.0f} M",
            f"{life_expectancy:.1f}",
            f"{highest:,.0f}",
        )
    console.print(table)
    checks(
        f"the world as it was in {year} is the one of the file, in every figure",
        figures(session.scalars(select(CountryVersion).where(valid_at(then)))) == figures_of(rows),
    )


def load_again(console: Console, engine: Engine, year: int, rows: Rows, checks: Checks) -> None:
    """Write the same figures once more."""
    with Session(engine) as session:
        before = count(session, CountryVersion), count(session, Transaction)
    load_year(engine, year, rows)
    with Session(engine) as session:
        after = count(session, CountryVersion), count(session, Transaction)
    say(
        console,
        "The same year twice",
        f"The figures of {year} were loaded again, all {len(rows)} countries: "
        f"{after[0] - before[0]} new versions, {after[1] - before[1]} new transactions.",
    )
    checks("loading a year twice leaves no trace", before == after)


def spoil(engine: Engine) -> None:
    """Do what happens everywhere sooner or later: a statement that should not have been sent."""
    with context(actor="nightly job", reason="convert currencies"), engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE gapminder_country SET gdp_per_head = gdp_per_head * 1000"
                " WHERE continent = 'Europe'"
            )
        )


def find_and_revert(console: Console, engine: Engine, rows: Rows, checks: Checks) -> None:
    """Start from one wrong figure, find everything that went wrong with it, and revert it."""
    with Session(engine) as session, session.begin():
        last = session.get_one(Country, "Switzerland").versions[-1]
        wrong = last.transaction
        victims = wrong.changed_entities[CountryVersion]
        old, new = last.changeset["gdp_per_head"]
        say(
            console,
            "A wrong bulk update",
            f"GDP per head of Switzerland is {new:,.0f}?  It was {old:,.0f} until transaction "
            f"{wrong.id} ({wrong.actor}: {wrong.reason}), which changed {len(victims)} countries. "
            "Each of them is reverted to the version before.",
        )
        europe = [row["name"] for row in rows if row["continent"] == "Europe"]
        checks(
            "the wrong update is found by its transaction, with all it did",
            (wrong.actor, sorted(version.name for version in victims)) == ("nightly job", europe),
        )
        with context(actor="curator", reason=f"revert transaction {wrong.id}"):
            for version in victims:
                version.previous.revert()
            session.flush()
    with Session(engine) as session:
        right = present(session) == figures_of(rows)
        checks("after the reversal the world is the one of the file again", right)


def delete_and_restore(console: Console, engine: Engine, rows: Rows, checks: Checks) -> None:
    """Delete a country, and bring it back from its history."""
    with context(actor="visitor", reason="tidying up"), engine.begin() as connection:
        connection.execute(delete(Country).where(Country.name == "Iceland"))
    with Session(engine) as session, session.begin():
        gone = session.get(Country, "Iceland") is None
        (deletion,) = CountryVersion.all_versions(session, {"name": "Iceland"}, limit=1)
        say(
            console,
            "A deleted country",
            f"Iceland was deleted by transaction {deletion.transaction_id} "
            f"({deletion.transaction.actor}: {deletion.transaction.reason}), and is brought back.",
        )
        with context(actor="curator", reason="restore Iceland"):
            deletion.previous.revert()
            session.flush()
    with Session(engine) as session:
        checks(
            "a deleted country comes back as it was",
            gone and present(session)["Iceland"] == figures_of(rows)["Iceland"],
        )


def compare_with_file(
    console: Console, engine: Engine, years: dict[int, Rows], checks: Checks
) -> None:
    """Compare the whole history with the file."""
    lines = sum(len(rows) for rows in years.values())
    europe = sum(row["continent"] == "Europe" for row in years[LAST])
    # The wrong update and its reversal, the deletion and its reversal.
    expected = lines + 2 * europe + 2
    with Session(engine) as session:
        found = count(session, CountryVersion)
        same = all(
            figures(
                session.scalars(
                    select(CountryVersion).where(
                        valid_at(transaction_of(session, f"census of {year}"))
                    )
                )
            )
            == figures_of(rows)
            for year, rows in years.items()
        )
    say(
        console,
        "The number of versions",
        f"The file has {lines:,} lines.  The wrong update and its reversal made {2 * europe} "
        f"versions more, the deletion and the return of Iceland 2.  History holds {found:,}.",
    )
    checks(f"history holds {expected:,} versions", found == expected)
    checks("history gives back every line of the file", same)


def show_checks(console: Console, checks: Checks) -> None:
    """Show what was claimed, and whether it is true."""
    table = new_table("Checked", "", "claim")
    for claim, true in checks.results:
        table.add_row("[green]true[/]" if true else "[bold red]FALSE[/]", claim)
    console.print(table)


def main(url: str = "sqlite:///gapminder.db") -> int:
    """Run the whole story on one database; return the exit status."""
    console = Console()
    checks = Checks()
    years = read_file()
    engine = create_engine(url)
    prepare(engine)
    console.print(f"[bold]Gapminder[/] on {engine.url!r}\n", highlight=False)
    for year, rows in track(years.items(), f"Loading {FIRST} to {LAST}", console=console):
        load_year(engine, year, rows)
    with Session(engine) as session:
        checks("each year is one transaction", count(session, Transaction) == len(years))
        checks("the table holds the last year", present(session) == figures_of(years[LAST]))
        show_log(console, session)
        show_history(console, session, "Rwanda", checks)
        show_world(console, session, 1972, years[1972], checks)
        last = transaction_of(session, f"census of {LAST}").id
    load_again(console, engine, LAST, years[LAST], checks)
    spoil(engine)
    find_and_revert(console, engine, years[LAST], checks)
    delete_and_restore(console, engine, years[LAST], checks)
    with Session(engine) as session:
        show_log(console, session, after=last)
    compare_with_file(console, engine, years, checks)
    show_checks(console, checks)
    engine.dispose()
    return 0 if checks.passed else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
