"""Hand-written triggers for PostgreSQL: one function for each event, the fold in a third one."""

from __future__ import annotations

from sqlalchemy import Engine

# The number of the transaction is kept in a setting that ends with the transaction and follows its
# savepoints; the id of the transaction in front of it tells a stale one.
_TRANSACTION = """
  IF split_part(memo, ':', 1) = pg_current_xact_id()::text THEN
    tx := split_part(memo, ':', 2);
  ELSE
    INSERT INTO log (issued_at) VALUES (clock_timestamp() AT TIME ZONE 'UTC')
      RETURNING id INTO tx;
    PERFORM set_config('hand.tx', pg_current_xact_id()::text || ':' || tx, true);
  END IF;"""

_HEAD = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  memo text := current_setting('hand.tx', true);
  tx bigint;
  last_tx bigint;
  last_end bigint;
  last_op int;
BEGIN"""

_NEWEST = """
  SELECT transaction_id, end_transaction_id, operation_type INTO last_tx, last_end, last_op
    FROM item_history WHERE id = {row}.id ORDER BY transaction_id DESC LIMIT 1;"""

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
    return [
        """
CREATE FUNCTION item_renumber(old_tx bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  tx bigint;
BEGIN
  INSERT INTO log (issued_at) SELECT issued_at FROM log WHERE id = old_tx RETURNING id INTO tx;
  UPDATE item_history AS p SET end_transaction_id = tx
    FROM item_history AS h
   WHERE h.transaction_id = old_tx AND p.id = h.id AND p.end_transaction_id = old_tx;
  UPDATE item_history SET transaction_id = tx WHERE transaction_id = old_tx;
  DELETE FROM log WHERE id = old_tx;
  PERFORM set_config('hand.tx', pg_current_xact_id()::text || ':' || tx, true);
  RETURN tx;
END $$""",
        with_before.format(name="item_inserted")
        + _TRANSACTION
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
        + f"""
  UPDATE item_history SET end_transaction_id = tx
   WHERE ctid = (SELECT ctid FROM item_history WHERE id = NEW.id
                  ORDER BY transaction_id DESC LIMIT 1)
     AND id = NEW.id AND transaction_id < tx AND end_transaction_id IS NULL;
  IF FOUND THEN
    INSERT INTO item_history {version} VALUES (NEW.id, {new}, tx, NULL, 1);
    RETURN NULL;
  END IF;"""
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
        + f"""
  UPDATE item_history SET end_transaction_id = tx
   WHERE ctid = (SELECT ctid FROM item_history WHERE id = OLD.id
                  ORDER BY transaction_id DESC LIMIT 1)
     AND id = OLD.id AND transaction_id < tx AND end_transaction_id IS NULL;
  IF FOUND THEN
    INSERT INTO item_history {version} VALUES (OLD.id, {old}, tx, NULL, 2);
    RETURN NULL;
  END IF;"""
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
