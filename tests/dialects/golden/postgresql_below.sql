CREATE OR REPLACE FUNCTION "public"."continuum_insert_manager_version"() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  memo text := pg_catalog.current_setting('continuum.continuum_66da1e46', true);
  hint bigint;
  writer xid := pg_catalog.pg_current_xact_id()::xid;
  inside xid8;
  tx bigint;
  paused boolean := false;
  newest_tx bigint;
  newest_end bigint;
  newest_op integer;
  before_tx bigint;
  before_end bigint;
  before_op integer;
BEGIN
  IF pg_catalog.current_setting('continuum.continuum_66da1e46_paused', true) <> '' THEN
    paused := "public"."continuum_paused"('["public", "manager"]');
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = pg_catalog.pg_current_xact_id()::text THEN
    hint := pg_catalog.split_part(memo, ':', 2);
    IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
      inside := pg_catalog.split_part(memo, ':', 3)::xid8;
      writer := inside::xid;
    END IF;
  END IF;
  <<event>>
  BEGIN
    IF NOT paused THEN
      IF hint IS NULL THEN
        hint := "public"."continuum_transaction_id"(true);
        memo := pg_catalog.current_setting('continuum.continuum_66da1e46', true);
        IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
          inside := pg_catalog.split_part(memo, ':', 3)::xid8;
          writer := inside::xid;
        END IF;
      END IF;
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      SELECT NEW."person id", NEW."staff", hint, NULL, 0
       WHERE EXISTS (SELECT FROM "public"."transaction" AS l
         WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id");
      IF FOUND THEN
        tx := hint;
        EXIT event;
      END IF;
    END IF;
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."person id" OPERATOR(pg_catalog.<=) NEW."person id"
     ORDER BY h."person id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL AND newest_op <> 2 AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."staff")::record OPERATOR(pg_catalog.*<>) ROW(NEW."staff")::record)) THEN
        tx := "public"."continuum_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = tx
         WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."person id", NEW."staff", tx, NULL, 0);
    ELSIF newest_tx = tx THEN
      IF newest_op = 0 THEN
        UPDATE "public"."manager_version" AS h SET "staff" = NEW."staff", "operation_type" = 0
         WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx;
      ELSE
        SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
          FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."person id" OPERATOR(pg_catalog.<=) NEW."person id" AND h."transaction_id" < tx
         ORDER BY h."person id" DESC, h."transaction_id" DESC LIMIT 1;
        IF before_op <> 2 AND before_end = tx THEN
          IF EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = before_tx AND NOT (ROW(h."staff")::record OPERATOR(pg_catalog.*<>) ROW(NEW."staff")::record)) THEN
            DELETE FROM "public"."manager_version" AS h
             WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx;
            UPDATE "public"."manager_version" AS h SET "end_transaction_id" = NULL
             WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
          ELSE
            UPDATE "public"."manager_version" AS h SET "staff" = NEW."staff", "operation_type" = 1
             WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx;
          END IF;
        ELSE
          UPDATE "public"."manager_version" AS h SET "staff" = NEW."staff", "operation_type" = 0
           WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx;
        END IF;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op = 2 THEN
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = tx
         WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."person id", NEW."staff", tx, NULL, 0);
      ELSIF NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."staff")::record OPERATOR(pg_catalog.*<>) ROW(NEW."staff")::record)) THEN
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = tx
         WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."person id", NEW."staff", tx, NULL, 1);
      ELSE
        PERFORM FROM "public"."manager_version" AS h
         WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx FOR UPDATE;
      END IF;
    ELSIF newest_end < tx OR newest_op = 2 THEN
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."person id", NEW."staff", tx, NULL, 0);
    ELSIF EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."staff")::record OPERATOR(pg_catalog.*<>) ROW(NEW."staff")::record)) THEN
      UPDATE "public"."manager_version" AS h SET "end_transaction_id" = NULL
       WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx;
    ELSE
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."person id", NEW."staff", tx, NULL, 1);
    END IF;
  END event;
  <<touch>>
  BEGIN
    IF tx IS NULL THEN
      EXIT touch;
    END IF;
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."id" OPERATOR(pg_catalog.<=) NEW."person id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF newest_tx = tx THEN
      IF newest_op = 1 AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx) AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx) THEN
        SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
          FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."id" OPERATOR(pg_catalog.<=) NEW."person id" AND h."transaction_id" < tx
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
        IF before_op <> 2 AND before_end = tx THEN
          IF EXISTS (SELECT FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id"
              AND EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) r."id" AND h."transaction_id" = before_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(r."name", r."hits")::record))) THEN
            DELETE FROM "public"."article_version" AS h
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx;
            UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
          END IF;
        END IF;
      END IF;
      EXIT touch;
    END IF;
    PERFORM FROM "public"."article" AS r
     WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id"
       AND EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx) FOR NO KEY UPDATE;
    IF NOT FOUND THEN
      EXIT touch;
    END IF;
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."id" OPERATOR(pg_catalog.<=) NEW."person id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", 0, tx, 0
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id";
      PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) NEW."person id" FOR NO KEY UPDATE;
      INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
        WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id"), 0), NULL, 0
        FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) NEW."person id"
         AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."end_transaction_id" IS NULL);
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", tx, NULL, 1
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id";
    ELSIF newest_end IS NULL THEN
      UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
       WHERE h."id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx;
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", tx, NULL, CASE newest_op WHEN 2 THEN 0 ELSE 1 END
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id";
    ELSE
      IF newest_end < tx THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        SELECT r."id", r."name", r."hits", newest_end, tx, 0
          FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id";
        PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) NEW."person id" FOR NO KEY UPDATE;
        INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id"), 0), NULL, 0
          FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) NEW."person id"
           AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."end_transaction_id" IS NULL);
      END IF;
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", tx, NULL, 1
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id";
    END IF;
  END touch;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_insert_manager_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_manager_version"], "fingerprint": "71442b104e18f3872099"}';

CREATE OR REPLACE FUNCTION "public"."continuum_update_manager_version"() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  moved boolean := OLD."person id" IS DISTINCT FROM NEW."person id";
  memo text := pg_catalog.current_setting('continuum.continuum_66da1e46', true);
  hint bigint;
  writer xid := pg_catalog.pg_current_xact_id()::xid;
  inside xid8;
  tx bigint;
  paused boolean := false;
  newest_tx bigint;
  newest_end bigint;
  newest_op integer;
  before_tx bigint;
  before_end bigint;
  before_op integer;
BEGIN
  IF pg_catalog.current_setting('continuum.continuum_66da1e46_paused', true) <> '' THEN
    paused := "public"."continuum_paused"('["public", "manager"]');
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = pg_catalog.pg_current_xact_id()::text THEN
    hint := pg_catalog.split_part(memo, ':', 2);
    IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
      inside := pg_catalog.split_part(memo, ':', 3)::xid8;
      writer := inside::xid;
    END IF;
  END IF;
  IF NOT moved THEN
    IF NOT (ROW(OLD."staff")::record OPERATOR(pg_catalog.*<>) ROW(NEW."staff")::record) THEN
      RETURN NULL;
    END IF;
    <<event>>
    BEGIN
      IF NOT paused THEN
        IF hint IS NULL THEN
          hint := "public"."continuum_transaction_id"(true);
          memo := pg_catalog.current_setting('continuum.continuum_66da1e46', true);
          IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
            inside := pg_catalog.split_part(memo, ':', 3)::xid8;
            writer := inside::xid;
          END IF;
        END IF;
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = hint
         WHERE EXISTS (SELECT FROM "public"."transaction" AS l
           WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
             OR pg_catalog.pg_xact_status(inside) = 'in progress'))
           AND h.ctid = (SELECT p.ctid FROM "public"."manager_version" AS p
             WHERE p."person id" OPERATOR(pg_catalog.>=) NEW."person id" AND p."person id" OPERATOR(pg_catalog.<=) NEW."person id"
       ORDER BY p."person id" DESC, p."transaction_id" DESC LIMIT 1)
           AND h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" < hint AND h."end_transaction_id" IS NULL;
        IF FOUND THEN
          INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (NEW."person id", NEW."staff", hint, NULL, 1);
          tx := hint;
          EXIT event;
        END IF;
      END IF;
      tx := "public"."continuum_transaction_id"(NOT paused);
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
        FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."person id" OPERATOR(pg_catalog.<=) NEW."person id"
       ORDER BY h."person id" DESC, h."transaction_id" DESC LIMIT 1;
      IF paused AND (newest_tx = tx) IS NOT TRUE THEN
        IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
          tx := "public"."continuum_transaction_id"(true);
          IF newest_tx > tx OR newest_end > tx THEN
            tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
          END IF;
          UPDATE "public"."manager_version" AS h SET "end_transaction_id" = tx
           WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx;
          PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
        END IF;
        PERFORM FROM "public"."article" AS r
         WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id" FOR NO KEY UPDATE;
        SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
          FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."id" OPERATOR(pg_catalog.<=) NEW."person id"
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
        IF newest_tx IS NOT NULL AND newest_end IS NULL AND (newest_tx = tx) IS NOT TRUE THEN
          tx := "public"."continuum_transaction_id"(true);
          IF newest_tx > tx OR newest_end > tx THEN
            tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
          END IF;
          UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
           WHERE h."id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx;
          PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
        END IF;
        EXIT event;
      END IF;
      IF newest_tx > tx OR newest_end > tx THEN
        tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
      END IF;
      IF newest_tx IS NULL THEN
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."person id", OLD."staff", 0, tx, 0);
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."person id", NEW."staff", tx, NULL, 1);
      ELSIF newest_tx = tx THEN
        IF newest_op = 0 THEN
          UPDATE "public"."manager_version" AS h SET "staff" = NEW."staff", "operation_type" = 0
           WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx;
        ELSE
          SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
            FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."person id" OPERATOR(pg_catalog.<=) NEW."person id" AND h."transaction_id" < tx
           ORDER BY h."person id" DESC, h."transaction_id" DESC LIMIT 1;
          IF before_op <> 2 AND before_end = tx THEN
            IF EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = before_tx AND NOT (ROW(h."staff")::record OPERATOR(pg_catalog.*<>) ROW(NEW."staff")::record)) THEN
              DELETE FROM "public"."manager_version" AS h
               WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx;
              UPDATE "public"."manager_version" AS h SET "end_transaction_id" = NULL
               WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
            ELSE
              UPDATE "public"."manager_version" AS h SET "staff" = NEW."staff", "operation_type" = 1
               WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx;
            END IF;
          ELSE
            UPDATE "public"."manager_version" AS h SET "staff" = NEW."staff", "operation_type" = 0
             WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx;
          END IF;
        END IF;
      ELSIF newest_end IS NULL THEN
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = tx
         WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."person id", NEW."staff", tx, NULL, 1);
      ELSIF newest_end < tx THEN
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."person id", OLD."staff", newest_end, tx, 0);
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."person id", NEW."staff", tx, NULL, 1);
      ELSIF EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."staff")::record OPERATOR(pg_catalog.*<>) ROW(NEW."staff")::record)) THEN
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = NULL
         WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx;
      ELSE
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."person id", NEW."staff", tx, NULL, 1);
      END IF;
    END event;
    <<touch>>
    BEGIN
      IF tx IS NULL THEN
        EXIT touch;
      END IF;
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
        FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."id" OPERATOR(pg_catalog.<=) NEW."person id"
       ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
      IF newest_tx = tx THEN
        IF newest_op = 1 AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx) AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx) THEN
          SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
            FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."id" OPERATOR(pg_catalog.<=) NEW."person id" AND h."transaction_id" < tx
           ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
          IF before_op <> 2 AND before_end = tx THEN
            IF EXISTS (SELECT FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id"
                AND EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) r."id" AND h."transaction_id" = before_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(r."name", r."hits")::record))) THEN
              DELETE FROM "public"."article_version" AS h
               WHERE h."id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx;
              UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
               WHERE h."id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
            END IF;
          END IF;
        END IF;
        EXIT touch;
      END IF;
      PERFORM FROM "public"."article" AS r
       WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id"
         AND EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx) FOR NO KEY UPDATE;
      IF NOT FOUND THEN
        EXIT touch;
      END IF;
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
        FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."id" OPERATOR(pg_catalog.<=) NEW."person id"
       ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
      IF newest_tx > tx OR newest_end > tx THEN
        tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
      END IF;
      IF newest_tx IS NULL THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        SELECT r."id", r."name", r."hits", 0, tx, 0
          FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id";
        PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) NEW."person id" FOR NO KEY UPDATE;
        INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id"), 0), NULL, 0
          FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) NEW."person id"
           AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."end_transaction_id" IS NULL);
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        SELECT r."id", r."name", r."hits", tx, NULL, 1
          FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id";
      ELSIF newest_end IS NULL THEN
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        SELECT r."id", r."name", r."hits", tx, NULL, CASE newest_op WHEN 2 THEN 0 ELSE 1 END
          FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id";
      ELSE
        IF newest_end < tx THEN
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          SELECT r."id", r."name", r."hits", newest_end, tx, 0
            FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id";
          PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) NEW."person id" FOR NO KEY UPDATE;
          INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
          SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
            WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id"), 0), NULL, 0
            FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) NEW."person id"
             AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."end_transaction_id" IS NULL);
        END IF;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        SELECT r."id", r."name", r."hits", tx, NULL, 1
          FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id";
      END IF;
    END touch;
    RETURN NULL;
  END IF;
  <<event>>
  BEGIN
    IF EXISTS (SELECT FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."person id") THEN
      IF NOT paused THEN
        tx := "public"."continuum_transaction_id"(NOT paused);
        SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
          FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.>=) OLD."person id" AND h."person id" OPERATOR(pg_catalog.<=) OLD."person id"
         ORDER BY h."person id" DESC, h."transaction_id" DESC LIMIT 1;
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        IF newest_tx IS NULL THEN
          INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (OLD."person id", OLD."staff", 0, tx, 0);
        ELSIF newest_end < tx THEN
          INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (OLD."person id", OLD."staff", newest_end, tx, 0);
        END IF;
      END IF;
      EXIT event;
    END IF;
    IF NOT paused THEN
      IF hint IS NULL THEN
        hint := "public"."continuum_transaction_id"(true);
        memo := pg_catalog.current_setting('continuum.continuum_66da1e46', true);
        IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
          inside := pg_catalog.split_part(memo, ':', 3)::xid8;
          writer := inside::xid;
        END IF;
      END IF;
      UPDATE "public"."manager_version" AS h SET "end_transaction_id" = hint
       WHERE EXISTS (SELECT FROM "public"."transaction" AS l
         WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND h.ctid = (SELECT p.ctid FROM "public"."manager_version" AS p
           WHERE p."person id" OPERATOR(pg_catalog.>=) OLD."person id" AND p."person id" OPERATOR(pg_catalog.<=) OLD."person id"
     ORDER BY p."person id" DESC, p."transaction_id" DESC LIMIT 1)
         AND h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" < hint AND h."end_transaction_id" IS NULL AND h."operation_type" <> 2;
      IF FOUND THEN
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."person id", OLD."staff", hint, NULL, 2);
        tx := hint;
        EXIT event;
      END IF;
    END IF;
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.>=) OLD."person id" AND h."person id" OPERATOR(pg_catalog.<=) OLD."person id"
     ORDER BY h."person id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
        tx := "public"."continuum_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = tx
         WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      PERFORM FROM "public"."article" AS r
       WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id" FOR NO KEY UPDATE;
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
        FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."person id" AND h."id" OPERATOR(pg_catalog.<=) OLD."person id"
       ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
      IF newest_tx IS NOT NULL AND newest_end IS NULL AND (newest_tx = tx) IS NOT TRUE THEN
        tx := "public"."continuum_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."person id", OLD."staff", 0, tx, 0);
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."person id", OLD."staff", tx, NULL, 2);
    ELSIF newest_tx = tx THEN
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
        FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.>=) OLD."person id" AND h."person id" OPERATOR(pg_catalog.<=) OLD."person id" AND h."transaction_id" < tx
       ORDER BY h."person id" DESC, h."transaction_id" DESC LIMIT 1;
      IF before_op <> 2 AND before_end = tx THEN
        UPDATE "public"."manager_version" AS h SET "staff" = OLD."staff", "operation_type" = 2
         WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = tx;
      ELSE
        DELETE FROM "public"."manager_version" AS h
         WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = tx;
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = NULL
         WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op <> 2 THEN
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = tx
         WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."person id", OLD."staff", tx, NULL, 2);
      END IF;
    ELSE
      IF newest_end < tx THEN
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."person id", OLD."staff", newest_end, tx, 0);
      END IF;
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."person id", OLD."staff", tx, NULL, 2);
    END IF;
  END event;
  <<touch>>
  BEGIN
    IF tx IS NULL THEN
      EXIT touch;
    END IF;
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."person id" AND h."id" OPERATOR(pg_catalog.<=) OLD."person id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF newest_tx = tx THEN
      IF newest_op = 1 AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = tx) AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = tx) THEN
        SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
          FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."person id" AND h."id" OPERATOR(pg_catalog.<=) OLD."person id" AND h."transaction_id" < tx
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
        IF before_op <> 2 AND before_end = tx THEN
          IF EXISTS (SELECT FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id"
              AND EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) r."id" AND h."transaction_id" = before_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(r."name", r."hits")::record))) THEN
            DELETE FROM "public"."article_version" AS h
             WHERE h."id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = tx;
            UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
             WHERE h."id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
          END IF;
        END IF;
      END IF;
      EXIT touch;
    END IF;
    PERFORM FROM "public"."article" AS r
     WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id"
       AND EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = tx) FOR NO KEY UPDATE;
    IF NOT FOUND THEN
      EXIT touch;
    END IF;
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."person id" AND h."id" OPERATOR(pg_catalog.<=) OLD."person id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", 0, tx, 0
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id";
      PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."person id" FOR NO KEY UPDATE;
      INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
        WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id"), 0), NULL, 0
        FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."person id"
         AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."end_transaction_id" IS NULL);
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", tx, NULL, 1
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id";
    ELSIF newest_end IS NULL THEN
      UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
       WHERE h."id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = newest_tx;
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", tx, NULL, CASE newest_op WHEN 2 THEN 0 ELSE 1 END
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id";
    ELSE
      IF newest_end < tx THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        SELECT r."id", r."name", r."hits", newest_end, tx, 0
          FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id";
        PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."person id" FOR NO KEY UPDATE;
        INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id"), 0), NULL, 0
          FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."person id"
           AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."end_transaction_id" IS NULL);
      END IF;
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", tx, NULL, 1
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id";
    END IF;
  END touch;
  <<event>>
  BEGIN
    IF NOT paused THEN
      IF hint IS NULL THEN
        hint := "public"."continuum_transaction_id"(true);
        memo := pg_catalog.current_setting('continuum.continuum_66da1e46', true);
        IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
          inside := pg_catalog.split_part(memo, ':', 3)::xid8;
          writer := inside::xid;
        END IF;
      END IF;
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      SELECT NEW."person id", NEW."staff", hint, NULL, 0
       WHERE EXISTS (SELECT FROM "public"."transaction" AS l
         WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id");
      IF FOUND THEN
        tx := hint;
        EXIT event;
      END IF;
    END IF;
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."person id" OPERATOR(pg_catalog.<=) NEW."person id"
     ORDER BY h."person id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL AND newest_op <> 2 AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."staff")::record OPERATOR(pg_catalog.*<>) ROW(NEW."staff")::record)) THEN
        tx := "public"."continuum_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = tx
         WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."person id", NEW."staff", tx, NULL, 0);
    ELSIF newest_tx = tx THEN
      IF newest_op = 0 THEN
        UPDATE "public"."manager_version" AS h SET "staff" = NEW."staff", "operation_type" = 0
         WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx;
      ELSE
        SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
          FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."person id" OPERATOR(pg_catalog.<=) NEW."person id" AND h."transaction_id" < tx
         ORDER BY h."person id" DESC, h."transaction_id" DESC LIMIT 1;
        IF before_op <> 2 AND before_end = tx THEN
          IF EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = before_tx AND NOT (ROW(h."staff")::record OPERATOR(pg_catalog.*<>) ROW(NEW."staff")::record)) THEN
            DELETE FROM "public"."manager_version" AS h
             WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx;
            UPDATE "public"."manager_version" AS h SET "end_transaction_id" = NULL
             WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
          ELSE
            UPDATE "public"."manager_version" AS h SET "staff" = NEW."staff", "operation_type" = 1
             WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx;
          END IF;
        ELSE
          UPDATE "public"."manager_version" AS h SET "staff" = NEW."staff", "operation_type" = 0
           WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx;
        END IF;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op = 2 THEN
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = tx
         WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."person id", NEW."staff", tx, NULL, 0);
      ELSIF NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."staff")::record OPERATOR(pg_catalog.*<>) ROW(NEW."staff")::record)) THEN
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = tx
         WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."person id", NEW."staff", tx, NULL, 1);
      ELSE
        PERFORM FROM "public"."manager_version" AS h
         WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx FOR UPDATE;
      END IF;
    ELSIF newest_end < tx OR newest_op = 2 THEN
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."person id", NEW."staff", tx, NULL, 0);
    ELSIF EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."staff")::record OPERATOR(pg_catalog.*<>) ROW(NEW."staff")::record)) THEN
      UPDATE "public"."manager_version" AS h SET "end_transaction_id" = NULL
       WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx;
    ELSE
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."person id", NEW."staff", tx, NULL, 1);
    END IF;
  END event;
  <<touch>>
  BEGIN
    IF tx IS NULL THEN
      EXIT touch;
    END IF;
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."id" OPERATOR(pg_catalog.<=) NEW."person id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF newest_tx = tx THEN
      IF newest_op = 1 AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx) AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx) THEN
        SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
          FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."id" OPERATOR(pg_catalog.<=) NEW."person id" AND h."transaction_id" < tx
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
        IF before_op <> 2 AND before_end = tx THEN
          IF EXISTS (SELECT FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id"
              AND EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) r."id" AND h."transaction_id" = before_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(r."name", r."hits")::record))) THEN
            DELETE FROM "public"."article_version" AS h
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx;
            UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
          END IF;
        END IF;
      END IF;
      EXIT touch;
    END IF;
    PERFORM FROM "public"."article" AS r
     WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id"
       AND EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = tx) FOR NO KEY UPDATE;
    IF NOT FOUND THEN
      EXIT touch;
    END IF;
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."person id" AND h."id" OPERATOR(pg_catalog.<=) NEW."person id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", 0, tx, 0
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id";
      PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) NEW."person id" FOR NO KEY UPDATE;
      INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
        WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id"), 0), NULL, 0
        FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) NEW."person id"
         AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."end_transaction_id" IS NULL);
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", tx, NULL, 1
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id";
    ELSIF newest_end IS NULL THEN
      UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
       WHERE h."id" OPERATOR(pg_catalog.=) NEW."person id" AND h."transaction_id" = newest_tx;
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", tx, NULL, CASE newest_op WHEN 2 THEN 0 ELSE 1 END
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id";
    ELSE
      IF newest_end < tx THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        SELECT r."id", r."name", r."hits", newest_end, tx, 0
          FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id";
        PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) NEW."person id" FOR NO KEY UPDATE;
        INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id"), 0), NULL, 0
          FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) NEW."person id"
           AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."person id" AND h."end_transaction_id" IS NULL);
      END IF;
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", tx, NULL, 1
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) NEW."person id";
    END IF;
  END touch;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_update_manager_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_manager_version"], "fingerprint": "71442b104e18f3872099"}';

CREATE OR REPLACE FUNCTION "public"."continuum_delete_manager_version"() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  memo text := pg_catalog.current_setting('continuum.continuum_66da1e46', true);
  hint bigint;
  writer xid := pg_catalog.pg_current_xact_id()::xid;
  inside xid8;
  tx bigint;
  paused boolean := false;
  newest_tx bigint;
  newest_end bigint;
  newest_op integer;
  before_tx bigint;
  before_end bigint;
  before_op integer;
BEGIN
  IF pg_catalog.current_setting('continuum.continuum_66da1e46_paused', true) <> '' THEN
    paused := "public"."continuum_paused"('["public", "manager"]');
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = pg_catalog.pg_current_xact_id()::text THEN
    hint := pg_catalog.split_part(memo, ':', 2);
    IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
      inside := pg_catalog.split_part(memo, ':', 3)::xid8;
      writer := inside::xid;
    END IF;
  END IF;
  <<event>>
  BEGIN
    IF NOT paused THEN
      IF hint IS NULL THEN
        hint := "public"."continuum_transaction_id"(true);
        memo := pg_catalog.current_setting('continuum.continuum_66da1e46', true);
        IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
          inside := pg_catalog.split_part(memo, ':', 3)::xid8;
          writer := inside::xid;
        END IF;
      END IF;
      UPDATE "public"."manager_version" AS h SET "end_transaction_id" = hint
       WHERE EXISTS (SELECT FROM "public"."transaction" AS l
         WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND h.ctid = (SELECT p.ctid FROM "public"."manager_version" AS p
           WHERE p."person id" OPERATOR(pg_catalog.>=) OLD."person id" AND p."person id" OPERATOR(pg_catalog.<=) OLD."person id"
     ORDER BY p."person id" DESC, p."transaction_id" DESC LIMIT 1)
         AND h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" < hint AND h."end_transaction_id" IS NULL AND h."operation_type" <> 2;
      IF FOUND THEN
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."person id", OLD."staff", hint, NULL, 2);
        tx := hint;
        EXIT event;
      END IF;
    END IF;
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.>=) OLD."person id" AND h."person id" OPERATOR(pg_catalog.<=) OLD."person id"
     ORDER BY h."person id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
        tx := "public"."continuum_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = tx
         WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      PERFORM FROM "public"."article" AS r
       WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id" FOR NO KEY UPDATE;
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
        FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."person id" AND h."id" OPERATOR(pg_catalog.<=) OLD."person id"
       ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
      IF newest_tx IS NOT NULL AND newest_end IS NULL AND (newest_tx = tx) IS NOT TRUE THEN
        tx := "public"."continuum_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."person id", OLD."staff", 0, tx, 0);
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."person id", OLD."staff", tx, NULL, 2);
    ELSIF newest_tx = tx THEN
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
        FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.>=) OLD."person id" AND h."person id" OPERATOR(pg_catalog.<=) OLD."person id" AND h."transaction_id" < tx
       ORDER BY h."person id" DESC, h."transaction_id" DESC LIMIT 1;
      IF before_op <> 2 AND before_end = tx THEN
        UPDATE "public"."manager_version" AS h SET "staff" = OLD."staff", "operation_type" = 2
         WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = tx;
      ELSE
        DELETE FROM "public"."manager_version" AS h
         WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = tx;
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = NULL
         WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op <> 2 THEN
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = tx
         WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."person id", OLD."staff", tx, NULL, 2);
      END IF;
    ELSE
      IF newest_end < tx THEN
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."person id", OLD."staff", newest_end, tx, 0);
      END IF;
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."person id", OLD."staff", tx, NULL, 2);
    END IF;
  END event;
  <<touch>>
  BEGIN
    IF tx IS NULL THEN
      EXIT touch;
    END IF;
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."person id" AND h."id" OPERATOR(pg_catalog.<=) OLD."person id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF newest_tx = tx THEN
      IF newest_op = 1 AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = tx) AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = tx) THEN
        SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
          FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."person id" AND h."id" OPERATOR(pg_catalog.<=) OLD."person id" AND h."transaction_id" < tx
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
        IF before_op <> 2 AND before_end = tx THEN
          IF EXISTS (SELECT FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id"
              AND EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) r."id" AND h."transaction_id" = before_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(r."name", r."hits")::record))) THEN
            DELETE FROM "public"."article_version" AS h
             WHERE h."id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = tx;
            UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
             WHERE h."id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
          END IF;
        END IF;
      END IF;
      EXIT touch;
    END IF;
    PERFORM FROM "public"."article" AS r
     WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id"
       AND EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = tx) FOR NO KEY UPDATE;
    IF NOT FOUND THEN
      EXIT touch;
    END IF;
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."person id" AND h."id" OPERATOR(pg_catalog.<=) OLD."person id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", 0, tx, 0
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id";
      PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."person id" FOR NO KEY UPDATE;
      INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
        WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id"), 0), NULL, 0
        FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."person id"
         AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."end_transaction_id" IS NULL);
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", tx, NULL, 1
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id";
    ELSIF newest_end IS NULL THEN
      UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
       WHERE h."id" OPERATOR(pg_catalog.=) OLD."person id" AND h."transaction_id" = newest_tx;
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", tx, NULL, CASE newest_op WHEN 2 THEN 0 ELSE 1 END
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id";
    ELSE
      IF newest_end < tx THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        SELECT r."id", r."name", r."hits", newest_end, tx, 0
          FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id";
        PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."person id" FOR NO KEY UPDATE;
        INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id"), 0), NULL, 0
          FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."person id"
           AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."person id" AND h."end_transaction_id" IS NULL);
      END IF;
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT r."id", r."name", r."hits", tx, NULL, 1
        FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) OLD."person id";
    END IF;
  END touch;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_delete_manager_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_manager_version"], "fingerprint": "71442b104e18f3872099"}';

CREATE OR REPLACE FUNCTION "public"."continuum_truncate_manager_version"() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  gone record;
  memo text := pg_catalog.current_setting('continuum.continuum_66da1e46', true);
  hint bigint;
  writer xid := pg_catalog.pg_current_xact_id()::xid;
  inside xid8;
  tx bigint;
  paused boolean := false;
  newest_tx bigint;
  newest_end bigint;
  newest_op integer;
  before_tx bigint;
  before_end bigint;
  before_op integer;
BEGIN
  IF pg_catalog.current_setting('continuum.continuum_66da1e46_paused', true) <> '' THEN
    paused := "public"."continuum_paused"('["public", "manager"]');
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = pg_catalog.pg_current_xact_id()::text THEN
    hint := pg_catalog.split_part(memo, ':', 2);
    IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
      inside := pg_catalog.split_part(memo, ':', 3)::xid8;
      writer := inside::xid;
    END IF;
  END IF;
  FOR gone IN SELECT c.* FROM "public"."manager" AS c LOOP
    <<event>>
    BEGIN
      IF NOT paused THEN
        IF hint IS NULL THEN
          hint := "public"."continuum_transaction_id"(true);
          memo := pg_catalog.current_setting('continuum.continuum_66da1e46', true);
          IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
            inside := pg_catalog.split_part(memo, ':', 3)::xid8;
            writer := inside::xid;
          END IF;
        END IF;
        UPDATE "public"."manager_version" AS h SET "end_transaction_id" = hint
         WHERE EXISTS (SELECT FROM "public"."transaction" AS l
           WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
             OR pg_catalog.pg_xact_status(inside) = 'in progress'))
           AND h.ctid = (SELECT p.ctid FROM "public"."manager_version" AS p
             WHERE p."person id" OPERATOR(pg_catalog.>=) gone."person id" AND p."person id" OPERATOR(pg_catalog.<=) gone."person id"
       ORDER BY p."person id" DESC, p."transaction_id" DESC LIMIT 1)
           AND h."person id" OPERATOR(pg_catalog.=) gone."person id" AND h."transaction_id" < hint AND h."end_transaction_id" IS NULL AND h."operation_type" <> 2;
        IF FOUND THEN
          INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (gone."person id", gone."staff", hint, NULL, 2);
          tx := hint;
          EXIT event;
        END IF;
      END IF;
      tx := "public"."continuum_transaction_id"(NOT paused);
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
        FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.>=) gone."person id" AND h."person id" OPERATOR(pg_catalog.<=) gone."person id"
       ORDER BY h."person id" DESC, h."transaction_id" DESC LIMIT 1;
      IF paused AND (newest_tx = tx) IS NOT TRUE THEN
        IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
          tx := "public"."continuum_transaction_id"(true);
          IF newest_tx > tx OR newest_end > tx THEN
            tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
          END IF;
          UPDATE "public"."manager_version" AS h SET "end_transaction_id" = tx
           WHERE h."person id" OPERATOR(pg_catalog.=) gone."person id" AND h."transaction_id" = newest_tx;
          PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
        END IF;
        PERFORM FROM "public"."article" AS r
         WHERE r."id" OPERATOR(pg_catalog.=) gone."person id" FOR NO KEY UPDATE;
        SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
          FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) gone."person id" AND h."id" OPERATOR(pg_catalog.<=) gone."person id"
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
        IF newest_tx IS NOT NULL AND newest_end IS NULL AND (newest_tx = tx) IS NOT TRUE THEN
          tx := "public"."continuum_transaction_id"(true);
          IF newest_tx > tx OR newest_end > tx THEN
            tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
          END IF;
          UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
           WHERE h."id" OPERATOR(pg_catalog.=) gone."person id" AND h."transaction_id" = newest_tx;
          PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
        END IF;
        EXIT event;
      END IF;
      IF newest_tx > tx OR newest_end > tx THEN
        tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
      END IF;
      IF newest_tx IS NULL THEN
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (gone."person id", gone."staff", 0, tx, 0);
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (gone."person id", gone."staff", tx, NULL, 2);
      ELSIF newest_tx = tx THEN
        SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
          FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.>=) gone."person id" AND h."person id" OPERATOR(pg_catalog.<=) gone."person id" AND h."transaction_id" < tx
         ORDER BY h."person id" DESC, h."transaction_id" DESC LIMIT 1;
        IF before_op <> 2 AND before_end = tx THEN
          UPDATE "public"."manager_version" AS h SET "staff" = gone."staff", "operation_type" = 2
           WHERE h."person id" OPERATOR(pg_catalog.=) gone."person id" AND h."transaction_id" = tx;
        ELSE
          DELETE FROM "public"."manager_version" AS h
           WHERE h."person id" OPERATOR(pg_catalog.=) gone."person id" AND h."transaction_id" = tx;
          UPDATE "public"."manager_version" AS h SET "end_transaction_id" = NULL
           WHERE h."person id" OPERATOR(pg_catalog.=) gone."person id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
        END IF;
      ELSIF newest_end IS NULL THEN
        IF newest_op <> 2 THEN
          UPDATE "public"."manager_version" AS h SET "end_transaction_id" = tx
           WHERE h."person id" OPERATOR(pg_catalog.=) gone."person id" AND h."transaction_id" = newest_tx;
          INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (gone."person id", gone."staff", tx, NULL, 2);
        END IF;
      ELSE
        IF newest_end < tx THEN
          INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (gone."person id", gone."staff", newest_end, tx, 0);
        END IF;
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (gone."person id", gone."staff", tx, NULL, 2);
      END IF;
    END event;
    <<touch>>
    BEGIN
      IF tx IS NULL THEN
        EXIT touch;
      END IF;
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
        FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) gone."person id" AND h."id" OPERATOR(pg_catalog.<=) gone."person id"
       ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
      IF newest_tx = tx THEN
        IF newest_op = 1 AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) gone."person id" AND h."transaction_id" = tx) AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) gone."person id" AND h."transaction_id" = tx) THEN
          SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
            FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) gone."person id" AND h."id" OPERATOR(pg_catalog.<=) gone."person id" AND h."transaction_id" < tx
           ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
          IF before_op <> 2 AND before_end = tx THEN
            IF EXISTS (SELECT FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) gone."person id"
                AND EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) r."id" AND h."transaction_id" = before_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(r."name", r."hits")::record))) THEN
              DELETE FROM "public"."article_version" AS h
               WHERE h."id" OPERATOR(pg_catalog.=) gone."person id" AND h."transaction_id" = tx;
              UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
               WHERE h."id" OPERATOR(pg_catalog.=) gone."person id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
            END IF;
          END IF;
        END IF;
        EXIT touch;
      END IF;
      PERFORM FROM "public"."article" AS r
       WHERE r."id" OPERATOR(pg_catalog.=) gone."person id"
         AND EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) gone."person id" AND h."transaction_id" = tx) FOR NO KEY UPDATE;
      IF NOT FOUND THEN
        EXIT touch;
      END IF;
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
        FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) gone."person id" AND h."id" OPERATOR(pg_catalog.<=) gone."person id"
       ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
      IF newest_tx > tx OR newest_end > tx THEN
        tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
      END IF;
      IF newest_tx IS NULL THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        SELECT r."id", r."name", r."hits", 0, tx, 0
          FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) gone."person id";
        PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) gone."person id" FOR NO KEY UPDATE;
        INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) gone."person id"), 0), NULL, 0
          FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) gone."person id"
           AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) gone."person id" AND h."end_transaction_id" IS NULL);
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        SELECT r."id", r."name", r."hits", tx, NULL, 1
          FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) gone."person id";
      ELSIF newest_end IS NULL THEN
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h."id" OPERATOR(pg_catalog.=) gone."person id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        SELECT r."id", r."name", r."hits", tx, NULL, CASE newest_op WHEN 2 THEN 0 ELSE 1 END
          FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) gone."person id";
      ELSE
        IF newest_end < tx THEN
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          SELECT r."id", r."name", r."hits", newest_end, tx, 0
            FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) gone."person id";
          PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) gone."person id" FOR NO KEY UPDATE;
          INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
          SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
            WHERE h."person id" OPERATOR(pg_catalog.=) gone."person id"), 0), NULL, 0
            FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) gone."person id"
             AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) gone."person id" AND h."end_transaction_id" IS NULL);
        END IF;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        SELECT r."id", r."name", r."hits", tx, NULL, 1
          FROM "public"."article" AS r WHERE r."id" OPERATOR(pg_catalog.=) gone."person id";
      END IF;
    END touch;
  END LOOP;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_truncate_manager_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_manager_version"], "fingerprint": "71442b104e18f3872099"}';

CREATE OR REPLACE FUNCTION "public"."continuum_renumber_manager_version"(old_id bigint, new_id bigint, gaps boolean) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  mine record;
BEGIN
  UPDATE "public"."manager_version" AS h SET "transaction_id" = new_id WHERE h."transaction_id" = old_id;
  IF gaps THEN
    UPDATE "public"."manager_version" AS h SET "end_transaction_id" = new_id WHERE h."end_transaction_id" = old_id;
  ELSIF FOUND THEN
    FOR mine IN SELECT h."person id" FROM "public"."manager_version" AS h WHERE h."transaction_id" = new_id LOOP
      UPDATE "public"."manager_version" AS h SET "end_transaction_id" = new_id
       WHERE h."person id" OPERATOR(pg_catalog.=) mine."person id" AND h."end_transaction_id" = old_id
         AND h."transaction_id" = (SELECT p."transaction_id" FROM "public"."manager_version" AS p
           WHERE p."person id" OPERATOR(pg_catalog.>=) mine."person id" AND p."person id" OPERATOR(pg_catalog.<=) mine."person id" AND p."transaction_id" < new_id
 ORDER BY p."person id" DESC, p."transaction_id" DESC LIMIT 1);
    END LOOP;
  END IF;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_renumber_manager_version"(bigint, bigint, boolean) IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_manager_version"], "fingerprint": "71442b104e18f3872099"}';

SELECT pg_catalog.set_config('continuum.lock_timeout', pg_catalog.current_setting('lock_timeout'), true), pg_catalog.set_config('lock_timeout', CASE pg_catalog.current_setting('lock_timeout') WHEN '0' THEN '10s' ELSE pg_catalog.current_setting('lock_timeout') END, true);

CREATE OR REPLACE TRIGGER "00_continuum_insert" AFTER INSERT ON "public"."manager"
  FOR EACH ROW
  EXECUTE FUNCTION "public"."continuum_insert_manager_version"();

COMMENT ON TRIGGER "00_continuum_insert" ON "public"."manager" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_manager_version"], "fingerprint": "71442b104e18f3872099"}';

CREATE OR REPLACE TRIGGER "00_continuum_update" AFTER UPDATE ON "public"."manager"
  FOR EACH ROW
  WHEN (OLD.* OPERATOR(pg_catalog.*<>) NEW.*)
  EXECUTE FUNCTION "public"."continuum_update_manager_version"();

COMMENT ON TRIGGER "00_continuum_update" ON "public"."manager" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_manager_version"], "fingerprint": "71442b104e18f3872099"}';

CREATE OR REPLACE TRIGGER "00_continuum_delete" AFTER DELETE ON "public"."manager"
  FOR EACH ROW
  EXECUTE FUNCTION "public"."continuum_delete_manager_version"();

COMMENT ON TRIGGER "00_continuum_delete" ON "public"."manager" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_manager_version"], "fingerprint": "71442b104e18f3872099"}';

CREATE OR REPLACE TRIGGER "00_continuum_truncate" BEFORE TRUNCATE ON "public"."manager"
  FOR EACH STATEMENT
  EXECUTE FUNCTION "public"."continuum_truncate_manager_version"();

COMMENT ON TRIGGER "00_continuum_truncate" ON "public"."manager" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_manager_version"], "fingerprint": "71442b104e18f3872099"}';

SELECT pg_catalog.set_config('lock_timeout', COALESCE(NULLIF(pg_catalog.current_setting('continuum.lock_timeout', true), ''), pg_catalog.current_setting('lock_timeout')), true);

