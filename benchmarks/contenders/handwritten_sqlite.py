"""Hand-written triggers for SQLite: the usual case on the table, the fold on its history.

The number of the running transaction lies in a table of one row; the program empties it before it
commits, and a rollback does so by itself.  So that nothing is filed under the number of a
transaction that somebody else committed, the row refers to one that does not exist for as long as
it has a number: then COMMIT fails.  Who does not enforce foreign keys cannot write.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import event

_TX = "(SELECT tx FROM running)"


def listen(engine: Engine) -> None:
    """Let each commit of an engine say that its transaction is over."""

    def connect(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA foreign_keys = ON")
        # Only then does REPLACE tell triggers which rows it deletes.
        connection.execute("PRAGMA recursive_triggers = ON")

    def commit(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        # A transaction that only reads must not become one that writes.
        if driver is not None and driver.in_transaction:
            connection.exec_driver_sql(
                "UPDATE running SET tx = NULL, held = NULL WHERE tx IS NOT NULL"
            )

    def savepoint(connection: Connection, _name: str) -> None:
        # The driver would let a savepoint begin the transaction, and its release commit it.
        driver = connection.connection.driver_connection
        if driver is not None and not driver.in_transaction:
            connection.exec_driver_sql("BEGIN")

    event.listen(engine, "connect", connect)
    event.listen(engine, "commit", commit)
    event.listen(engine, "savepoint", savepoint)


def statements(names: list[str]) -> list[str]:
    """Return what creates the triggers."""
    columns = ", ".join(names)
    new = ", ".join(f"NEW.{name}" for name in names)
    old = ", ".join(f"OLD.{name}" for name in names)
    taken = ", ".join(f"{name} = excluded.{name}" for name in names)
    version = f"(id, {columns}, transaction_id, end_transaction_id, operation_type)"
    # The same bytes of the same type, whatever the collation says.
    differ = " OR ".join(
        f"OLD.{name} COLLATE BINARY IS NOT NEW.{name}"
        f" OR typeof(OLD.{name}) IS NOT typeof(NEW.{name})"
        for name in names
    )
    same_as_before = " AND ".join(
        f"p.{name} COLLATE BINARY IS NEW.{name} AND typeof(p.{name}) IS typeof(NEW.{name})"
        for name in names
    )
    refused = "RAISE(ABORT, 'who writes to items has to enforce foreign keys')"
    begin = f"""
  SELECT {refused} WHERE NOT (SELECT foreign_keys FROM pragma_foreign_keys);
  INSERT INTO log (issued_at) SELECT strftime('%Y-%m-%d %H:%M:%f000', 'now') WHERE {_TX} IS NULL;
  UPDATE running SET tx = last_insert_rowid(), held = 2 WHERE tx IS NULL;"""

    def begins(when: str, condition: str = "") -> str:
        return (
            f"CREATE TRIGGER begin_{when.lower()} BEFORE {when} ON item"
            f" WHEN {_TX} IS NULL{condition}\nBEGIN{begin}\nEND"
        )

    def close(row: str) -> str:
        return f"""
  UPDATE item_history SET end_transaction_id = {_TX}
   WHERE rowid = (SELECT rowid FROM item_history WHERE id = {row}.id
                   ORDER BY transaction_id DESC LIMIT 1)
     AND end_transaction_id IS NULL AND transaction_id < {_TX};"""

    def write(row: str, values: str, operation: int, mark: int) -> str:
        return f"""
  INSERT INTO item_history {version} VALUES ({row}.id, {values}, {_TX}, NULL, {operation})
    ON CONFLICT (id, transaction_id)
    DO UPDATE SET {taken}, operation_type = operation_type + {mark};"""

    mine = "id = NEW.id AND transaction_id = NEW.transaction_id"
    before = "p.id = NEW.id AND p.end_transaction_id = NEW.transaction_id AND p.operation_type <> 2"
    reopen = """
  UPDATE item_history SET end_transaction_id = NULL
   WHERE id = NEW.id AND end_transaction_id = NEW.transaction_id AND NOT EXISTS
     (SELECT 1 FROM item_history WHERE id = NEW.id AND transaction_id = NEW.transaction_id);"""
    return [
        "CREATE TABLE running (one INTEGER PRIMARY KEY, tx INTEGER,"
        " held INTEGER REFERENCES running (one) DEFERRABLE INITIALLY DEFERRED)",
        "INSERT INTO running VALUES (1, NULL, NULL)",
        begins("INSERT"),
        begins("UPDATE", f" AND ({differ})"),
        begins("DELETE"),
        f"CREATE TRIGGER inserted AFTER INSERT ON item\nBEGIN{close('NEW')}"
        f"{write('NEW', new, 0, 10)}\nEND",
        f"CREATE TRIGGER updated AFTER UPDATE ON item WHEN {differ}\nBEGIN{close('NEW')}"
        f"{write('NEW', new, 1, 10)}\nEND",
        f"CREATE TRIGGER deleted AFTER DELETE ON item\nBEGIN{close('OLD')}"
        f"{write('OLD', old, 2, 20)}\nEND",
        "CREATE TRIGGER key_changed BEFORE UPDATE OF id ON item WHEN OLD.id IS NOT NEW.id\n"
        "BEGIN SELECT RAISE(ABORT, 'the key of an item does not change'); END",
        # A version of the running transaction was written again: +10 by a row, +20 by its end.
        "CREATE TRIGGER written_again AFTER UPDATE OF operation_type ON item_history"
        " WHEN NEW.operation_type BETWEEN 10 AND 19\n"
        f"BEGIN\n  DELETE FROM item_history WHERE {mine} AND EXISTS"
        f" (SELECT 1 FROM item_history AS p WHERE {before} AND {same_as_before});{reopen}\n"
        "  UPDATE item_history SET operation_type ="
        f" EXISTS (SELECT 1 FROM item_history AS p WHERE {before}) WHERE {mine};\nEND",
        "CREATE TRIGGER deleted_again AFTER UPDATE OF operation_type ON item_history"
        " WHEN NEW.operation_type >= 20\n"
        f"BEGIN\n  DELETE FROM item_history WHERE {mine} AND NOT EXISTS"
        f" (SELECT 1 FROM item_history AS p WHERE {before});{reopen}\n"
        f"  UPDATE item_history SET operation_type = 2 WHERE {mine};\nEND",
    ]
