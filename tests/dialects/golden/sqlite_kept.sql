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
/* continuum:738951655c1fc920ca0f */
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
/* continuum:738951655c1fc920ca0f */
FOR EACH ROW
WHEN NEW.context IS NOT NULL AND NEW.transaction_id IS NOT NULL
BEGIN
  UPDATE "transaction" SET
    "user_id" = CASE WHEN json_type(NEW.context, '$."actor"') IS NULL THEN "user_id" ELSE json_extract(NEW.context, '$."actor"') END,
    "meta" = CASE WHEN json_type(NEW.context, '$."meta"') IS NULL THEN "meta" ELSE CASE json_type(NEW.context, '$."meta"') WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'null' THEN NULL ELSE json_quote(json_extract(NEW.context, '$."meta"')) END END
   WHERE "transaction"."id" = NEW.transaction_id;
END;

CREATE TABLE IF NOT EXISTS "main"."continuum_unlocked" (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  transaction_id INTEGER,
  depth INTEGER,
  tick REAL
);

INSERT INTO "main"."continuum_unlocked" (id) VALUES (1) ON CONFLICT (id) DO NOTHING;

DROP TRIGGER IF EXISTS "main"."continuum_keep_insert";

CREATE TRIGGER "main"."continuum_keep_insert" BEFORE INSERT ON "transaction"
/* continuum:187e81baa0571143c261 */
FOR EACH ROW
WHEN CASE WHEN NOT EXISTS (SELECT 1 FROM "transaction" AS l WHERE l."id" = NEW."id") THEN 0 WHEN (SELECT u.transaction_id FROM "continuum_unlocked" AS u) = (SELECT CASE WHEN CASE WHEN s.unit IS NULL THEN s.stamp IS julianday('now') ELSE s.used = 1 AND (s.guard IS NOT NULL OR (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d)) END THEN s.transaction_id END FROM "continuum_state" AS s WHERE s.id = 1) THEN 0 ELSE 1 END
BEGIN
  SELECT RAISE(ABORT, 'continuum: append-only: INSERT of transaction was refused: its rows are history');
END;

DROP TRIGGER IF EXISTS "main"."continuum_keep_update";

CREATE TRIGGER "main"."continuum_keep_update" BEFORE UPDATE ON "transaction"
/* continuum:187e81baa0571143c261 */
FOR EACH ROW
WHEN CASE WHEN OLD."id" = (SELECT CASE WHEN CASE WHEN s.unit IS NULL THEN s.stamp IS julianday('now') ELSE (s.guard IS NOT NULL OR (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d)) END THEN s.transaction_id END FROM "continuum_state" AS s WHERE s.id = 1) AND OLD."id" COLLATE BINARY IS NEW."id" AND OLD."issued_at" COLLATE BINARY IS NEW."issued_at" THEN 0 WHEN (SELECT u.transaction_id FROM "continuum_unlocked" AS u) = (SELECT CASE WHEN CASE WHEN s.unit IS NULL THEN s.stamp IS julianday('now') ELSE s.used = 1 AND (s.guard IS NOT NULL OR (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d)) END THEN s.transaction_id END FROM "continuum_state" AS s WHERE s.id = 1) THEN 0 ELSE 1 END
BEGIN
  SELECT RAISE(ABORT, 'continuum: append-only: UPDATE of transaction was refused: its rows are history');
END;

DROP TRIGGER IF EXISTS "main"."continuum_keep_delete";

CREATE TRIGGER "main"."continuum_keep_delete" BEFORE DELETE ON "transaction"
/* continuum:187e81baa0571143c261 */
FOR EACH ROW
WHEN CASE WHEN OLD."id" = (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1) AND (SELECT s.used IS NOT 1 FROM "continuum_state" AS s WHERE s.id = 1) THEN 0 WHEN (SELECT u.transaction_id FROM "continuum_unlocked" AS u) = (SELECT CASE WHEN CASE WHEN s.unit IS NULL THEN s.stamp IS julianday('now') ELSE s.used = 1 AND (s.guard IS NOT NULL OR (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d)) END THEN s.transaction_id END FROM "continuum_state" AS s WHERE s.id = 1) THEN 0 ELSE 1 END
BEGIN
  SELECT RAISE(ABORT, 'continuum: append-only: DELETE of transaction was refused: its rows are history');
END;

DROP TRIGGER IF EXISTS "main"."continuum_insert_article";

CREATE TRIGGER "main"."continuum_insert_article" AFTER INSERT ON "article"
/* continuum:3ce211b6a98c81a4ce40 */
FOR EACH ROW
BEGIN
  UPDATE "continuum_unlocked" SET depth = CASE WHEN tick IS julianday('now') THEN depth + 1 ELSE 1 END, tick = julianday('now');
  UPDATE "continuum_state" SET asked = 'article'
   WHERE id = 1 AND CASE WHEN "continuum_state".unit IS NULL THEN "continuum_state".stamp IS NOT julianday('now') WHEN "continuum_state".used IS NOT 1 OR "continuum_state".paused IS NOT NULL THEN 1 WHEN "continuum_state".guard IS NOT NULL THEN 0 ELSE NOT (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d) END;
  UPDATE "article_version" SET "end_transaction_id" = (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1)
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id")
     AND "article_version"."end_transaction_id" IS NULL AND "article_version"."transaction_id" < (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1) AND "article_version"."operation_type" = 2;
  INSERT INTO "article_version" ("id", "name", "transaction_id", "end_transaction_id", "operation_type")
  VALUES (NEW."id", NEW."name", (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1), NULL, CASE WHEN changes() = 1 THEN 0 WHEN (SELECT s.current > 0 AND NOT EXISTS (SELECT 1 FROM "article_version" AS o WHERE o."id" = NEW."id" AND o."transaction_id" <> s.current) FROM "continuum_state" AS s WHERE s.id = 1) THEN 0 ELSE 4 END)
  ON CONFLICT ("id", "transaction_id") DO UPDATE SET ("name") = (SELECT l."name" FROM "article" AS l WHERE l."id" = NEW."id"), "operation_type" = 4
   WHERE EXISTS (SELECT 1 FROM "article" AS c WHERE c."id" = NEW."id");
  UPDATE "continuum_unlocked" SET depth = depth - 1;
END;

DROP TRIGGER IF EXISTS "main"."continuum_update_article";

CREATE TRIGGER "main"."continuum_update_article" AFTER UPDATE ON "article"
/* continuum:3ce211b6a98c81a4ce40 */
FOR EACH ROW
WHEN NOT (OLD."id" IS NOT NEW."id") AND (OLD."name" COLLATE BINARY IS NOT NEW."name" OR typeof(OLD."name") IS NOT typeof(NEW."name"))
BEGIN
  UPDATE "continuum_unlocked" SET depth = CASE WHEN tick IS julianday('now') THEN depth + 1 ELSE 1 END, tick = julianday('now');
  UPDATE "continuum_state" SET asked = 'article'
   WHERE id = 1 AND CASE WHEN "continuum_state".unit IS NULL THEN "continuum_state".stamp IS NOT julianday('now') WHEN "continuum_state".used IS NOT 1 OR "continuum_state".paused IS NOT NULL THEN 1 WHEN "continuum_state".guard IS NOT NULL THEN 0 ELSE NOT (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d) END;
  UPDATE "article_version" SET "end_transaction_id" = (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1)
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id")
     AND "article_version"."end_transaction_id" IS NULL AND "article_version"."transaction_id" < (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1);
  INSERT INTO "article_version" ("id", "name", "transaction_id", "end_transaction_id", "operation_type")
  VALUES (NEW."id", NEW."name", (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1), NULL, CASE WHEN changes() = 1 THEN 1 ELSE 8 END)
  ON CONFLICT ("id", "transaction_id") DO UPDATE SET ("name") = (SELECT l."name" FROM "article" AS l WHERE l."id" = NEW."id"), "operation_type" = 5
   WHERE EXISTS (SELECT 1 FROM "article" AS c WHERE c."id" = NEW."id");
  UPDATE "article_version" SET "name" = OLD."name", "operation_type" = "operation_type"
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1)
     AND "article_version"."operation_type" = 8;
  UPDATE "continuum_unlocked" SET depth = depth - 1;
END;

DROP TRIGGER IF EXISTS "main"."continuum_rekey_article";

CREATE TRIGGER "main"."continuum_rekey_article" AFTER UPDATE OF "id", "rowid", "oid", "_rowid_" ON "article"
/* continuum:3ce211b6a98c81a4ce40 */
FOR EACH ROW
WHEN (OLD."id" IS NOT NEW."id")
BEGIN
  UPDATE "continuum_unlocked" SET depth = CASE WHEN tick IS julianday('now') THEN depth + 1 ELSE 1 END, tick = julianday('now');
  UPDATE "continuum_state" SET asked = 'article'
   WHERE id = 1 AND CASE WHEN "continuum_state".unit IS NULL THEN "continuum_state".stamp IS NOT julianday('now') WHEN "continuum_state".used IS NOT 1 OR "continuum_state".paused IS NOT NULL THEN 1 WHEN "continuum_state".guard IS NOT NULL THEN 0 ELSE NOT (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d) END;
  INSERT INTO "article_version" ("id", "name", "transaction_id", "end_transaction_id", "operation_type")
  SELECT OLD."id", OLD."name", (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1), NULL, 9 WHERE NOT EXISTS (SELECT 1 FROM "article" AS c WHERE c."id" = OLD."id")
  ON CONFLICT ("id", "transaction_id") DO UPDATE SET "name" = OLD."name", "operation_type" = 6;
  UPDATE "article_version" SET "end_transaction_id" = (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1)
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id")
     AND "article_version"."end_transaction_id" IS NULL AND "article_version"."transaction_id" < (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1) AND "article_version"."operation_type" = 2;
  INSERT INTO "article_version" ("id", "name", "transaction_id", "end_transaction_id", "operation_type")
  VALUES (NEW."id", NEW."name", (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1), NULL, CASE WHEN changes() = 1 THEN 0 WHEN (SELECT s.current > 0 AND NOT EXISTS (SELECT 1 FROM "article_version" AS o WHERE o."id" = NEW."id" AND o."transaction_id" <> s.current) FROM "continuum_state" AS s WHERE s.id = 1) THEN 0 ELSE 4 END)
  ON CONFLICT ("id", "transaction_id") DO UPDATE SET ("name") = (SELECT l."name" FROM "article" AS l WHERE l."id" = NEW."id"), "operation_type" = 4
   WHERE EXISTS (SELECT 1 FROM "article" AS c WHERE c."id" = NEW."id");
  UPDATE "continuum_unlocked" SET depth = depth - 1;
END;

DROP TRIGGER IF EXISTS "main"."continuum_delete_article";

CREATE TRIGGER "main"."continuum_delete_article" AFTER DELETE ON "article"
/* continuum:3ce211b6a98c81a4ce40 */
FOR EACH ROW
WHEN NOT EXISTS (SELECT 1 FROM "article" AS c WHERE c."id" = OLD."id")
BEGIN
  UPDATE "continuum_unlocked" SET depth = CASE WHEN tick IS julianday('now') THEN depth + 1 ELSE 1 END, tick = julianday('now');
  UPDATE "continuum_state" SET asked = 'article'
   WHERE id = 1 AND CASE WHEN "continuum_state".unit IS NULL THEN "continuum_state".stamp IS NOT julianday('now') WHEN "continuum_state".used IS NOT 1 OR "continuum_state".paused IS NOT NULL THEN 1 WHEN "continuum_state".guard IS NOT NULL THEN 0 ELSE NOT (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d) END;
  UPDATE "article_version" SET "end_transaction_id" = (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1)
   WHERE "article_version"."id" = OLD."id" AND "article_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = OLD."id")
     AND "article_version"."end_transaction_id" IS NULL AND "article_version"."transaction_id" < (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1) AND "article_version"."operation_type" <> 2;
  INSERT INTO "article_version" ("id", "name", "transaction_id", "end_transaction_id", "operation_type")
  VALUES (OLD."id", OLD."name", (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1), NULL, CASE WHEN changes() = 1 THEN 2 ELSE 9 END)
  ON CONFLICT ("id", "transaction_id") DO UPDATE SET "name" = OLD."name", "operation_type" = 6;
  UPDATE "continuum_unlocked" SET depth = depth - 1;
END;

DROP TRIGGER IF EXISTS "main"."continuum_hand_over_article";

CREATE TRIGGER "main"."continuum_hand_over_article" AFTER INSERT ON "article_version"
/* continuum:3ce211b6a98c81a4ce40 */
FOR EACH ROW
WHEN NEW."operation_type" IN (4, 9)
BEGIN
  UPDATE "article_version" SET "operation_type" = "operation_type" WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = NEW."transaction_id";
END;

DROP TRIGGER IF EXISTS "main"."continuum_finish_set_article";

CREATE TRIGGER "main"."continuum_finish_set_article" AFTER UPDATE OF "operation_type" ON "article_version"
/* continuum:3ce211b6a98c81a4ce40 */
FOR EACH ROW
WHEN NEW."operation_type" IN (4, 5) AND NEW."transaction_id" <> -1
BEGIN
  SELECT RAISE(ABORT, 'continuum: the history of article has transaction ids above that of the running transaction') WHERE EXISTS (SELECT 1 FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" > NEW."transaction_id")
      OR EXISTS (SELECT 1 FROM "article_version" AS p WHERE p."id" = NEW."id"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" > NEW."transaction_id");
  DELETE FROM "article_version"
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = 0 AND "article_version"."end_transaction_id" = NEW."transaction_id"
     AND NEW."operation_type" = 4 AND OLD."operation_type" = 1
     AND (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" < NEW."transaction_id") = 0;
  UPDATE "article_version" SET "end_transaction_id" = NEW."transaction_id"
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" < NEW."transaction_id") AND "article_version"."end_transaction_id" IS NULL;
  DELETE FROM "article_version"
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = NEW."transaction_id"
     AND EXISTS (SELECT 1 FROM "article_version" AS p WHERE p."id" = NEW."id"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id" AND p."operation_type" <> 2
     AND NOT (p."name" COLLATE BINARY IS NOT NEW."name" OR typeof(p."name") IS NOT typeof(NEW."name")));
  UPDATE "article_version" SET "end_transaction_id" = NULL
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" <= NEW."transaction_id")
     AND "article_version"."transaction_id" < NEW."transaction_id" AND "article_version"."end_transaction_id" = NEW."transaction_id";
  UPDATE "article_version" SET "operation_type" = EXISTS (SELECT 1 FROM "article_version" AS p WHERE p."id" = NEW."id"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id" AND p."operation_type" <> 2)
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = NEW."transaction_id";
END;

DROP TRIGGER IF EXISTS "main"."continuum_finish_gone_article";

CREATE TRIGGER "main"."continuum_finish_gone_article" AFTER UPDATE OF "operation_type" ON "article_version"
/* continuum:3ce211b6a98c81a4ce40 */
FOR EACH ROW
WHEN NEW."operation_type" = 6 AND NEW."transaction_id" <> -1
BEGIN
  SELECT RAISE(ABORT, 'continuum: the history of article has transaction ids above that of the running transaction') WHERE EXISTS (SELECT 1 FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" > NEW."transaction_id")
      OR EXISTS (SELECT 1 FROM "article_version" AS p WHERE p."id" = NEW."id"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" > NEW."transaction_id");
  DELETE FROM "article_version"
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = NEW."transaction_id" AND NOT EXISTS (SELECT 1 FROM "article_version" AS p WHERE p."id" = NEW."id"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id" AND p."operation_type" <> 2);
  UPDATE "article_version" SET "end_transaction_id" = NULL
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" <= NEW."transaction_id")
     AND "article_version"."transaction_id" < NEW."transaction_id" AND "article_version"."end_transaction_id" = NEW."transaction_id";
  UPDATE "article_version" SET "operation_type" = 2
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = NEW."transaction_id";
END;

DROP TRIGGER IF EXISTS "main"."continuum_finish_unknown_article";

CREATE TRIGGER "main"."continuum_finish_unknown_article" AFTER UPDATE OF "operation_type" ON "article_version"
/* continuum:3ce211b6a98c81a4ce40 */
FOR EACH ROW
WHEN NEW."operation_type" IN (8, 9) AND NEW."transaction_id" <> -1
BEGIN
  SELECT RAISE(ABORT, 'continuum: the history of article has transaction ids above that of the running transaction') WHERE EXISTS (SELECT 1 FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" > NEW."transaction_id")
      OR EXISTS (SELECT 1 FROM "article_version" AS p WHERE p."id" = NEW."id"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" > NEW."transaction_id");
  UPDATE "article_version" SET "end_transaction_id" = NEW."transaction_id"
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" < NEW."transaction_id") AND "article_version"."end_transaction_id" IS NULL;
  INSERT INTO "article_version" ("id", "name", "transaction_id", "end_transaction_id", "operation_type")
  SELECT NEW."id", NEW."name", coalesce((SELECT p."end_transaction_id" FROM "article_version" AS p WHERE p."id" = NEW."id" AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" < NEW."transaction_id")), 0), NEW."transaction_id", 0
   WHERE NOT EXISTS (SELECT 1 FROM "article_version" AS p WHERE p."id" = NEW."id"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id");
  UPDATE "article_version" SET "name" = OLD."name", "operation_type" = NEW."operation_type" - 3
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = NEW."transaction_id";
END;

DROP TRIGGER IF EXISTS "main"."continuum_finish_paused_article";

CREATE TRIGGER "main"."continuum_finish_paused_article" AFTER UPDATE OF "operation_type" ON "article_version"
/* continuum:3ce211b6a98c81a4ce40 */
FOR EACH ROW
WHEN NEW."operation_type" > 2 AND NEW."transaction_id" = -1
BEGIN
  DELETE FROM "article_version"
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = NEW."transaction_id";
  UPDATE "continuum_state" SET asked = NULL
   WHERE id = 1 AND "continuum_state".used IS NOT 1
     AND EXISTS (SELECT 1 FROM "article_version" AS v WHERE v."id" = NEW."id"
       AND v."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id") AND v."end_transaction_id" IS NULL AND v."transaction_id" IS NOT (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1) AND (NEW."operation_type" <> 4 OR (v."operation_type" <> 2 AND (v."name" COLLATE BINARY IS NOT OLD."name" OR typeof(v."name") IS NOT typeof(OLD."name")))));
  SELECT RAISE(ABORT, 'continuum: the history of article has transaction ids above that of the running transaction') WHERE (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id") > (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1);
  UPDATE "article_version" SET "end_transaction_id" = (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1)
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."id")
     AND "article_version"."end_transaction_id" IS NULL AND "article_version"."transaction_id" IS NOT (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1) AND (NEW."operation_type" <> 4 OR ("article_version"."operation_type" <> 2 AND ("article_version"."name" COLLATE BINARY IS NOT OLD."name" OR typeof("article_version"."name") IS NOT typeof(OLD."name"))));
  UPDATE "article_version" SET "name" = OLD."name", "operation_type" =
    CASE NEW."operation_type" WHEN 9 THEN 6 ELSE 5 END
   WHERE "article_version"."id" = NEW."id" AND "article_version"."transaction_id" = (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1);
END;

DROP TRIGGER IF EXISTS "main"."continuum_new_article";

DROP TRIGGER IF EXISTS "main"."continuum_follow_article";

DROP TRIGGER IF EXISTS "main"."continuum_miss_insert_article";

DROP TRIGGER IF EXISTS "main"."continuum_miss_update_article";

DROP TRIGGER IF EXISTS "main"."continuum_miss_rekey_article";

DROP TRIGGER IF EXISTS "main"."continuum_miss_delete_article";

DROP TRIGGER IF EXISTS "main"."continuum_finish_touched_article";

DROP TRIGGER IF EXISTS "main"."continuum_taken_back_article";

DROP TRIGGER IF EXISTS "main"."continuum_note_born_article";

DROP TRIGGER IF EXISTS "main"."continuum_note_written_article";

DROP TRIGGER IF EXISTS "main"."continuum_end_born_article";

DROP TRIGGER IF EXISTS "main"."continuum_end_moved_article";

DROP TRIGGER IF EXISTS "main"."continuum_guard_insert_article";

CREATE TRIGGER "main"."continuum_guard_insert_article" BEFORE INSERT ON "article_version"
/* continuum:3ce211b6a98c81a4ce40 */
FOR EACH ROW
WHEN CASE WHEN (SELECT u.depth > 0 AND u.tick IS julianday('now') FROM "continuum_unlocked" AS u) OR NOT EXISTS (SELECT 1 FROM "article_version" AS v WHERE v."id" = NEW."id" AND v."transaction_id" = NEW."transaction_id") THEN 0 WHEN (SELECT u.transaction_id FROM "continuum_unlocked" AS u) = (SELECT CASE WHEN CASE WHEN s.unit IS NULL THEN s.stamp IS julianday('now') ELSE s.used = 1 AND (s.guard IS NOT NULL OR (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d)) END THEN s.transaction_id END FROM "continuum_state" AS s WHERE s.id = 1) THEN 0 ELSE 1 END
BEGIN
  SELECT RAISE(ABORT, 'continuum: append-only: INSERT of article_version was refused: its rows are history');
END;

DROP TRIGGER IF EXISTS "main"."continuum_guard_update_article";

CREATE TRIGGER "main"."continuum_guard_update_article" BEFORE UPDATE ON "article_version"
/* continuum:3ce211b6a98c81a4ce40 */
FOR EACH ROW
WHEN CASE WHEN (SELECT u.depth > 0 AND u.tick IS julianday('now') FROM "continuum_unlocked" AS u) THEN 0 WHEN (SELECT u.transaction_id FROM "continuum_unlocked" AS u) = (SELECT CASE WHEN CASE WHEN s.unit IS NULL THEN s.stamp IS julianday('now') ELSE s.used = 1 AND (s.guard IS NOT NULL OR (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d)) END THEN s.transaction_id END FROM "continuum_state" AS s WHERE s.id = 1) THEN 0 ELSE 1 END
BEGIN
  SELECT RAISE(ABORT, 'continuum: append-only: UPDATE of article_version was refused: its rows are history');
END;

DROP TRIGGER IF EXISTS "main"."continuum_guard_delete_article";

CREATE TRIGGER "main"."continuum_guard_delete_article" BEFORE DELETE ON "article_version"
/* continuum:3ce211b6a98c81a4ce40 */
FOR EACH ROW
WHEN CASE WHEN (SELECT u.depth > 0 AND u.tick IS julianday('now') FROM "continuum_unlocked" AS u) THEN 0 WHEN (SELECT u.transaction_id FROM "continuum_unlocked" AS u) = (SELECT CASE WHEN CASE WHEN s.unit IS NULL THEN s.stamp IS julianday('now') ELSE s.used = 1 AND (s.guard IS NOT NULL OR (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d)) END THEN s.transaction_id END FROM "continuum_state" AS s WHERE s.id = 1) THEN 0 ELSE 1 END
BEGIN
  SELECT RAISE(ABORT, 'continuum: append-only: DELETE of article_version was refused: its rows are history');
END;

DROP TRIGGER IF EXISTS "main"."continuum_insert_article";

DROP TRIGGER IF EXISTS "main"."continuum_new_article";

DROP TRIGGER IF EXISTS "main"."continuum_update_article";

DROP TRIGGER IF EXISTS "main"."continuum_rekey_article";

DROP TRIGGER IF EXISTS "main"."continuum_delete_article";

DROP TRIGGER IF EXISTS "main"."continuum_follow_article";

DROP TRIGGER IF EXISTS "main"."continuum_miss_insert_article";

DROP TRIGGER IF EXISTS "main"."continuum_miss_update_article";

DROP TRIGGER IF EXISTS "main"."continuum_miss_rekey_article";

DROP TRIGGER IF EXISTS "main"."continuum_miss_delete_article";

DROP TRIGGER IF EXISTS "main"."continuum_hand_over_article";

DROP TRIGGER IF EXISTS "main"."continuum_finish_set_article";

DROP TRIGGER IF EXISTS "main"."continuum_finish_gone_article";

DROP TRIGGER IF EXISTS "main"."continuum_finish_unknown_article";

DROP TRIGGER IF EXISTS "main"."continuum_finish_paused_article";

DROP TRIGGER IF EXISTS "main"."continuum_finish_touched_article";

DROP TRIGGER IF EXISTS "main"."continuum_taken_back_article";

DROP TRIGGER IF EXISTS "main"."continuum_note_born_article";

DROP TRIGGER IF EXISTS "main"."continuum_note_written_article";

DROP TRIGGER IF EXISTS "main"."continuum_end_born_article";

DROP TRIGGER IF EXISTS "main"."continuum_end_moved_article";

DROP TRIGGER IF EXISTS "main"."continuum_guard_insert_article";

DROP TRIGGER IF EXISTS "main"."continuum_guard_update_article";

DROP TRIGGER IF EXISTS "main"."continuum_guard_delete_article";

DROP TABLE IF EXISTS "main"."continuum_state";

DROP TABLE IF EXISTS "live"."continuum_state";

DROP TRIGGER IF EXISTS "main"."continuum_keep_insert";

DROP TRIGGER IF EXISTS "main"."continuum_keep_update";

DROP TRIGGER IF EXISTS "main"."continuum_keep_delete";

DROP TABLE IF EXISTS "main"."continuum_unlocked";

DROP TABLE IF EXISTS "live"."continuum_unlocked";

