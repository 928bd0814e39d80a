"""Hand-written triggers for MariaDB and MySQL.

The program says so and forgets the number of the transaction when it begins one; who does not
cannot write (the library's triggers tell transactions of plain clients apart, and ``-0.0`` from
``0.0``).  The first statement that changes anything takes one, and each later statement looks once
whether a savepoint has taken it back (NOW(6) stands still within a statement).  A row whose key the
database has just made has no history: looking for one would lock the gap beside it and deadlock
with other writers.
"""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import event

_RESOLVE = """
  IF NOT (@hand_now <=> NOW(6)) THEN
    CALL hand_resolve();
  END IF;
  SET tx = @hand_tx;"""

_NEWEST = """
    SET last_tx = NULL;
    SELECT transaction_id, end_transaction_id, operation_type INTO last_tx, last_end, last_op
      FROM item_history WHERE id = {row}.id ORDER BY transaction_id DESC LIMIT 1 FOR UPDATE;
    IF last_tx > tx OR last_end > tx THEN
      CALL hand_renumber();
      SET tx = @hand_tx;
    END IF;"""

_DECLARE = """
  DECLARE tx, last_tx, last_end, before_tx, same BIGINT;
  DECLARE last_op INT;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;"""


def listen(engine: Engine) -> None:
    """Let each transaction of an engine forget the number of the one before."""

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("SET @hand_tx = NULL, @hand_now = NULL, @hand_begun = 1")

    event.listen(engine, "begin", begin)


def statements(names: list[str]) -> list[str]:
    """Return what creates the triggers."""
    columns = ", ".join(names)
    new = ", ".join(f"NEW.{name}" for name in names)
    old = ", ".join(f"OLD.{name}" for name in names)
    set_new = ", ".join(f"{name} = NEW.{name}" for name in names)
    set_old = ", ".join(f"{name} = OLD.{name}" for name in names)
    version = f"(id, {columns}, transaction_id, end_transaction_id, operation_type)"

    def same(one: str, name: str) -> str:
        # Strings to the byte, whatever the collation says.
        if name.startswith(("name", "note")):
            return f"CAST({one}{name} AS BINARY) <=> CAST(NEW.{name} AS BINARY)"
        return f"{one}{name} <=> NEW.{name}"

    unchanged = " AND ".join(same("OLD.", name) for name in names)
    as_before = " AND ".join(same("", name) for name in names)
    fold = f"""
      SET before_tx = NULL;
      SELECT MAX(transaction_id) INTO before_tx FROM item_history
       WHERE id = NEW.id AND transaction_id < tx AND end_transaction_id = tx
         AND operation_type <> 2;
      SELECT COUNT(*) INTO same FROM item_history
       WHERE id = NEW.id AND transaction_id = before_tx AND {as_before};
      IF before_tx IS NULL THEN
        UPDATE item_history SET {set_new}, operation_type = 0
         WHERE id = NEW.id AND transaction_id = tx;
      ELSEIF same = 1 THEN
        DELETE FROM item_history WHERE id = NEW.id AND transaction_id = tx;
        UPDATE item_history SET end_transaction_id = NULL
         WHERE id = NEW.id AND transaction_id = before_tx;
      ELSE
        UPDATE item_history SET {set_new}, operation_type = 1
         WHERE id = NEW.id AND transaction_id = tx;
      END IF;"""

    def close_newest(row: str) -> str:
        return f"""
    SELECT MAX(transaction_id) INTO last_tx FROM item_history WHERE id = {row}.id;
    UPDATE item_history SET end_transaction_id = tx
     WHERE id = {row}.id AND transaction_id = last_tx AND last_tx < tx
       AND end_transaction_id IS NULL;"""

    def close(row: str) -> str:
        return f"""
      UPDATE item_history SET end_transaction_id = tx
       WHERE id = {row}.id AND transaction_id = last_tx AND end_transaction_id IS NULL;"""

    return [
        """
CREATE PROCEDURE hand_resolve()
BEGIN
  IF @hand_begun IS NULL THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'who writes to items has to say when it begins';
  END IF;
  SELECT MAX(id) INTO @hand_tx FROM log WHERE id = @hand_tx;
  IF @hand_tx IS NULL THEN
    INSERT INTO log (issued_at) VALUES (UTC_TIMESTAMP(6));
    SET @hand_tx = LAST_INSERT_ID();
  END IF;
  SET @hand_now = NOW(6);
END""",
        """
CREATE PROCEDURE hand_renumber()
BEGIN
  DECLARE old_tx BIGINT DEFAULT @hand_tx;
  INSERT INTO log (issued_at) SELECT issued_at FROM log WHERE id = old_tx;
  SET @hand_tx = LAST_INSERT_ID();
  UPDATE item_history AS h JOIN item_history AS p ON p.id = h.id
     SET p.end_transaction_id = @hand_tx
   WHERE h.transaction_id = old_tx AND p.end_transaction_id = old_tx;
  UPDATE item_history SET transaction_id = @hand_tx WHERE transaction_id = old_tx;
  DELETE FROM log WHERE id = old_tx;
END""",
        "CREATE TRIGGER item_before BEFORE INSERT ON item FOR EACH ROW"
        " SET @hand_made = NEW.id IS NULL OR NEW.id = 0",
        f"CREATE TRIGGER item_inserted AFTER INSERT ON item FOR EACH ROW\nBEGIN{_DECLARE}{_RESOLVE}"
        f"""
  IF @hand_made THEN
    INSERT INTO item_history {version} VALUES (NEW.id, {new}, tx, NULL, 0);
  ELSE{_NEWEST.format(row="NEW")}
    IF last_tx = tx THEN{fold}
    ELSE{close("NEW")}
      INSERT INTO item_history {version} VALUES (NEW.id, {new}, tx, NULL, 0);
    END IF;
  END IF;
END""",
        f"CREATE TRIGGER item_updated AFTER UPDATE ON item FOR EACH ROW\nBEGIN{_DECLARE}"
        f"""
  IF NEW.id <> OLD.id THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the key of an item does not change';
  END IF;
  IF NOT ({unchanged}) THEN{_RESOLVE}{close_newest("NEW")}
    IF ROW_COUNT() = 1 THEN
      INSERT INTO item_history {version} VALUES (NEW.id, {new}, tx, NULL, 1);
    ELSE{_NEWEST.format(row="NEW")}
      IF last_tx = tx THEN{fold}
      ELSE{close("NEW")}
        INSERT INTO item_history {version} VALUES (NEW.id, {new}, tx, NULL, 1);
      END IF;
    END IF;
  END IF;
END""",
        f"CREATE TRIGGER item_deleted AFTER DELETE ON item FOR EACH ROW\nBEGIN{_DECLARE}{_RESOLVE}"
        f"""{close_newest("OLD")}
  IF ROW_COUNT() = 1 THEN
    INSERT INTO item_history {version} VALUES (OLD.id, {old}, tx, NULL, 2);
  ELSE{_NEWEST.format(row="OLD")}
    IF last_tx = tx THEN
      SET before_tx = NULL;
      SELECT MAX(transaction_id) INTO before_tx FROM item_history
       WHERE id = OLD.id AND end_transaction_id = tx AND operation_type <> 2;
      IF before_tx IS NOT NULL THEN
        UPDATE item_history SET {set_old}, operation_type = 2
         WHERE id = OLD.id AND transaction_id = tx;
      ELSE
        DELETE FROM item_history WHERE id = OLD.id AND transaction_id = tx;
        UPDATE item_history SET end_transaction_id = NULL
         WHERE id = OLD.id AND end_transaction_id = tx;
      END IF;
    ELSE{close("OLD")}
      INSERT INTO item_history {version} VALUES (OLD.id, {old}, tx, NULL, 2);
    END IF;
  END IF;
END""",
    ]
