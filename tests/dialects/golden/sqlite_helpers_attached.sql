CREATE TABLE IF NOT EXISTS "main"."o'log_state" (
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
  guard INTEGER REFERENCES "o'log_state" (id) DEFERRABLE INITIALLY DEFERRED
);

INSERT INTO "main"."o'log_state" (id) VALUES (1) ON CONFLICT (id) DO NOTHING;

DROP TRIGGER IF EXISTS "main"."o'log_begin";

CREATE TRIGGER "main"."o'log_begin" AFTER UPDATE OF asked ON "o'log_state"
/* continuum:2e88eabfaa57e253d9a9 */
FOR EACH ROW
BEGIN
  UPDATE "o'log_state" SET unit = NULL, transaction_id = NULL, previous = NULL, context = NULL,
    paused = NULL, guard = NULL
   WHERE id = 1 AND (unit IS NULL OR NOT ("o'log_state".guard IS NOT NULL OR (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d)));
  INSERT INTO "transaction" ("issued_at")
  SELECT strftime('%Y-%m-%d %H:%M:%f000', 'now') FROM "o'log_state" AS s
   WHERE s.id = 1 AND s.transaction_id IS NULL AND NOT CASE WHEN s.paused IS NULL OR typeof(NEW.asked) <> 'text' THEN 0 ELSE s.paused = 'true' OR NEW.asked IN (SELECT j.value FROM json_each(s.paused) AS j) END;
  UPDATE "o'log_state" SET transaction_id = CASE WHEN changes() = 1 THEN last_insert_rowid()
      ELSE RAISE(ABORT, 'continuum: the row of the transaction could not be made') END
   WHERE id = 1 AND transaction_id IS NULL AND NOT (SELECT CASE WHEN s.paused IS NULL OR typeof(NEW.asked) <> 'text' THEN 0 ELSE s.paused = 'true' OR NEW.asked IN (SELECT j.value FROM json_each(s.paused) AS j) END FROM "o'log_state" AS s WHERE s.id = 1);
  UPDATE "o'log_state" SET current = CASE WHEN (SELECT CASE WHEN s.paused IS NULL OR typeof(NEW.asked) <> 'text' THEN 0 ELSE s.paused = 'true' OR NEW.asked IN (SELECT j.value FROM json_each(s.paused) AS j) END FROM "o'log_state" AS s WHERE s.id = 1) THEN -1
      ELSE transaction_id END,
    used = CASE WHEN (SELECT CASE WHEN s.paused IS NULL OR typeof(NEW.asked) <> 'text' THEN 0 ELSE s.paused = 'true' OR NEW.asked IN (SELECT j.value FROM json_each(s.paused) AS j) END FROM "o'log_state" AS s WHERE s.id = 1) OR typeof(NEW.asked) = 'integer' THEN used ELSE 1 END,
    stamp = CASE WHEN unit IS NULL THEN julianday('now') END
   WHERE id = 1;
END;

DROP TRIGGER IF EXISTS "main"."o'log_describe";

CREATE TRIGGER "main"."o'log_describe" AFTER UPDATE OF transaction_id, context ON "o'log_state"
/* continuum:2e88eabfaa57e253d9a9 */
FOR EACH ROW
WHEN NEW.context IS NOT NULL AND NEW.transaction_id IS NOT NULL
BEGIN
  UPDATE "transaction" SET
    "user_id" = CASE WHEN json_type(NEW.context, '$."actor"') IS NULL THEN "user_id" ELSE json_extract(NEW.context, '$."actor"') END,
    "meta" = CASE WHEN json_type(NEW.context, '$."meta"') IS NULL THEN "meta" ELSE CASE json_type(NEW.context, '$."meta"') WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'null' THEN NULL ELSE json_quote(json_extract(NEW.context, '$."meta"')) END END
   WHERE "transaction"."id" = NEW.transaction_id;
END;

UPDATE "main"."o'log_state" SET others = (SELECT json_group_array(u.value) FROM (SELECT a.value FROM json_each(coalesce(others, '[]')) AS a UNION SELECT b.value FROM json_each('["live"]') AS b) AS u) WHERE id = 1;

CREATE TABLE IF NOT EXISTS "live"."o'log_state" (
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
  guard INTEGER REFERENCES "o'log_state" (id) DEFERRABLE INITIALLY DEFERRED
);

INSERT INTO "live"."o'log_state" (id) VALUES (1) ON CONFLICT (id) DO NOTHING;

DROP TRIGGER IF EXISTS "live"."o'log_begin";

CREATE TRIGGER "live"."o'log_begin" AFTER UPDATE OF asked ON "o'log_state"
/* continuum:07dc157bc78c8dfba80c */
FOR EACH ROW
BEGIN
  SELECT RAISE(ABORT, 'continuum: the transaction table is in another database file than live; its recorded tables can be written to through SQLAlchemy only')
    FROM "o'log_state" AS s
   WHERE s.unit IS NULL OR s.transaction_id IS NULL OR NOT (s.guard IS NOT NULL OR (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d));
  UPDATE "o'log_state" SET current = CASE WHEN (SELECT CASE WHEN s.paused IS NULL OR typeof(NEW.asked) <> 'text' THEN 0 ELSE s.paused = 'true' OR NEW.asked IN (SELECT j.value FROM json_each(s.paused) AS j) END FROM "o'log_state" AS s WHERE s.id = 1) THEN -1
      ELSE transaction_id END,
    used = CASE WHEN (SELECT CASE WHEN s.paused IS NULL OR typeof(NEW.asked) <> 'text' THEN 0 ELSE s.paused = 'true' OR NEW.asked IN (SELECT j.value FROM json_each(s.paused) AS j) END FROM "o'log_state" AS s WHERE s.id = 1) THEN used ELSE 1 END
   WHERE id = 1;
END;

DROP TRIGGER IF EXISTS "live"."o'log_describe";

