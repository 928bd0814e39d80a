"""Hand-written triggers for PostgreSQL: one function for each event, the fold in a third one."""

from __future__ import annotations

from sqlalchemy import Engine

# The number of the transaction is kept in a setting that ends with the transaction and follows its
# savepoints.  Anybody can write settings: each statement that uses the number sees for itself
# whether the row in the log is one of this transaction, and does nothing when it is not.
_HEAD = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan TO off AS $$
DECLARE
  memo text := current_setting('hand.tx', true);
  tx bigint;
  last_tx bigint;
  last_end bigint;
  last_op int;
BEGIN"""

_TRANSACTION = """
  IF split_part(memo, ':', 1) = pg_current_xact_id()::text THEN
    tx := split_part(memo, ':', 2);
  ELSE
    tx := item_transaction();
  END IF;"""

_PROVEN = "EXISTS (SELECT FROM log WHERE id = tx AND xact = pg_current_xact_id())"

# In the order of the key, and not of the number alone: the index on that would be searched through
# for a row with few versions among many.  And no plan that suits a small history only.
_LAST = """item_history
                  WHERE id >= {row}.id AND id <= {row}.id
                  ORDER BY id DESC, transaction_id DESC LIMIT 1"""

_NEWEST = f"""
  SELECT transaction_id, end_transaction_id, operation_type INTO last_tx, last_end, last_op
    FROM {_LAST};"""

# Committed after this transaction took its number: take a higher one, versions and all.
_RENUMBER = """
  IF last_tx > tx OR last_end > tx THEN
    tx := item_renumber(tx);
  END IF;"""


def listen(engine: Engine) -> None:
    """Nothing has to be told to this database."""


def statements(names: list[str]) -> list[str]:
    """Return what creates the triggers."""
    columns = ", ".join(names)
    new = ", ".join(f"NEW.{name}" for name in names)
    old = ", ".join(f"OLD.{name}" for name in names)
    set_new = ", ".join(f"{name} = NEW.{name}" for name in names)
    set_old = ", ".join(f"{name} = OLD.{name}" for name in names)
    version = f"(id, {columns}, transaction_id, end_transaction_id, operation_type)"
    # What is mine already becomes what the row is now; when that is what it was before the
    # transaction, there was no change.
    fold = f"""
    SELECT transaction_id INTO before_tx FROM item_history
     WHERE id = NEW.id AND end_transaction_id = tx AND operation_type <> 2
       AND transaction_id = (SELECT max(transaction_id) FROM item_history
                              WHERE id = NEW.id AND transaction_id < tx);
    IF before_tx IS NULL THEN
      UPDATE item_history SET {set_new}, operation_type = 0
       WHERE id = NEW.id AND transaction_id = tx;
    ELSIF EXISTS (SELECT FROM item_history WHERE id = NEW.id AND transaction_id = before_tx
                     AND NOT ROW({columns})::record *<> ROW({new})::record) THEN
      DELETE FROM item_history WHERE id = NEW.id AND transaction_id = tx;
      UPDATE item_history SET end_transaction_id = NULL
       WHERE id = NEW.id AND transaction_id = before_tx;
    ELSE
      UPDATE item_history SET {set_new}, operation_type = 1
       WHERE id = NEW.id AND transaction_id = tx;
    END IF;"""
    close = """
    UPDATE item_history SET end_transaction_id = tx
     WHERE id = {row}.id AND transaction_id = last_tx AND end_transaction_id IS NULL;"""
    with_before = _HEAD.replace("last_op int;", "last_op int;\n  before_tx bigint;")
    replace = f"""
  UPDATE item_history SET end_transaction_id = tx
   WHERE {_PROVEN}
     AND ctid = (SELECT ctid FROM {_LAST})
     AND id = {{row}}.id AND transaction_id < tx AND end_transaction_id IS NULL;"""
    return [
        "ALTER TABLE log ADD COLUMN xact xid8 UNIQUE",
        """
CREATE FUNCTION item_transaction() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  tx bigint;
BEGIN
  SELECT id INTO tx FROM log WHERE xact = pg_current_xact_id();
  IF tx IS NULL THEN
    INSERT INTO log (issued_at, xact)
      VALUES (clock_timestamp() AT TIME ZONE 'UTC', pg_current_xact_id()) RETURNING id INTO tx;
  END IF;
  PERFORM set_config('hand.tx', pg_current_xact_id()::text || ':' || tx, true);
  RETURN tx;
END $$""",
        """
CREATE FUNCTION item_renumber(old_tx bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  tx bigint;
BEGIN
  UPDATE log SET id = DEFAULT WHERE id = old_tx RETURNING id INTO tx;
  UPDATE item_history AS p SET end_transaction_id = tx
    FROM item_history AS h
   WHERE h.transaction_id = old_tx AND p.id = h.id AND p.end_transaction_id = old_tx;
  UPDATE item_history SET transaction_id = tx WHERE transaction_id = old_tx;
  PERFORM set_config('hand.tx', pg_current_xact_id()::text || ':' || tx, true);
  RETURN tx;
END $$""",
        with_before.format(name="item_inserted")
        + _TRANSACTION
        + f"""
  INSERT INTO item_history {version} SELECT NEW.id, {new}, tx, NULL, 0
   WHERE {_PROVEN} AND NOT EXISTS (SELECT FROM item_history WHERE id = NEW.id);
  IF FOUND THEN
    RETURN NULL;
  END IF;
  tx := item_transaction();"""
        + _NEWEST.format(row="NEW")
        + f"""
  IF last_tx IS NULL THEN
    INSERT INTO item_history {version} VALUES (NEW.id, {new}, tx, NULL, 0);
    RETURN NULL;
  END IF;"""
        + _RENUMBER
        + f"""
  IF last_tx = tx THEN{fold}
  ELSE{close.format(row="NEW")}
    INSERT INTO item_history {version} VALUES (NEW.id, {new}, tx, NULL, 0);
  END IF;
  RETURN NULL;
END $$""",
        with_before.format(name="item_updated")
        + """
  IF OLD.id IS DISTINCT FROM NEW.id THEN
    RAISE EXCEPTION 'the key of an item does not change';
  END IF;"""
        + _TRANSACTION
        + replace.format(row="NEW")
        + f"""
  IF FOUND THEN
    INSERT INTO item_history {version} VALUES (NEW.id, {new}, tx, NULL, 1);
    RETURN NULL;
  END IF;
  tx := item_transaction();"""
        + _NEWEST.format(row="NEW")
        + _RENUMBER
        + f"""
  IF last_tx = tx THEN{fold}
  ELSE{close.format(row="NEW")}
    INSERT INTO item_history {version} VALUES (NEW.id, {new}, tx, NULL, 1);
  END IF;
  RETURN NULL;
END $$""",
        _HEAD.format(name="item_deleted")
        + _TRANSACTION
        + replace.format(row="OLD")
        + f"""
  IF FOUND THEN
    INSERT INTO item_history {version} VALUES (OLD.id, {old}, tx, NULL, 2);
    RETURN NULL;
  END IF;
  tx := item_transaction();"""
        + _NEWEST.format(row="OLD")
        + _RENUMBER
        + f"""
  IF last_tx = tx THEN
    IF EXISTS (SELECT FROM item_history WHERE id = OLD.id AND end_transaction_id = tx
                  AND operation_type <> 2) THEN
      UPDATE item_history SET {set_old}, operation_type = 2
       WHERE id = OLD.id AND transaction_id = tx;
    ELSE
      DELETE FROM item_history WHERE id = OLD.id AND transaction_id = tx;
      UPDATE item_history SET end_transaction_id = NULL
       WHERE id = OLD.id AND end_transaction_id = tx;
    END IF;
  ELSE{close.format(row="OLD")}
    INSERT INTO item_history {version} VALUES (OLD.id, {old}, tx, NULL, 2);
  END IF;
  RETURN NULL;
END $$""",
        "CREATE TRIGGER a_insert AFTER INSERT ON item FOR EACH ROW"
        " EXECUTE FUNCTION item_inserted()",
        "CREATE TRIGGER a_update AFTER UPDATE ON item FOR EACH ROW"
        " WHEN (OLD.* *<> NEW.*) EXECUTE FUNCTION item_updated()",
        "CREATE TRIGGER a_delete AFTER DELETE ON item FOR EACH ROW EXECUTE FUNCTION item_deleted()",
    ]
