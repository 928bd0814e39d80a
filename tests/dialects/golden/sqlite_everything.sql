DROP TRIGGER IF EXISTS "live"."o'log_insert_A b%s";

CREATE TRIGGER "live"."o'log_insert_A b%s" AFTER INSERT ON "A b%s"
/* continuum:e0118d602d1245374fdd */
FOR EACH ROW
BEGIN
  UPDATE "o'log_state" SET asked = 'A b%s'
   WHERE id = 1 AND CASE WHEN "o'log_state".unit IS NULL THEN "o'log_state".stamp IS NOT julianday('now') WHEN "o'log_state".used IS NOT 1 OR "o'log_state".paused IS NOT NULL THEN 1 WHEN "o'log_state".guard IS NOT NULL THEN 0 ELSE NOT (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d) END;
  UPDATE "A ""b""" SET "to" = (SELECT s.current FROM "o'log_state" AS s WHERE s.id = 1)
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."k2" AND "A ""b"""."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."k2")
     AND "A ""b"""."to" IS NULL AND "A ""b"""."from" < (SELECT s.current FROM "o'log_state" AS s WHERE s.id = 1) AND "A ""b"""."op" = 2;
  INSERT INTO "A ""b""" ("k:1", "key2", "v'1", "seen", "from", "to", "op")
  VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."seen", (SELECT s.current FROM "o'log_state" AS s WHERE s.id = 1), NULL, CASE WHEN changes() = 1 THEN 0 WHEN (SELECT s.current > 0 AND NOT EXISTS (SELECT 1 FROM "A ""b""" AS o WHERE o."k:1" = NEW."k:1" AND o."key2" = NEW."k2" AND o."from" <> s.current) FROM "o'log_state" AS s WHERE s.id = 1) THEN 0 ELSE 4 END)
  ON CONFLICT ("k:1", "key2", "from") DO UPDATE SET ("k:1", "v'1", "seen") = (SELECT l."k:1", l."v'1", l."seen" FROM "A b%s" AS l WHERE l."k:1" = NEW."k:1" AND l."k2" = NEW."k2"), "op" = 4
   WHERE EXISTS (SELECT 1 FROM "A b%s" AS c WHERE c."k:1" = NEW."k:1" AND c."k2" = NEW."k2");
END;

DROP TRIGGER IF EXISTS "live"."o'log_update_A b%s";

CREATE TRIGGER "live"."o'log_update_A b%s" AFTER UPDATE ON "A b%s"
/* continuum:e0118d602d1245374fdd */
FOR EACH ROW
WHEN NOT (OLD."k2" IS NOT NEW."k2" OR (OLD."k:1" COLLATE BINARY IS NOT NEW."k:1" OR typeof(OLD."k:1") IS NOT typeof(NEW."k:1"))) AND (CASE WHEN OLD."v'1" IS NULL OR NEW."v'1" IS NULL THEN OLD."v'1" IS NOT NEW."v'1" ELSE (json(OLD."v'1") IS NOT json(NEW."v'1")) END)
BEGIN
  UPDATE "o'log_state" SET asked = 'A b%s'
   WHERE id = 1 AND CASE WHEN "o'log_state".unit IS NULL THEN "o'log_state".stamp IS NOT julianday('now') WHEN "o'log_state".used IS NOT 1 OR "o'log_state".paused IS NOT NULL THEN 1 WHEN "o'log_state".guard IS NOT NULL THEN 0 ELSE NOT (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d) END;
  UPDATE "A ""b""" SET "to" = (SELECT s.current FROM "o'log_state" AS s WHERE s.id = 1)
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."k2" AND "A ""b"""."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."k2")
     AND "A ""b"""."to" IS NULL AND "A ""b"""."from" < (SELECT s.current FROM "o'log_state" AS s WHERE s.id = 1);
  INSERT INTO "A ""b""" ("k:1", "key2", "v'1", "seen", "from", "to", "op")
  VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."seen", (SELECT s.current FROM "o'log_state" AS s WHERE s.id = 1), NULL, CASE WHEN changes() = 1 THEN 1 ELSE 8 END)
  ON CONFLICT ("k:1", "key2", "from") DO UPDATE SET ("k:1", "v'1", "seen") = (SELECT l."k:1", l."v'1", l."seen" FROM "A b%s" AS l WHERE l."k:1" = NEW."k:1" AND l."k2" = NEW."k2"), "op" = 5
   WHERE EXISTS (SELECT 1 FROM "A b%s" AS c WHERE c."k:1" = NEW."k:1" AND c."k2" = NEW."k2");
  UPDATE "A ""b""" SET "k:1" = OLD."k:1", "v'1" = OLD."v'1", "seen" = OLD."seen", "op" = "op"
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."k2" AND "A ""b"""."from" = (SELECT s.current FROM "o'log_state" AS s WHERE s.id = 1)
     AND "A ""b"""."op" = 8;
END;

DROP TRIGGER IF EXISTS "live"."o'log_rekey_A b%s";

CREATE TRIGGER "live"."o'log_rekey_A b%s" AFTER UPDATE ON "A b%s"
/* continuum:e0118d602d1245374fdd */
FOR EACH ROW
WHEN (OLD."k2" IS NOT NEW."k2" OR (OLD."k:1" COLLATE BINARY IS NOT NEW."k:1" OR typeof(OLD."k:1") IS NOT typeof(NEW."k:1")))
BEGIN
  UPDATE "o'log_state" SET asked = 'A b%s'
   WHERE id = 1 AND CASE WHEN "o'log_state".unit IS NULL THEN "o'log_state".stamp IS NOT julianday('now') WHEN "o'log_state".used IS NOT 1 OR "o'log_state".paused IS NOT NULL THEN 1 WHEN "o'log_state".guard IS NOT NULL THEN 0 ELSE NOT (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d) END;
  INSERT INTO "A ""b""" ("k:1", "key2", "v'1", "seen", "from", "to", "op")
  SELECT OLD."k:1", OLD."k2", OLD."v'1", OLD."seen", (SELECT s.current FROM "o'log_state" AS s WHERE s.id = 1), NULL, 9 WHERE NOT EXISTS (SELECT 1 FROM "A b%s" AS c WHERE c."k:1" = OLD."k:1" AND c."k2" = OLD."k2")
  ON CONFLICT ("k:1", "key2", "from") DO UPDATE SET "k:1" = OLD."k:1", "v'1" = NULL, "seen" = NULL, "op" = 6;
  UPDATE "A ""b""" SET "to" = (SELECT s.current FROM "o'log_state" AS s WHERE s.id = 1)
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."k2" AND "A ""b"""."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."k2")
     AND "A ""b"""."to" IS NULL AND "A ""b"""."from" < (SELECT s.current FROM "o'log_state" AS s WHERE s.id = 1) AND "A ""b"""."op" = 2;
  INSERT INTO "A ""b""" ("k:1", "key2", "v'1", "seen", "from", "to", "op")
  VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."seen", (SELECT s.current FROM "o'log_state" AS s WHERE s.id = 1), NULL, CASE WHEN changes() = 1 THEN 0 WHEN (SELECT s.current > 0 AND NOT EXISTS (SELECT 1 FROM "A ""b""" AS o WHERE o."k:1" = NEW."k:1" AND o."key2" = NEW."k2" AND o."from" <> s.current) FROM "o'log_state" AS s WHERE s.id = 1) THEN 0 ELSE 4 END)
  ON CONFLICT ("k:1", "key2", "from") DO UPDATE SET ("k:1", "v'1", "seen") = (SELECT l."k:1", l."v'1", l."seen" FROM "A b%s" AS l WHERE l."k:1" = NEW."k:1" AND l."k2" = NEW."k2"), "op" = 4
   WHERE EXISTS (SELECT 1 FROM "A b%s" AS c WHERE c."k:1" = NEW."k:1" AND c."k2" = NEW."k2");
END;

DROP TRIGGER IF EXISTS "live"."o'log_delete_A b%s";

CREATE TRIGGER "live"."o'log_delete_A b%s" AFTER DELETE ON "A b%s"
/* continuum:e0118d602d1245374fdd */
FOR EACH ROW
WHEN NOT EXISTS (SELECT 1 FROM "A b%s" AS c WHERE c."k:1" = OLD."k:1" AND c."k2" = OLD."k2")
BEGIN
  UPDATE "o'log_state" SET asked = 'A b%s'
   WHERE id = 1 AND CASE WHEN "o'log_state".unit IS NULL THEN "o'log_state".stamp IS NOT julianday('now') WHEN "o'log_state".used IS NOT 1 OR "o'log_state".paused IS NOT NULL THEN 1 WHEN "o'log_state".guard IS NOT NULL THEN 0 ELSE NOT (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d) END;
  UPDATE "A ""b""" SET "to" = (SELECT s.current FROM "o'log_state" AS s WHERE s.id = 1)
   WHERE "A ""b"""."k:1" = OLD."k:1" AND "A ""b"""."key2" = OLD."k2" AND "A ""b"""."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = OLD."k:1" AND n."key2" = OLD."k2")
     AND "A ""b"""."to" IS NULL AND "A ""b"""."from" < (SELECT s.current FROM "o'log_state" AS s WHERE s.id = 1) AND "A ""b"""."op" <> 2;
  INSERT INTO "A ""b""" ("k:1", "key2", "v'1", "seen", "from", "to", "op")
  VALUES (OLD."k:1", OLD."k2", CASE WHEN changes() <> 1 THEN OLD."v'1" END, CASE WHEN changes() <> 1 THEN OLD."seen" END, (SELECT s.current FROM "o'log_state" AS s WHERE s.id = 1), NULL, CASE WHEN changes() = 1 THEN 2 ELSE 9 END)
  ON CONFLICT ("k:1", "key2", "from") DO UPDATE SET "k:1" = OLD."k:1", "v'1" = NULL, "seen" = NULL, "op" = 6;
END;

DROP TRIGGER IF EXISTS "live"."o'log_follow_A b%s";

CREATE TRIGGER "live"."o'log_follow_A b%s" AFTER UPDATE ON "A b%s"
/* continuum:e0118d602d1245374fdd */
FOR EACH ROW
WHEN NOT (OLD."k2" IS NOT NEW."k2" OR (OLD."k:1" COLLATE BINARY IS NOT NEW."k:1" OR typeof(OLD."k:1") IS NOT typeof(NEW."k:1"))) AND NOT (CASE WHEN OLD."v'1" IS NULL OR NEW."v'1" IS NULL THEN OLD."v'1" IS NOT NEW."v'1" ELSE (json(OLD."v'1") IS NOT json(NEW."v'1")) END) AND (OLD."seen" COLLATE BINARY IS NOT NEW."seen" OR typeof(OLD."seen") IS NOT typeof(NEW."seen"))
BEGIN
  UPDATE "A ""b""" SET "seen" = NEW."seen"
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."k2" AND "A ""b"""."from" = (SELECT CASE WHEN CASE WHEN s.unit IS NULL THEN s.stamp IS julianday('now') ELSE s.used = 1 AND (s.guard IS NOT NULL OR (SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d)) END THEN s.transaction_id END FROM "o'log_state" AS s WHERE s.id = 1)
     AND "A ""b"""."op" <> 2;
END;

DROP TRIGGER IF EXISTS "live"."o'log_hand_over_A b%s";

CREATE TRIGGER "live"."o'log_hand_over_A b%s" AFTER INSERT ON "A ""b"""
/* continuum:e0118d602d1245374fdd */
FOR EACH ROW
WHEN NEW."op" IN (4, 9)
BEGIN
  UPDATE "A ""b""" SET "op" = "op" WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."key2" AND "A ""b"""."from" = NEW."from";
END;

DROP TRIGGER IF EXISTS "live"."o'log_finish_set_A b%s";

CREATE TRIGGER "live"."o'log_finish_set_A b%s" AFTER UPDATE OF "op" ON "A ""b"""
/* continuum:e0118d602d1245374fdd */
FOR EACH ROW
WHEN NEW."op" IN (4, 5) AND NEW."from" <> -1
BEGIN
  SELECT RAISE(ABORT, 'continuum: the history of A b%s has transaction ids above that of the running transaction') WHERE EXISTS (SELECT 1 FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" > NEW."from")
      OR EXISTS (SELECT 1 FROM "A ""b""" AS p WHERE p."k:1" = NEW."k:1" AND p."key2" = NEW."key2"
     AND p."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" < NEW."from") AND p."to" > NEW."from");
  DELETE FROM "A ""b"""
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."key2" AND "A ""b"""."from" = 0 AND "A ""b"""."to" = NEW."from"
     AND NEW."op" = 4 AND OLD."op" = 1
     AND (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" < NEW."from") = 0;
  UPDATE "A ""b""" SET "to" = NEW."from"
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."key2" AND "A ""b"""."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" < NEW."from") AND "A ""b"""."to" IS NULL;
  DELETE FROM "A ""b"""
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."key2" AND "A ""b"""."from" = NEW."from"
     AND EXISTS (SELECT 1 FROM "A ""b""" AS p WHERE p."k:1" = NEW."k:1" AND p."key2" = NEW."key2"
     AND p."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" < NEW."from") AND p."to" = NEW."from" AND p."op" <> 2
     AND NOT (p."k:1" COLLATE BINARY IS NOT NEW."k:1" OR typeof(p."k:1") IS NOT typeof(NEW."k:1") OR CASE WHEN p."v'1" IS NULL OR NEW."v'1" IS NULL THEN p."v'1" IS NOT NEW."v'1" ELSE (json(p."v'1") IS NOT json(NEW."v'1")) END));
  UPDATE "A ""b""" SET "to" = NULL
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."key2" AND "A ""b"""."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" <= NEW."from")
     AND "A ""b"""."from" < NEW."from" AND "A ""b"""."to" = NEW."from";
  UPDATE "A ""b""" SET "op" = EXISTS (SELECT 1 FROM "A ""b""" AS p WHERE p."k:1" = NEW."k:1" AND p."key2" = NEW."key2"
     AND p."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" < NEW."from") AND p."to" = NEW."from" AND p."op" <> 2)
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."key2" AND "A ""b"""."from" = NEW."from";
END;

DROP TRIGGER IF EXISTS "live"."o'log_finish_gone_A b%s";

CREATE TRIGGER "live"."o'log_finish_gone_A b%s" AFTER UPDATE OF "op" ON "A ""b"""
/* continuum:e0118d602d1245374fdd */
FOR EACH ROW
WHEN NEW."op" = 6 AND NEW."from" <> -1
BEGIN
  SELECT RAISE(ABORT, 'continuum: the history of A b%s has transaction ids above that of the running transaction') WHERE EXISTS (SELECT 1 FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" > NEW."from")
      OR EXISTS (SELECT 1 FROM "A ""b""" AS p WHERE p."k:1" = NEW."k:1" AND p."key2" = NEW."key2"
     AND p."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" < NEW."from") AND p."to" > NEW."from");
  DELETE FROM "A ""b"""
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."key2" AND "A ""b"""."from" = NEW."from" AND NOT EXISTS (SELECT 1 FROM "A ""b""" AS p WHERE p."k:1" = NEW."k:1" AND p."key2" = NEW."key2"
     AND p."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" < NEW."from") AND p."to" = NEW."from" AND p."op" <> 2);
  UPDATE "A ""b""" SET "to" = NULL
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."key2" AND "A ""b"""."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" <= NEW."from")
     AND "A ""b"""."from" < NEW."from" AND "A ""b"""."to" = NEW."from";
  UPDATE "A ""b""" SET "v'1" = NULL, "seen" = NULL, "op" = 2
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."key2" AND "A ""b"""."from" = NEW."from";
END;

DROP TRIGGER IF EXISTS "live"."o'log_finish_unknown_A b%s";

CREATE TRIGGER "live"."o'log_finish_unknown_A b%s" AFTER UPDATE OF "op" ON "A ""b"""
/* continuum:e0118d602d1245374fdd */
FOR EACH ROW
WHEN NEW."op" IN (8, 9) AND NEW."from" <> -1
BEGIN
  SELECT RAISE(ABORT, 'continuum: the history of A b%s has transaction ids above that of the running transaction') WHERE EXISTS (SELECT 1 FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" > NEW."from")
      OR EXISTS (SELECT 1 FROM "A ""b""" AS p WHERE p."k:1" = NEW."k:1" AND p."key2" = NEW."key2"
     AND p."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" < NEW."from") AND p."to" > NEW."from");
  UPDATE "A ""b""" SET "to" = NEW."from"
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."key2" AND "A ""b"""."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" < NEW."from") AND "A ""b"""."to" IS NULL;
  INSERT INTO "A ""b""" ("k:1", "key2", "v'1", "seen", "from", "to", "op")
  SELECT NEW."k:1", NEW."key2", NEW."v'1", NEW."seen", coalesce((SELECT p."to" FROM "A ""b""" AS p WHERE p."k:1" = NEW."k:1" AND p."key2" = NEW."key2" AND p."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" < NEW."from")), 0), NEW."from", 0
   WHERE NOT EXISTS (SELECT 1 FROM "A ""b""" AS p WHERE p."k:1" = NEW."k:1" AND p."key2" = NEW."key2"
     AND p."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2" AND n."from" < NEW."from") AND p."to" = NEW."from");
  UPDATE "A ""b""" SET "k:1" = OLD."k:1", "v'1" = OLD."v'1", "seen" = OLD."seen", "op" = NEW."op" - 3
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."key2" AND "A ""b"""."from" = NEW."from";
END;

DROP TRIGGER IF EXISTS "live"."o'log_finish_paused_A b%s";

CREATE TRIGGER "live"."o'log_finish_paused_A b%s" AFTER UPDATE OF "op" ON "A ""b"""
/* continuum:e0118d602d1245374fdd */
FOR EACH ROW
WHEN NEW."op" > 2 AND NEW."from" = -1
BEGIN
  DELETE FROM "A ""b"""
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."key2" AND "A ""b"""."from" = NEW."from";
  UPDATE "o'log_state" SET asked = NULL
   WHERE id = 1 AND "o'log_state".used IS NOT 1
     AND EXISTS (SELECT 1 FROM "A ""b""" AS v WHERE v."k:1" = NEW."k:1" AND v."key2" = NEW."key2"
       AND v."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2") AND v."to" IS NULL AND v."from" IS NOT (SELECT s.transaction_id FROM "o'log_state" AS s WHERE s.id = 1) AND (NEW."op" <> 4 OR (v."op" <> 2 AND (v."k:1" COLLATE BINARY IS NOT OLD."k:1" OR typeof(v."k:1") IS NOT typeof(OLD."k:1") OR CASE WHEN v."v'1" IS NULL OR OLD."v'1" IS NULL THEN v."v'1" IS NOT OLD."v'1" ELSE (json(v."v'1") IS NOT json(OLD."v'1")) END))));
  SELECT RAISE(ABORT, 'continuum: the history of A b%s has transaction ids above that of the running transaction') WHERE (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2") > (SELECT s.transaction_id FROM "o'log_state" AS s WHERE s.id = 1);
  UPDATE "A ""b""" SET "to" = (SELECT s.transaction_id FROM "o'log_state" AS s WHERE s.id = 1)
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."key2" AND "A ""b"""."from" = (SELECT max(n."from") FROM "A ""b""" AS n WHERE n."k:1" = NEW."k:1" AND n."key2" = NEW."key2")
     AND "A ""b"""."to" IS NULL AND "A ""b"""."from" IS NOT (SELECT s.transaction_id FROM "o'log_state" AS s WHERE s.id = 1) AND (NEW."op" <> 4 OR ("A ""b"""."op" <> 2 AND ("A ""b"""."k:1" COLLATE BINARY IS NOT OLD."k:1" OR typeof("A ""b"""."k:1") IS NOT typeof(OLD."k:1") OR CASE WHEN "A ""b"""."v'1" IS NULL OR OLD."v'1" IS NULL THEN "A ""b"""."v'1" IS NOT OLD."v'1" ELSE (json("A ""b"""."v'1") IS NOT json(OLD."v'1")) END)));
  UPDATE "A ""b""" SET "k:1" = OLD."k:1", "v'1" = OLD."v'1", "seen" = OLD."seen", "op" =
    CASE NEW."op" WHEN 9 THEN 6 ELSE 5 END
   WHERE "A ""b"""."k:1" = NEW."k:1" AND "A ""b"""."key2" = NEW."key2" AND "A ""b"""."from" = (SELECT s.transaction_id FROM "o'log_state" AS s WHERE s.id = 1);
END;

DROP TRIGGER IF EXISTS "live"."o'log_new_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_miss_insert_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_miss_update_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_miss_rekey_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_miss_delete_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_finish_touched_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_taken_back_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_note_born_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_note_written_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_end_born_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_end_moved_A b%s";

