DROP TRIGGER IF EXISTS "main"."continuum_insert_article_tag";

CREATE TRIGGER "main"."continuum_insert_article_tag" AFTER INSERT ON "article_tag"
/* continuum:cd6e5b5d0c1691b68fc2 */
FOR EACH ROW
WHEN NOT EXISTS (SELECT 1 FROM "article_tag_version" AS v WHERE v."article_id" = NEW."article_id" AND v."tag_id" = NEW."tag_id"
   AND v."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id") AND v."end_transaction_id" IS NULL AND v."operation_type" <> 2)
BEGIN
  UPDATE "continuum_state" SET asked = 'article_tag'
   WHERE id = 1 AND CASE WHEN "continuum_state".unit IS NULL THEN "continuum_state".stamp IS NOT julianday('now') WHEN "continuum_state".used IS NOT 1 OR "continuum_state".paused IS NOT NULL THEN 1 WHEN "continuum_state".guard IS NOT NULL THEN 0 ELSE NOT (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d) END;
  UPDATE "article_tag_version" SET "end_transaction_id" = (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1)
   WHERE "article_tag_version"."article_id" = NEW."article_id" AND "article_tag_version"."tag_id" = NEW."tag_id" AND "article_tag_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id")
     AND "article_tag_version"."end_transaction_id" IS NULL AND "article_tag_version"."transaction_id" < (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1) AND "article_tag_version"."operation_type" = 2;
  INSERT INTO "article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
  VALUES (NEW."article_id", NEW."tag_id", (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1), NULL, CASE WHEN changes() = 1 THEN 0 WHEN (SELECT s.current > 0 AND NOT EXISTS (SELECT 1 FROM "article_tag_version" AS o WHERE o."article_id" = NEW."article_id" AND o."tag_id" = NEW."tag_id" AND o."transaction_id" <> s.current) FROM "continuum_state" AS s WHERE s.id = 1) THEN 0 ELSE 4 END)
  ON CONFLICT ("article_id", "tag_id", "transaction_id") DO UPDATE SET "operation_type" = 4;
END;

DROP TRIGGER IF EXISTS "main"."continuum_rekey_article_tag";

CREATE TRIGGER "main"."continuum_rekey_article_tag" AFTER UPDATE OF "article_id", "tag_id", "rowid", "oid", "_rowid_" ON "article_tag"
/* continuum:cd6e5b5d0c1691b68fc2 */
FOR EACH ROW
WHEN (OLD."article_id" IS NOT NEW."article_id" OR OLD."tag_id" IS NOT NEW."tag_id")
BEGIN
  UPDATE "continuum_state" SET asked = 'article_tag'
   WHERE id = 1 AND CASE WHEN "continuum_state".unit IS NULL THEN "continuum_state".stamp IS NOT julianday('now') WHEN "continuum_state".used IS NOT 1 OR "continuum_state".paused IS NOT NULL THEN 1 WHEN "continuum_state".guard IS NOT NULL THEN 0 ELSE NOT (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d) END;
  INSERT INTO "article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
  SELECT OLD."article_id", OLD."tag_id", (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1), NULL, 9 WHERE NOT EXISTS (SELECT 1 FROM "article_tag" AS c WHERE c."article_id" = OLD."article_id" AND c."tag_id" = OLD."tag_id")
  ON CONFLICT ("article_id", "tag_id", "transaction_id") DO UPDATE SET "operation_type" = 6;
  UPDATE "article_tag_version" SET "end_transaction_id" = (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1)
   WHERE "article_tag_version"."article_id" = NEW."article_id" AND "article_tag_version"."tag_id" = NEW."tag_id" AND "article_tag_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id")
     AND "article_tag_version"."end_transaction_id" IS NULL AND "article_tag_version"."transaction_id" < (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1) AND "article_tag_version"."operation_type" = 2 AND NOT EXISTS (SELECT 1 FROM "article_tag_version" AS v WHERE v."article_id" = NEW."article_id" AND v."tag_id" = NEW."tag_id"
     AND v."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id") AND v."end_transaction_id" IS NULL AND v."operation_type" <> 2);
  INSERT INTO "article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
  SELECT NEW."article_id", NEW."tag_id", (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1), NULL, CASE WHEN changes() = 1 THEN 0 WHEN (SELECT s.current > 0 AND NOT EXISTS (SELECT 1 FROM "article_tag_version" AS o WHERE o."article_id" = NEW."article_id" AND o."tag_id" = NEW."tag_id" AND o."transaction_id" <> s.current) FROM "continuum_state" AS s WHERE s.id = 1) THEN 0 ELSE 4 END WHERE NOT EXISTS (SELECT 1 FROM "article_tag_version" AS v WHERE v."article_id" = NEW."article_id" AND v."tag_id" = NEW."tag_id"
     AND v."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id") AND v."end_transaction_id" IS NULL AND v."operation_type" <> 2)
  ON CONFLICT ("article_id", "tag_id", "transaction_id") DO UPDATE SET "operation_type" = 4;
END;

DROP TRIGGER IF EXISTS "main"."continuum_delete_article_tag";

CREATE TRIGGER "main"."continuum_delete_article_tag" AFTER DELETE ON "article_tag"
/* continuum:cd6e5b5d0c1691b68fc2 */
FOR EACH ROW
WHEN NOT EXISTS (SELECT 1 FROM "article_tag" AS c WHERE c."article_id" = OLD."article_id" AND c."tag_id" = OLD."tag_id")
BEGIN
  UPDATE "continuum_state" SET asked = 'article_tag'
   WHERE id = 1 AND CASE WHEN "continuum_state".unit IS NULL THEN "continuum_state".stamp IS NOT julianday('now') WHEN "continuum_state".used IS NOT 1 OR "continuum_state".paused IS NOT NULL THEN 1 WHEN "continuum_state".guard IS NOT NULL THEN 0 ELSE NOT (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d) END;
  UPDATE "article_tag_version" SET "end_transaction_id" = (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1)
   WHERE "article_tag_version"."article_id" = OLD."article_id" AND "article_tag_version"."tag_id" = OLD."tag_id" AND "article_tag_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = OLD."article_id" AND n."tag_id" = OLD."tag_id")
     AND "article_tag_version"."end_transaction_id" IS NULL AND "article_tag_version"."transaction_id" < (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1) AND "article_tag_version"."operation_type" <> 2;
  INSERT INTO "article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
  VALUES (OLD."article_id", OLD."tag_id", (SELECT s.current FROM "continuum_state" AS s WHERE s.id = 1), NULL, CASE WHEN changes() = 1 THEN 2 ELSE 9 END)
  ON CONFLICT ("article_id", "tag_id", "transaction_id") DO UPDATE SET "operation_type" = 6;
END;

DROP TRIGGER IF EXISTS "main"."continuum_hand_over_article_tag";

CREATE TRIGGER "main"."continuum_hand_over_article_tag" AFTER INSERT ON "article_tag_version"
/* continuum:cd6e5b5d0c1691b68fc2 */
FOR EACH ROW
WHEN NEW."operation_type" IN (4, 9)
BEGIN
  UPDATE "article_tag_version" SET "operation_type" = "operation_type" WHERE "article_tag_version"."article_id" = NEW."article_id" AND "article_tag_version"."tag_id" = NEW."tag_id" AND "article_tag_version"."transaction_id" = NEW."transaction_id";
END;

DROP TRIGGER IF EXISTS "main"."continuum_finish_set_article_tag";

CREATE TRIGGER "main"."continuum_finish_set_article_tag" AFTER UPDATE OF "operation_type" ON "article_tag_version"
/* continuum:cd6e5b5d0c1691b68fc2 */
FOR EACH ROW
WHEN NEW."operation_type" IN (4, 5) AND NEW."transaction_id" <> -1
BEGIN
  SELECT RAISE(ABORT, 'continuum: the history of article_tag has transaction ids above that of the running transaction') WHERE EXISTS (SELECT 1 FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id" AND n."transaction_id" > NEW."transaction_id")
      OR EXISTS (SELECT 1 FROM "article_tag_version" AS p WHERE p."article_id" = NEW."article_id" AND p."tag_id" = NEW."tag_id"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" > NEW."transaction_id");
  UPDATE "article_tag_version" SET "end_transaction_id" = NEW."transaction_id"
   WHERE "article_tag_version"."article_id" = NEW."article_id" AND "article_tag_version"."tag_id" = NEW."tag_id" AND "article_tag_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id" AND n."transaction_id" < NEW."transaction_id") AND "article_tag_version"."end_transaction_id" IS NULL;
  DELETE FROM "article_tag_version"
   WHERE "article_tag_version"."article_id" = NEW."article_id" AND "article_tag_version"."tag_id" = NEW."tag_id" AND "article_tag_version"."transaction_id" = NEW."transaction_id"
     AND EXISTS (SELECT 1 FROM "article_tag_version" AS p WHERE p."article_id" = NEW."article_id" AND p."tag_id" = NEW."tag_id"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id" AND p."operation_type" <> 2
     AND NOT 0);
  UPDATE "article_tag_version" SET "end_transaction_id" = NULL
   WHERE "article_tag_version"."article_id" = NEW."article_id" AND "article_tag_version"."tag_id" = NEW."tag_id" AND "article_tag_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id" AND n."transaction_id" <= NEW."transaction_id")
     AND "article_tag_version"."transaction_id" < NEW."transaction_id" AND "article_tag_version"."end_transaction_id" = NEW."transaction_id";
  UPDATE "article_tag_version" SET "operation_type" = EXISTS (SELECT 1 FROM "article_tag_version" AS p WHERE p."article_id" = NEW."article_id" AND p."tag_id" = NEW."tag_id"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id" AND p."operation_type" <> 2)
   WHERE "article_tag_version"."article_id" = NEW."article_id" AND "article_tag_version"."tag_id" = NEW."tag_id" AND "article_tag_version"."transaction_id" = NEW."transaction_id";
END;

DROP TRIGGER IF EXISTS "main"."continuum_finish_gone_article_tag";

CREATE TRIGGER "main"."continuum_finish_gone_article_tag" AFTER UPDATE OF "operation_type" ON "article_tag_version"
/* continuum:cd6e5b5d0c1691b68fc2 */
FOR EACH ROW
WHEN NEW."operation_type" = 6 AND NEW."transaction_id" <> -1
BEGIN
  SELECT RAISE(ABORT, 'continuum: the history of article_tag has transaction ids above that of the running transaction') WHERE EXISTS (SELECT 1 FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id" AND n."transaction_id" > NEW."transaction_id")
      OR EXISTS (SELECT 1 FROM "article_tag_version" AS p WHERE p."article_id" = NEW."article_id" AND p."tag_id" = NEW."tag_id"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" > NEW."transaction_id");
  DELETE FROM "article_tag_version"
   WHERE "article_tag_version"."article_id" = NEW."article_id" AND "article_tag_version"."tag_id" = NEW."tag_id" AND "article_tag_version"."transaction_id" = NEW."transaction_id" AND NOT EXISTS (SELECT 1 FROM "article_tag_version" AS p WHERE p."article_id" = NEW."article_id" AND p."tag_id" = NEW."tag_id"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id" AND p."operation_type" <> 2);
  UPDATE "article_tag_version" SET "end_transaction_id" = NULL
   WHERE "article_tag_version"."article_id" = NEW."article_id" AND "article_tag_version"."tag_id" = NEW."tag_id" AND "article_tag_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id" AND n."transaction_id" <= NEW."transaction_id")
     AND "article_tag_version"."transaction_id" < NEW."transaction_id" AND "article_tag_version"."end_transaction_id" = NEW."transaction_id";
  UPDATE "article_tag_version" SET "operation_type" = 2
   WHERE "article_tag_version"."article_id" = NEW."article_id" AND "article_tag_version"."tag_id" = NEW."tag_id" AND "article_tag_version"."transaction_id" = NEW."transaction_id";
END;

DROP TRIGGER IF EXISTS "main"."continuum_finish_unknown_article_tag";

CREATE TRIGGER "main"."continuum_finish_unknown_article_tag" AFTER UPDATE OF "operation_type" ON "article_tag_version"
/* continuum:cd6e5b5d0c1691b68fc2 */
FOR EACH ROW
WHEN NEW."operation_type" IN (8, 9) AND NEW."transaction_id" <> -1
BEGIN
  SELECT RAISE(ABORT, 'continuum: the history of article_tag has transaction ids above that of the running transaction') WHERE EXISTS (SELECT 1 FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id" AND n."transaction_id" > NEW."transaction_id")
      OR EXISTS (SELECT 1 FROM "article_tag_version" AS p WHERE p."article_id" = NEW."article_id" AND p."tag_id" = NEW."tag_id"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" > NEW."transaction_id");
  UPDATE "article_tag_version" SET "end_transaction_id" = NEW."transaction_id"
   WHERE "article_tag_version"."article_id" = NEW."article_id" AND "article_tag_version"."tag_id" = NEW."tag_id" AND "article_tag_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id" AND n."transaction_id" < NEW."transaction_id") AND "article_tag_version"."end_transaction_id" IS NULL;
  INSERT INTO "article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
  SELECT NEW."article_id", NEW."tag_id", coalesce((SELECT p."end_transaction_id" FROM "article_tag_version" AS p WHERE p."article_id" = NEW."article_id" AND p."tag_id" = NEW."tag_id" AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id" AND n."transaction_id" < NEW."transaction_id")), 0), NEW."transaction_id", 0
   WHERE NOT EXISTS (SELECT 1 FROM "article_tag_version" AS p WHERE p."article_id" = NEW."article_id" AND p."tag_id" = NEW."tag_id"
     AND p."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id" AND n."transaction_id" < NEW."transaction_id") AND p."end_transaction_id" = NEW."transaction_id");
  UPDATE "article_tag_version" SET "operation_type" = NEW."operation_type" - 3
   WHERE "article_tag_version"."article_id" = NEW."article_id" AND "article_tag_version"."tag_id" = NEW."tag_id" AND "article_tag_version"."transaction_id" = NEW."transaction_id";
END;

DROP TRIGGER IF EXISTS "main"."continuum_finish_paused_article_tag";

CREATE TRIGGER "main"."continuum_finish_paused_article_tag" AFTER UPDATE OF "operation_type" ON "article_tag_version"
/* continuum:cd6e5b5d0c1691b68fc2 */
FOR EACH ROW
WHEN NEW."operation_type" > 2 AND NEW."transaction_id" = -1
BEGIN
  DELETE FROM "article_tag_version"
   WHERE "article_tag_version"."article_id" = NEW."article_id" AND "article_tag_version"."tag_id" = NEW."tag_id" AND "article_tag_version"."transaction_id" = NEW."transaction_id";
  UPDATE "continuum_state" SET asked = NULL
   WHERE id = 1 AND "continuum_state".used IS NOT 1
     AND EXISTS (SELECT 1 FROM "article_tag_version" AS v WHERE v."article_id" = NEW."article_id" AND v."tag_id" = NEW."tag_id"
       AND v."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id") AND v."end_transaction_id" IS NULL AND v."transaction_id" IS NOT (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1) AND (NEW."operation_type" <> 4 OR (v."operation_type" <> 2 AND 0)));
  SELECT RAISE(ABORT, 'continuum: the history of article_tag has transaction ids above that of the running transaction') WHERE (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id") > (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1);
  UPDATE "article_tag_version" SET "end_transaction_id" = (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1)
   WHERE "article_tag_version"."article_id" = NEW."article_id" AND "article_tag_version"."tag_id" = NEW."tag_id" AND "article_tag_version"."transaction_id" = (SELECT max(n."transaction_id") FROM "article_tag_version" AS n WHERE n."article_id" = NEW."article_id" AND n."tag_id" = NEW."tag_id")
     AND "article_tag_version"."end_transaction_id" IS NULL AND "article_tag_version"."transaction_id" IS NOT (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1) AND (NEW."operation_type" <> 4 OR ("article_tag_version"."operation_type" <> 2 AND 0));
  UPDATE "article_tag_version" SET "operation_type" =
    CASE NEW."operation_type" WHEN 9 THEN 6 ELSE 5 END
   WHERE "article_tag_version"."article_id" = NEW."article_id" AND "article_tag_version"."tag_id" = NEW."tag_id" AND "article_tag_version"."transaction_id" = (SELECT s.transaction_id FROM "continuum_state" AS s WHERE s.id = 1);
END;

DROP TRIGGER IF EXISTS "main"."continuum_new_article_tag";

DROP TRIGGER IF EXISTS "main"."continuum_update_article_tag";

DROP TRIGGER IF EXISTS "main"."continuum_follow_article_tag";

DROP TRIGGER IF EXISTS "main"."continuum_miss_insert_article_tag";

DROP TRIGGER IF EXISTS "main"."continuum_miss_update_article_tag";

DROP TRIGGER IF EXISTS "main"."continuum_miss_rekey_article_tag";

DROP TRIGGER IF EXISTS "main"."continuum_miss_delete_article_tag";

DROP TRIGGER IF EXISTS "main"."continuum_finish_touched_article_tag";

DROP TRIGGER IF EXISTS "main"."continuum_taken_back_article_tag";

DROP TRIGGER IF EXISTS "main"."continuum_note_born_article_tag";

DROP TRIGGER IF EXISTS "main"."continuum_note_written_article_tag";

DROP TRIGGER IF EXISTS "main"."continuum_end_born_article_tag";

DROP TRIGGER IF EXISTS "main"."continuum_end_moved_article_tag";

