CREATE TABLE IF NOT EXISTS "main"."continuum_state" (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  unit TEXT,
  transaction_id INTEGER,
  current INTEGER,
  previous INTEGER,
  used INTEGER,
  asked,
  stamp REAL,
  others TEXT,
  context TEXT,
  paused TEXT,
  guard INTEGER REFERENCES "continuum_state" (id) DEFERRABLE INITIALLY DEFERRED
);

INSERT INTO "main"."continuum_state" (id) VALUES (1) ON CONFLICT (id) DO NOTHING;

DROP TRIGGER IF EXISTS "main"."continuum_begin";

CREATE TRIGGER "main"."continuum_begin" AFTER UPDATE OF asked ON "continuum_state"
/* continuum:20e9102c1b260942581c */
FOR EACH ROW
BEGIN
  UPDATE "continuum_state" SET unit = NULL, transaction_id = NULL, previous = NULL, context = NULL,
    paused = NULL, guard = NULL
   WHERE id = 1 AND (unit IS NULL OR NOT ("continuum_state".guard IS NOT NULL OR (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d)));
  INSERT INTO "transaction" ("issued_at")
  SELECT strftime('%Y-%m-%d %H:%M:%f000', 'now') FROM "continuum_state" AS s
   WHERE s.id = 1 AND s.transaction_id IS NULL AND NOT CASE WHEN s.paused IS NULL OR typeof(NEW.asked) <> 'text' THEN 0 ELSE s.paused = 'true' OR NEW.asked IN (SELECT j.value FROM json_each(s.paused) AS j) END;
  UPDATE "continuum_state" SET transaction_id = CASE WHEN changes() = 1 THEN last_insert_rowid()
      ELSE RAISE(ABORT, 'continuum: the row of the transaction could not be made') END
   WHERE id = 1 AND transaction_id IS NULL AND NOT (SELECT CASE WHEN s.paused IS NULL OR typeof(NEW.asked) <> 'text' THEN 0 ELSE s.paused = 'true' OR NEW.asked IN (SELECT j.value FROM json_each(s.paused) AS j) END FROM "continuum_state" AS s WHERE s.id = 1);
  UPDATE "continuum_state" SET current = CASE WHEN (SELECT CASE WHEN s.paused IS NULL OR typeof(NEW.asked) <> 'text' THEN 0 ELSE s.paused = 'true' OR NEW.asked IN (SELECT j.value FROM json_each(s.paused) AS j) END FROM "continuum_state" AS s WHERE s.id = 1) THEN -1
      ELSE transaction_id END,
    used = CASE WHEN (SELECT CASE WHEN s.paused IS NULL OR typeof(NEW.asked) <> 'text' THEN 0 ELSE s.paused = 'true' OR NEW.asked IN (SELECT j.value FROM json_each(s.paused) AS j) END FROM "continuum_state" AS s WHERE s.id = 1) OR typeof(NEW.asked) = 'integer' THEN used ELSE 1 END,
    stamp = CASE WHEN unit IS NULL THEN julianday('now') END
   WHERE id = 1;
END;

DROP TRIGGER IF EXISTS "main"."continuum_describe";

CREATE TRIGGER "main"."continuum_describe" AFTER UPDATE OF transaction_id, context ON "continuum_state"
/* continuum:20e9102c1b260942581c */
FOR EACH ROW
WHEN NEW.context IS NOT NULL AND NEW.transaction_id IS NOT NULL
BEGIN
  UPDATE "transaction" SET
    "user_id" = CASE WHEN json_type(NEW.context, '$."actor"') IS NULL THEN "user_id" ELSE json_extract(NEW.context, '$."actor"') END,
    "meta" = CASE WHEN json_type(NEW.context, '$."meta"') IS NULL THEN "meta" ELSE CASE json_type(NEW.context, '$."meta"') WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'null' THEN NULL ELSE json_quote(json_extract(NEW.context, '$."meta"')) END END
   WHERE "transaction"."id" = NEW.transaction_id;
END;

