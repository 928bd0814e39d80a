DROP TRIGGER IF EXISTS "main"."continuum_insert_base";

CREATE TRIGGER "main"."continuum_insert_base" AFTER INSERT ON "base"
/* continuum:b1ee63acb93baf46cfda */
FOR EACH ROW
BEGIN
  UPDATE "continuum_state" SET asked = 'base'
   WHERE id = 1 AND CASE WHEN "continuum_state".unit IS NULL THEN "continuum_state".stamp IS NOT julianday('now') WHEN "continuum_state".used IS NOT 1 OR "continuum_state".paused IS NOT NULL THEN 1 WHEN "continuum_state".guard IS NOT NULL THEN 0 ELSE NOT (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d) END;
  UPDATE "base_version" SET "end_transaction_id" = (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1)
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number")
     AND "base_version"."end_transaction_id" IS NULL AND "base_version"."transaction_id" < (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1) AND "base_version"."operation_type" = 2;
  INSERT INTO "base_version" ("number", "kind", "transaction_id", "end_transaction_id", "operation_type")
  VALUES (NEW."number", NEW."kind", (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1), NULL, CASE WHEN changes() = 1 THEN 0 WHEN (SELECT s.current > 0 AND NOT EXISTS (SELECT 1 FROM "base_version" AS o WHERE o."number" = NEW."number" AND o."transaction_id" <> s.current) FROM "continuum_state" AS s WHERE s.id = 1) THEN 0 ELSE 4 END)
  ON CONFLICT ("number", "transaction_id") DO UPDATE SET ("kind") = (SELECT l."kind" FROM "base" AS l WHERE l."number" = NEW."number"), "operation_type" = 4
   WHERE EXISTS (SELECT 1 FROM "base" AS c WHERE c."number" = NEW."number");
END;

DROP TRIGGER IF EXISTS "main"."continuum_update_base";

CREATE TRIGGER "main"."continuum_update_base" AFTER UPDATE ON "base"
/* continuum:b1ee63acb93baf46cfda */
FOR EACH ROW
WHEN NOT (OLD."number" IS NOT NEW."number") AND (OLD."kind" COLLATE BINARY IS NOT NEW."kind" OR typeof(OLD."kind") IS NOT typeof(NEW."kind"))
BEGIN
  UPDATE "continuum_state" SET asked = 'base'
   WHERE id = 1 AND CASE WHEN "continuum_state".unit IS NULL THEN "continuum_state".stamp IS NOT julianday('now') WHEN "continuum_state".used IS NOT 1 OR "continuum_state".paused IS NOT NULL THEN 1 WHEN "continuum_state".guard IS NOT NULL THEN 0 ELSE NOT (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d) END;
  UPDATE "base_version" SET "end_transaction_id" = (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1)
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number")
     AND "base_version"."end_transaction_id" IS NULL AND "base_version"."transaction_id" < (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1);
  INSERT INTO "base_version" ("number", "kind", "transaction_id", "end_transaction_id", "operation_type")
  VALUES (NEW."number", NEW."kind", (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1), NULL, CASE WHEN changes() = 1 THEN 1 ELSE 8 END)
  ON CONFLICT ("number", "transaction_id") DO UPDATE SET ("kind") = (SELECT l."kind" FROM "base" AS l WHERE l."number" = NEW."number"), "operation_type" = 5
   WHERE EXISTS (SELECT 1 FROM "base" AS c WHERE c."number" = NEW."number");
  UPDATE "base_version" SET "kind" = OLD."kind", "operation_type" = "operation_type"
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1)
     AND "base_version"."operation_type" = 8;
END;

DROP TRIGGER IF EXISTS "main"."continuum_rekey_base";

CREATE TRIGGER "main"."continuum_rekey_base" AFTER UPDATE OF "number", "rowid", "oid", "_rowid_" ON "base"
/* continuum:b1ee63acb93baf46cfda */
FOR EACH ROW
WHEN (OLD."number" IS NOT NEW."number")
BEGIN
  UPDATE "continuum_state" SET asked = 'base'
   WHERE id = 1 AND CASE WHEN "continuum_state".unit IS NULL THEN "continuum_state".stamp IS NOT julianday('now') WHEN "continuum_state".used IS NOT 1 OR "continuum_state".paused IS NOT NULL THEN 1 WHEN "continuum_state".guard IS NOT NULL THEN 0 ELSE NOT (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d) END;
  INSERT INTO "base_version" ("number", "kind", "transaction_id", "end_transaction_id", "operation_type")
  SELECT OLD."number", OLD."kind", (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1), NULL, 9 WHERE NOT EXISTS (SELECT 1 FROM "base" AS c WHERE c."number" = OLD."number")
  ON CONFLICT ("number", "transaction_id") DO UPDATE SET "kind" = OLD."kind", "operation_type" = 6;
  UPDATE "base_version" SET "end_transaction_id" = (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1)
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number")
     AND "base_version"."end_transaction_id" IS NULL AND "base_version"."transaction_id" < (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1) AND "base_version"."operation_type" = 2;
  INSERT INTO "base_version" ("number", "kind", "transaction_id", "end_transaction_id", "operation_type")
  VALUES (NEW."number", NEW."kind", (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1), NULL, CASE WHEN changes() = 1 THEN 0 WHEN (SELECT s.current > 0 AND NOT EXISTS (SELECT 1 FROM "base_version" AS o WHERE o."number" = NEW."number" AND o."transaction_id" <> s.current) FROM "continuum_state" AS s WHERE s.id = 1) THEN 0 ELSE 4 END)
  ON CONFLICT ("number", "transaction_id") DO UPDATE SET ("kind") = (SELECT l."kind" FROM "base" AS l WHERE l."number" = NEW."number"), "operation_type" = 4
   WHERE EXISTS (SELECT 1 FROM "base" AS c WHERE c."number" = NEW."number");
END;

DROP TRIGGER IF EXISTS "main"."continuum_delete_base";

CREATE TRIGGER "main"."continuum_delete_base" AFTER DELETE ON "base"
/* continuum:b1ee63acb93baf46cfda */
FOR EACH ROW
WHEN NOT EXISTS (SELECT 1 FROM "base" AS c WHERE c."number" = OLD."number")
BEGIN
  UPDATE "continuum_state" SET asked = 'base'
   WHERE id = 1 AND CASE WHEN "continuum_state".unit IS NULL THEN "continuum_state".stamp IS NOT julianday('now') WHEN "continuum_state".used IS NOT 1 OR "continuum_state".paused IS NOT NULL THEN 1 WHEN "continuum_state".guard IS NOT NULL THEN 0 ELSE NOT (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d) END;
  UPDATE "base_version" SET "end_transaction_id" = (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1)
   WHERE "base_version"."number" = OLD."number" AND "base_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = OLD."number")
     AND "base_version"."end_transaction_id" IS NULL AND "base_version"."transaction_id" < (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1) AND "base_version"."operation_type" <> 2;
  INSERT INTO "base_version" ("number", "kind", "transaction_id", "end_transaction_id", "operation_type")
  VALUES (OLD."number", OLD."kind", (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1), NULL, CASE WHEN changes() = 1 THEN 2 ELSE 9 END)
  ON CONFLICT ("number", "transaction_id") DO UPDATE SET "kind" = OLD."kind", "operation_type" = 6;
END;

DROP TRIGGER IF EXISTS "main"."continuum_hand_over_base";

CREATE TRIGGER "main"."continuum_hand_over_base" AFTER INSERT ON "base_version"
/* continuum:b1ee63acb93baf46cfda */
FOR EACH ROW
WHEN NEW."operation_type" IN (4, 9)
BEGIN
  UPDATE "base_version" SET "operation_type" = "operation_type" WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = NEW."transaction_id";
END;

DROP TRIGGER IF EXISTS "main"."continuum_finish_set_base";

CREATE TRIGGER "main"."continuum_finish_set_base" AFTER UPDATE OF "operation_type" ON "base_version"
/* continuum:b1ee63acb93baf46cfda */
FOR EACH ROW
WHEN NEW."operation_type" IN (4, 5) AND NEW."transaction_id" <> -1
BEGIN
  SELECT RAISE(ABORT, 'continuum: the history of base has transaction ids above that of the running transaction') WHERE EXISTS (SELECT 1 FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" > NEW."transaction_id")
      OR EXISTS (SELECT 1 FROM "base_version" AS p WHERE p."number" = NEW."number"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" > NEW."transaction_id");
  DELETE FROM "base_version"
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = 0 AND "base_version"."end_transaction_id" = NEW."transaction_id"
     AND NEW."operation_type" = 4 AND OLD."operation_type" = 1
     AND (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") = 0;
  UPDATE "base_version" SET "end_transaction_id" = NEW."transaction_id"
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") AND "base_version"."end_transaction_id" IS NULL;
  DELETE FROM "base_version"
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = NEW."transaction_id"
     AND EXISTS (SELECT 1 FROM "base_version" AS p WHERE p."number" = NEW."number"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id" AND p."operation_type" <> 2
     AND NOT (p."kind" COLLATE BINARY IS NOT NEW."kind" OR typeof(p."kind") IS NOT typeof(NEW."kind")))
     AND NOT EXISTS (SELECT 1 FROM "article_version" AS w WHERE w."id" = NEW."number" AND w."transaction_id" = NEW."transaction_id");
  UPDATE "base_version" SET "end_transaction_id" = NULL
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" <= NEW."transaction_id")
     AND "base_version"."transaction_id" < NEW."transaction_id" AND "base_version"."end_transaction_id" = NEW."transaction_id";
  UPDATE "base_version" SET "operation_type" = EXISTS (SELECT 1 FROM "base_version" AS p WHERE p."number" = NEW."number"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id" AND p."operation_type" <> 2)
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = NEW."transaction_id";
END;

DROP TRIGGER IF EXISTS "main"."continuum_finish_gone_base";

CREATE TRIGGER "main"."continuum_finish_gone_base" AFTER UPDATE OF "operation_type" ON "base_version"
/* continuum:b1ee63acb93baf46cfda */
FOR EACH ROW
WHEN NEW."operation_type" = 6 AND NEW."transaction_id" <> -1
BEGIN
  SELECT RAISE(ABORT, 'continuum: the history of base has transaction ids above that of the running transaction') WHERE EXISTS (SELECT 1 FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" > NEW."transaction_id")
      OR EXISTS (SELECT 1 FROM "base_version" AS p WHERE p."number" = NEW."number"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" > NEW."transaction_id");
  DELETE FROM "base_version"
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = NEW."transaction_id" AND NOT EXISTS (SELECT 1 FROM "base_version" AS p WHERE p."number" = NEW."number"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id" AND p."operation_type" <> 2);
  UPDATE "base_version" SET "end_transaction_id" = NULL
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" <= NEW."transaction_id")
     AND "base_version"."transaction_id" < NEW."transaction_id" AND "base_version"."end_transaction_id" = NEW."transaction_id";
  UPDATE "base_version" SET "operation_type" = 2
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = NEW."transaction_id";
END;

DROP TRIGGER IF EXISTS "main"."continuum_finish_unknown_base";

CREATE TRIGGER "main"."continuum_finish_unknown_base" AFTER UPDATE OF "operation_type" ON "base_version"
/* continuum:b1ee63acb93baf46cfda */
FOR EACH ROW
WHEN NEW."operation_type" IN (8, 9) AND NEW."transaction_id" <> -1
BEGIN
  SELECT RAISE(ABORT, 'continuum: the history of base has transaction ids above that of the running transaction') WHERE EXISTS (SELECT 1 FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" > NEW."transaction_id")
      OR EXISTS (SELECT 1 FROM "base_version" AS p WHERE p."number" = NEW."number"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" > NEW."transaction_id");
  UPDATE "base_version" SET "end_transaction_id" = NEW."transaction_id"
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") AND "base_version"."end_transaction_id" IS NULL;
  INSERT INTO "article_version" ("id", "name", "transaction_id", "end_transaction_id", "operation_type")
  SELECT l."id", l."name", coalesce((SELECT max(n."end_transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."number"), 0), NULL, 0
    FROM "article" AS l WHERE l."id" = NEW."number"
     AND NOT EXISTS (SELECT 1 FROM "article_version" AS n WHERE n."id" = NEW."number" AND n."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."number") AND n."end_transaction_id" IS NULL)
     AND NOT EXISTS (SELECT 1 FROM "base_version" AS p WHERE p."number" = NEW."number"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id");
  INSERT INTO "base_version" ("number", "kind", "transaction_id", "end_transaction_id", "operation_type")
  SELECT NEW."number", NEW."kind", coalesce((SELECT p."end_transaction_id" FROM "base_version" AS p WHERE p."number" = NEW."number" AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id")), 0), NEW."transaction_id", 0
   WHERE NOT EXISTS (SELECT 1 FROM "base_version" AS p WHERE p."number" = NEW."number"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id");
  UPDATE "base_version" SET "kind" = OLD."kind", "operation_type" = NEW."operation_type" - 3
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = NEW."transaction_id";
END;

DROP TRIGGER IF EXISTS "main"."continuum_finish_paused_base";

CREATE TRIGGER "main"."continuum_finish_paused_base" AFTER UPDATE OF "operation_type" ON "base_version"
/* continuum:b1ee63acb93baf46cfda */
FOR EACH ROW
WHEN NEW."operation_type" > 2 AND NEW."transaction_id" = -1
BEGIN
  DELETE FROM "base_version"
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = NEW."transaction_id";
  UPDATE "continuum_state" SET asked = NULL
   WHERE id = 1 AND "continuum_state".used IS NOT 1
     AND EXISTS (SELECT 1 FROM "base_version" AS v WHERE v."number" = NEW."number"
       AND v."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number") AND v."end_transaction_id" IS NULL AND v."transaction_id" IS NOT (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1) AND (NEW."operation_type" <> 4 OR (v."operation_type" <> 2 AND (v."kind" COLLATE BINARY IS NOT OLD."kind" OR typeof(v."kind") IS NOT typeof(OLD."kind")))));
  SELECT RAISE(ABORT, 'continuum: the history of base has transaction ids above that of the running transaction') WHERE (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number") > (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1);
  UPDATE "base_version" SET "end_transaction_id" = (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1)
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number")
     AND "base_version"."end_transaction_id" IS NULL AND "base_version"."transaction_id" IS NOT (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1) AND (NEW."operation_type" <> 4 OR ("base_version"."operation_type" <> 2 AND ("base_version"."kind" COLLATE BINARY IS NOT OLD."kind" OR typeof("base_version"."kind") IS NOT typeof(OLD."kind"))));
  UPDATE "base_version" SET "kind" = OLD."kind", "operation_type" =
    CASE NEW."operation_type" WHEN 9 THEN 6 ELSE 5 END
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1);
END;

DROP TRIGGER IF EXISTS "main"."continuum_finish_touched_base";

CREATE TRIGGER "main"."continuum_finish_touched_base" AFTER INSERT ON "base_version"
/* continuum:b1ee63acb93baf46cfda */
FOR EACH ROW
WHEN NEW."operation_type" = 7
BEGIN
  SELECT RAISE(ABORT, 'continuum: the history of base has transaction ids above that of the running transaction') WHERE EXISTS (SELECT 1 FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" > NEW."transaction_id")
      OR EXISTS (SELECT 1 FROM "base_version" AS p WHERE p."number" = NEW."number"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" > NEW."transaction_id");
  UPDATE "base_version" SET "end_transaction_id" = NEW."transaction_id"
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") AND "base_version"."end_transaction_id" IS NULL;
  INSERT INTO "article_version" ("id", "name", "transaction_id", "end_transaction_id", "operation_type")
  SELECT l."id", l."name", coalesce((SELECT max(n."end_transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."number"), 0), NULL, 0
    FROM "article" AS l WHERE l."id" = NEW."number"
     AND NOT EXISTS (SELECT 1 FROM "article_version" AS n WHERE n."id" = NEW."number" AND n."transaction_id" = (SELECT max(n."transaction_id") FROM "article_version" AS n WHERE n."id" = NEW."number") AND n."end_transaction_id" IS NULL)
     AND NOT EXISTS (SELECT 1 FROM "base_version" AS p WHERE p."number" = NEW."number"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id");
  INSERT INTO "base_version" ("number", "kind", "transaction_id", "end_transaction_id", "operation_type")
  SELECT NEW."number", NEW."kind", coalesce((SELECT p."end_transaction_id" FROM "base_version" AS p WHERE p."number" = NEW."number" AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id")), 0), NEW."transaction_id", 0
   WHERE NOT EXISTS (SELECT 1 FROM "base_version" AS p WHERE p."number" = NEW."number"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id");
  UPDATE "base_version" SET "operation_type" = EXISTS (SELECT 1 FROM "base_version" AS p WHERE p."number" = NEW."number"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "base_version" AS n WHERE n."number" = NEW."number" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id" AND p."operation_type" <> 2)
   WHERE "base_version"."number" = NEW."number" AND "base_version"."transaction_id" = NEW."transaction_id";
END;

DROP TRIGGER IF EXISTS "main"."continuum_new_base";

DROP TRIGGER IF EXISTS "main"."continuum_follow_base";

DROP TRIGGER IF EXISTS "main"."continuum_miss_insert_base";

DROP TRIGGER IF EXISTS "main"."continuum_miss_update_base";

DROP TRIGGER IF EXISTS "main"."continuum_miss_rekey_base";

DROP TRIGGER IF EXISTS "main"."continuum_miss_delete_base";

DROP TRIGGER IF EXISTS "main"."continuum_taken_back_base";

DROP TRIGGER IF EXISTS "main"."continuum_note_born_base";

DROP TRIGGER IF EXISTS "main"."continuum_note_written_base";

DROP TRIGGER IF EXISTS "main"."continuum_end_born_base";

DROP TRIGGER IF EXISTS "main"."continuum_end_moved_base";

