CREATE OR REPLACE FUNCTION "public"."continuum_insert_article_version"() RETURNS trigger
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
    paused := "public"."continuum_paused"('["public", "article"]');
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
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT NEW."id", NEW."name", NEW."hits", hint, NULL, 0
       WHERE EXISTS (SELECT FROM "public"."transaction" AS l
         WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND NOT EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id");
      IF FOUND THEN
        EXIT event;
      END IF;
    END IF;
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."id" AND h."id" OPERATOR(pg_catalog.<=) NEW."id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL AND newest_op <> 2 AND NOT EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record)) THEN
        tx := "public"."continuum_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 0);
    ELSIF newest_tx = tx THEN
      IF newest_op = 0 THEN
        UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 0
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
      ELSE
        SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
          FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."id" AND h."id" OPERATOR(pg_catalog.<=) NEW."id" AND h."transaction_id" < tx
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
        IF before_op <> 2 AND before_end = tx THEN
          IF (EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = before_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record))
        AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)
        AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)) THEN
            DELETE FROM "public"."article_version" AS h
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
            UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
          ELSE
            UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 1
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
          END IF;
        ELSE
          UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 0
           WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
        END IF;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op = 2 THEN
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 0);
      ELSIF NOT (EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record))
        AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)
        AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)) THEN
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 1);
      ELSE
        PERFORM FROM "public"."article_version" AS h
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx FOR UPDATE;
      END IF;
    ELSIF newest_end < tx OR newest_op = 2 THEN
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 0);
    ELSIF (EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record))
      AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)
      AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)) THEN
      UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
       WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx;
    ELSE
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 1);
    END IF;
  END event;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_insert_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "821a30bfb06d938300e7"}';

CREATE OR REPLACE FUNCTION "public"."continuum_update_article_version"() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  moved boolean := OLD."id" IS DISTINCT FROM NEW."id";
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
    paused := "public"."continuum_paused"('["public", "article"]');
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = pg_catalog.pg_current_xact_id()::text THEN
    hint := pg_catalog.split_part(memo, ':', 2);
    IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
      inside := pg_catalog.split_part(memo, ':', 3)::xid8;
      writer := inside::xid;
    END IF;
  END IF;
  IF NOT moved THEN
    IF NOT (ROW(OLD."name", OLD."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record) THEN
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
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = hint
         WHERE EXISTS (SELECT FROM "public"."transaction" AS l
           WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
             OR pg_catalog.pg_xact_status(inside) = 'in progress'))
           AND h.ctid = (SELECT p.ctid FROM "public"."article_version" AS p
             WHERE p."id" OPERATOR(pg_catalog.>=) NEW."id" AND p."id" OPERATOR(pg_catalog.<=) NEW."id"
       ORDER BY p."id" DESC, p."transaction_id" DESC LIMIT 1)
           AND h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" < hint AND h."end_transaction_id" IS NULL;
        IF FOUND THEN
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (NEW."id", NEW."name", NEW."hits", hint, NULL, 1);
          EXIT event;
        END IF;
      END IF;
      tx := "public"."continuum_transaction_id"(NOT paused);
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
        FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."id" AND h."id" OPERATOR(pg_catalog.<=) NEW."id"
       ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
      IF paused AND (newest_tx = tx) IS NOT TRUE THEN
        IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
          tx := "public"."continuum_transaction_id"(true);
          IF newest_tx > tx OR newest_end > tx THEN
            tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
          END IF;
          UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
           WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx;
          PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
        END IF;
        EXIT event;
      END IF;
      IF newest_tx > tx OR newest_end > tx THEN
        tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
      END IF;
      IF newest_tx IS NULL THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."id", OLD."name", OLD."hits", 0, tx, 0);
        PERFORM FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."manager_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
          FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
           AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
        PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
        INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
          FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
           AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 1);
      ELSIF newest_tx = tx THEN
        IF newest_op = 0 THEN
          UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 0
           WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
        ELSE
          SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
            FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."id" AND h."id" OPERATOR(pg_catalog.<=) NEW."id" AND h."transaction_id" < tx
           ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
          IF before_op <> 2 AND before_end = tx THEN
            IF (EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = before_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record))
          AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)
          AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)) THEN
              DELETE FROM "public"."article_version" AS h
               WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
              UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
               WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
            ELSE
              UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 1
               WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
            END IF;
          ELSE
            UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 0
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
          END IF;
        END IF;
      ELSIF newest_end IS NULL THEN
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 1);
      ELSIF newest_end < tx THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."id", OLD."name", OLD."hits", newest_end, tx, 0);
        PERFORM FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."manager_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
          FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
           AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
        PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
        INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
          FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
           AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 1);
      ELSIF (EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record))
        AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)
        AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)) THEN
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx;
      ELSE
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 1);
      END IF;
    END event;
    RETURN NULL;
  END IF;
  <<event>>
  BEGIN
    IF EXISTS (SELECT FROM "public"."article" AS c WHERE c."id" OPERATOR(pg_catalog.=) OLD."id") THEN
      IF NOT paused THEN
        tx := "public"."continuum_transaction_id"(NOT paused);
        SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
          FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."id" AND h."id" OPERATOR(pg_catalog.<=) OLD."id"
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        IF newest_tx IS NULL THEN
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (OLD."id", OLD."name", OLD."hits", 0, tx, 0);
          PERFORM FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
          INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
          SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."manager_version" AS h
            WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
            FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
             AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
          PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
          INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
          SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
            WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
            FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
             AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
        ELSIF newest_end < tx THEN
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (OLD."id", OLD."name", OLD."hits", newest_end, tx, 0);
          PERFORM FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
          INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
          SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."manager_version" AS h
            WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
            FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
             AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
          PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
          INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
          SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
            WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
            FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
             AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
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
      UPDATE "public"."article_version" AS h SET "end_transaction_id" = hint
       WHERE EXISTS (SELECT FROM "public"."transaction" AS l
         WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND h.ctid = (SELECT p.ctid FROM "public"."article_version" AS p
           WHERE p."id" OPERATOR(pg_catalog.>=) OLD."id" AND p."id" OPERATOR(pg_catalog.<=) OLD."id"
     ORDER BY p."id" DESC, p."transaction_id" DESC LIMIT 1)
         AND h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" < hint AND h."end_transaction_id" IS NULL AND h."operation_type" <> 2;
      IF FOUND THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."id", OLD."name", OLD."hits", hint, NULL, 2);
        EXIT event;
      END IF;
    END IF;
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."id" AND h."id" OPERATOR(pg_catalog.<=) OLD."id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
        tx := "public"."continuum_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."id", OLD."name", OLD."hits", 0, tx, 0);
      PERFORM FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."manager_version" AS h
        WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
        FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
         AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
      PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
      INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
        WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
        FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
         AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."id", OLD."name", OLD."hits", tx, NULL, 2);
    ELSIF newest_tx = tx THEN
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
        FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."id" AND h."id" OPERATOR(pg_catalog.<=) OLD."id" AND h."transaction_id" < tx
       ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
      IF before_op <> 2 AND before_end = tx THEN
        UPDATE "public"."article_version" AS h SET "name" = OLD."name", "hits" = OLD."hits", "operation_type" = 2
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = tx;
      ELSE
        DELETE FROM "public"."article_version" AS h
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = tx;
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op <> 2 THEN
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."id", OLD."name", OLD."hits", tx, NULL, 2);
      END IF;
    ELSE
      IF newest_end < tx THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."id", OLD."name", OLD."hits", newest_end, tx, 0);
        PERFORM FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."manager_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
          FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
           AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
        PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
        INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
          FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
           AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
      END IF;
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."id", OLD."name", OLD."hits", tx, NULL, 2);
    END IF;
  END event;
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
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      SELECT NEW."id", NEW."name", NEW."hits", hint, NULL, 0
       WHERE EXISTS (SELECT FROM "public"."transaction" AS l
         WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND NOT EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id");
      IF FOUND THEN
        EXIT event;
      END IF;
    END IF;
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."id" AND h."id" OPERATOR(pg_catalog.<=) NEW."id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL AND newest_op <> 2 AND NOT EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record)) THEN
        tx := "public"."continuum_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 0);
    ELSIF newest_tx = tx THEN
      IF newest_op = 0 THEN
        UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 0
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
      ELSE
        SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
          FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."id" AND h."id" OPERATOR(pg_catalog.<=) NEW."id" AND h."transaction_id" < tx
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
        IF before_op <> 2 AND before_end = tx THEN
          IF (EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = before_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record))
        AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)
        AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)) THEN
            DELETE FROM "public"."article_version" AS h
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
            UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
          ELSE
            UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 1
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
          END IF;
        ELSE
          UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 0
           WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
        END IF;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op = 2 THEN
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 0);
      ELSIF NOT (EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record))
        AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)
        AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)) THEN
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 1);
      ELSE
        PERFORM FROM "public"."article_version" AS h
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx FOR UPDATE;
      END IF;
    ELSIF newest_end < tx OR newest_op = 2 THEN
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 0);
    ELSIF (EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record))
      AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)
      AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx)) THEN
      UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
       WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx;
    ELSE
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 1);
    END IF;
  END event;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_update_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "821a30bfb06d938300e7"}';

CREATE OR REPLACE FUNCTION "public"."continuum_delete_article_version"() RETURNS trigger
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
    paused := "public"."continuum_paused"('["public", "article"]');
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
      UPDATE "public"."article_version" AS h SET "end_transaction_id" = hint
       WHERE EXISTS (SELECT FROM "public"."transaction" AS l
         WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND h.ctid = (SELECT p.ctid FROM "public"."article_version" AS p
           WHERE p."id" OPERATOR(pg_catalog.>=) OLD."id" AND p."id" OPERATOR(pg_catalog.<=) OLD."id"
     ORDER BY p."id" DESC, p."transaction_id" DESC LIMIT 1)
         AND h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" < hint AND h."end_transaction_id" IS NULL AND h."operation_type" <> 2;
      IF FOUND THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."id", OLD."name", OLD."hits", hint, NULL, 2);
        EXIT event;
      END IF;
    END IF;
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."id" AND h."id" OPERATOR(pg_catalog.<=) OLD."id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
        tx := "public"."continuum_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."id", OLD."name", OLD."hits", 0, tx, 0);
      PERFORM FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
      INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."manager_version" AS h
        WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
        FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
         AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
      PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
      INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
      SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
        WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
        FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
         AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."id", OLD."name", OLD."hits", tx, NULL, 2);
    ELSIF newest_tx = tx THEN
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
        FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."id" AND h."id" OPERATOR(pg_catalog.<=) OLD."id" AND h."transaction_id" < tx
       ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
      IF before_op <> 2 AND before_end = tx THEN
        UPDATE "public"."article_version" AS h SET "name" = OLD."name", "hits" = OLD."hits", "operation_type" = 2
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = tx;
      ELSE
        DELETE FROM "public"."article_version" AS h
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = tx;
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op <> 2 THEN
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."id", OLD."name", OLD."hits", tx, NULL, 2);
      END IF;
    ELSE
      IF newest_end < tx THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."id", OLD."name", OLD."hits", newest_end, tx, 0);
        PERFORM FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."manager_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
          FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
           AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
        PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id" FOR NO KEY UPDATE;
        INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id"), 0), NULL, 0
          FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) OLD."id"
           AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) OLD."id" AND h."end_transaction_id" IS NULL);
      END IF;
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."id", OLD."name", OLD."hits", tx, NULL, 2);
    END IF;
  END event;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_delete_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "821a30bfb06d938300e7"}';

CREATE OR REPLACE FUNCTION "public"."continuum_truncate_article_version"() RETURNS trigger
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
    paused := "public"."continuum_paused"('["public", "article"]');
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = pg_catalog.pg_current_xact_id()::text THEN
    hint := pg_catalog.split_part(memo, ':', 2);
    IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
      inside := pg_catalog.split_part(memo, ':', 3)::xid8;
      writer := inside::xid;
    END IF;
  END IF;
  FOR gone IN SELECT c.* FROM "public"."article" AS c LOOP
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
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = hint
         WHERE EXISTS (SELECT FROM "public"."transaction" AS l
           WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
             OR pg_catalog.pg_xact_status(inside) = 'in progress'))
           AND h.ctid = (SELECT p.ctid FROM "public"."article_version" AS p
             WHERE p."id" OPERATOR(pg_catalog.>=) gone."id" AND p."id" OPERATOR(pg_catalog.<=) gone."id"
       ORDER BY p."id" DESC, p."transaction_id" DESC LIMIT 1)
           AND h."id" OPERATOR(pg_catalog.=) gone."id" AND h."transaction_id" < hint AND h."end_transaction_id" IS NULL AND h."operation_type" <> 2;
        IF FOUND THEN
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (gone."id", gone."name", gone."hits", hint, NULL, 2);
          EXIT event;
        END IF;
      END IF;
      tx := "public"."continuum_transaction_id"(NOT paused);
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
        FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) gone."id" AND h."id" OPERATOR(pg_catalog.<=) gone."id"
       ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
      IF paused AND (newest_tx = tx) IS NOT TRUE THEN
        IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
          tx := "public"."continuum_transaction_id"(true);
          IF newest_tx > tx OR newest_end > tx THEN
            tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
          END IF;
          UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
           WHERE h."id" OPERATOR(pg_catalog.=) gone."id" AND h."transaction_id" = newest_tx;
          PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
        END IF;
        EXIT event;
      END IF;
      IF newest_tx > tx OR newest_end > tx THEN
        tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
      END IF;
      IF newest_tx IS NULL THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (gone."id", gone."name", gone."hits", 0, tx, 0);
        PERFORM FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) gone."id" FOR NO KEY UPDATE;
        INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."manager_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) gone."id"), 0), NULL, 0
          FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) gone."id"
           AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) gone."id" AND h."end_transaction_id" IS NULL);
        PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) gone."id" FOR NO KEY UPDATE;
        INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
        SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
          WHERE h."person id" OPERATOR(pg_catalog.=) gone."id"), 0), NULL, 0
          FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) gone."id"
           AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) gone."id" AND h."end_transaction_id" IS NULL);
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (gone."id", gone."name", gone."hits", tx, NULL, 2);
      ELSIF newest_tx = tx THEN
        SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
          FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) gone."id" AND h."id" OPERATOR(pg_catalog.<=) gone."id" AND h."transaction_id" < tx
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
        IF before_op <> 2 AND before_end = tx THEN
          UPDATE "public"."article_version" AS h SET "name" = gone."name", "hits" = gone."hits", "operation_type" = 2
           WHERE h."id" OPERATOR(pg_catalog.=) gone."id" AND h."transaction_id" = tx;
        ELSE
          DELETE FROM "public"."article_version" AS h
           WHERE h."id" OPERATOR(pg_catalog.=) gone."id" AND h."transaction_id" = tx;
          UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
           WHERE h."id" OPERATOR(pg_catalog.=) gone."id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
        END IF;
      ELSIF newest_end IS NULL THEN
        IF newest_op <> 2 THEN
          UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
           WHERE h."id" OPERATOR(pg_catalog.=) gone."id" AND h."transaction_id" = newest_tx;
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (gone."id", gone."name", gone."hits", tx, NULL, 2);
        END IF;
      ELSE
        IF newest_end < tx THEN
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (gone."id", gone."name", gone."hits", newest_end, tx, 0);
          PERFORM FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) gone."id" FOR NO KEY UPDATE;
          INSERT INTO "public"."manager_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
          SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."manager_version" AS h
            WHERE h."person id" OPERATOR(pg_catalog.=) gone."id"), 0), NULL, 0
            FROM "public"."manager" AS c WHERE c."person id" OPERATOR(pg_catalog.=) gone."id"
             AND NOT EXISTS (SELECT FROM "public"."manager_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) gone."id" AND h."end_transaction_id" IS NULL);
          PERFORM FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) gone."id" FOR NO KEY UPDATE;
          INSERT INTO "public"."clerk_version" ("person id", "staff", "transaction_id", "end_transaction_id", "operation_type")
          SELECT c."person id", c."staff", COALESCE((SELECT pg_catalog.max(h."end_transaction_id") FROM "public"."clerk_version" AS h
            WHERE h."person id" OPERATOR(pg_catalog.=) gone."id"), 0), NULL, 0
            FROM "public"."clerk" AS c WHERE c."person id" OPERATOR(pg_catalog.=) gone."id"
             AND NOT EXISTS (SELECT FROM "public"."clerk_version" AS h WHERE h."person id" OPERATOR(pg_catalog.=) gone."id" AND h."end_transaction_id" IS NULL);
        END IF;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (gone."id", gone."name", gone."hits", tx, NULL, 2);
      END IF;
    END event;
  END LOOP;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_truncate_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "821a30bfb06d938300e7"}';

CREATE OR REPLACE FUNCTION "public"."continuum_renumber_article_version"(old_id bigint, new_id bigint, gaps boolean) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  mine record;
BEGIN
  UPDATE "public"."article_version" AS h SET "transaction_id" = new_id WHERE h."transaction_id" = old_id;
  IF gaps THEN
    UPDATE "public"."article_version" AS h SET "end_transaction_id" = new_id WHERE h."end_transaction_id" = old_id;
  ELSIF FOUND THEN
    FOR mine IN SELECT h."id" FROM "public"."article_version" AS h WHERE h."transaction_id" = new_id LOOP
      UPDATE "public"."article_version" AS h SET "end_transaction_id" = new_id
       WHERE h."id" OPERATOR(pg_catalog.=) mine."id" AND h."end_transaction_id" = old_id
         AND h."transaction_id" = (SELECT p."transaction_id" FROM "public"."article_version" AS p
           WHERE p."id" OPERATOR(pg_catalog.>=) mine."id" AND p."id" OPERATOR(pg_catalog.<=) mine."id" AND p."transaction_id" < new_id
 ORDER BY p."id" DESC, p."transaction_id" DESC LIMIT 1);
    END LOOP;
  END IF;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_renumber_article_version"(bigint, bigint, boolean) IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "821a30bfb06d938300e7"}';

SELECT pg_catalog.set_config('continuum.lock_timeout', pg_catalog.current_setting('lock_timeout'), true), pg_catalog.set_config('lock_timeout', CASE pg_catalog.current_setting('lock_timeout') WHEN '0' THEN '10s' ELSE pg_catalog.current_setting('lock_timeout') END, true);

CREATE OR REPLACE TRIGGER "00_continuum_insert" AFTER INSERT ON "public"."article"
  FOR EACH ROW
  EXECUTE FUNCTION "public"."continuum_insert_article_version"();

COMMENT ON TRIGGER "00_continuum_insert" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "821a30bfb06d938300e7"}';

CREATE OR REPLACE TRIGGER "00_continuum_update" AFTER UPDATE ON "public"."article"
  FOR EACH ROW
  WHEN (OLD.* OPERATOR(pg_catalog.*<>) NEW.*)
  EXECUTE FUNCTION "public"."continuum_update_article_version"();

COMMENT ON TRIGGER "00_continuum_update" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "821a30bfb06d938300e7"}';

CREATE OR REPLACE TRIGGER "00_continuum_delete" AFTER DELETE ON "public"."article"
  FOR EACH ROW
  EXECUTE FUNCTION "public"."continuum_delete_article_version"();

COMMENT ON TRIGGER "00_continuum_delete" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "821a30bfb06d938300e7"}';

CREATE OR REPLACE TRIGGER "00_continuum_truncate" BEFORE TRUNCATE ON "public"."article"
  FOR EACH STATEMENT
  EXECUTE FUNCTION "public"."continuum_truncate_article_version"();

COMMENT ON TRIGGER "00_continuum_truncate" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "821a30bfb06d938300e7"}';

SELECT pg_catalog.set_config('lock_timeout', COALESCE(NULLIF(pg_catalog.current_setting('continuum.lock_timeout', true), ''), pg_catalog.current_setting('lock_timeout')), true);

