CREATE OR REPLACE FUNCTION "public"."continuum_insert_article_tag_version"() RETURNS trigger
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
    paused := "public"."continuum_paused"('["public", "article_tag"]');
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
      INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
      SELECT NEW."article_id", NEW."tag_id", hint, NULL, 0
       WHERE EXISTS (SELECT FROM "public"."transaction" AS l
         WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND NOT EXISTS (SELECT FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id");
      IF FOUND THEN
        EXIT event;
      END IF;
    END IF;
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.>=) NEW."tag_id" AND h."tag_id" OPERATOR(pg_catalog.<=) NEW."tag_id"
     ORDER BY h."tag_id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."article_id", NEW."tag_id", tx, NULL, 0);
    ELSIF newest_tx = tx THEN
      IF newest_op = 2 THEN
        IF newest_op = 0 THEN
          UPDATE "public"."article_tag_version" AS h SET "operation_type" = 0
           WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = tx;
        ELSE
          SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
            FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.>=) NEW."tag_id" AND h."tag_id" OPERATOR(pg_catalog.<=) NEW."tag_id" AND h."transaction_id" < tx
           ORDER BY h."tag_id" DESC, h."transaction_id" DESC LIMIT 1;
          IF before_op <> 2 AND before_end = tx THEN
            IF EXISTS (SELECT FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = before_tx AND NOT (false)) THEN
              DELETE FROM "public"."article_tag_version" AS h
               WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = tx;
              UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = NULL
               WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
            ELSE
              UPDATE "public"."article_tag_version" AS h SET "operation_type" = 1
               WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = tx;
            END IF;
          ELSE
            UPDATE "public"."article_tag_version" AS h SET "operation_type" = 0
             WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = tx;
          END IF;
        END IF;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op = 2 THEN
        UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = tx
         WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."article_id", NEW."tag_id", tx, NULL, 0);
      END IF;
    ELSIF newest_end < tx OR newest_op = 2 THEN
      INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."article_id", NEW."tag_id", tx, NULL, 0);
    ELSIF EXISTS (SELECT FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = newest_tx AND NOT (false)) THEN
      UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = NULL
       WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = newest_tx;
    ELSE
      INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."article_id", NEW."tag_id", tx, NULL, 1);
    END IF;
  END event;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_insert_article_tag_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_tag_version"], "fingerprint": "4171fd34a4de0362fe10"}';

CREATE OR REPLACE FUNCTION "public"."continuum_update_article_tag_version"() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  moved boolean := OLD."article_id" IS DISTINCT FROM NEW."article_id" OR OLD."tag_id" IS DISTINCT FROM NEW."tag_id";
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
    paused := "public"."continuum_paused"('["public", "article_tag"]');
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = pg_catalog.pg_current_xact_id()::text THEN
    hint := pg_catalog.split_part(memo, ':', 2);
    IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
      inside := pg_catalog.split_part(memo, ':', 3)::xid8;
      writer := inside::xid;
    END IF;
  END IF;
  IF NOT moved THEN
    IF NOT (false) THEN
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
        UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = hint
         WHERE EXISTS (SELECT FROM "public"."transaction" AS l
           WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
             OR pg_catalog.pg_xact_status(inside) = 'in progress'))
           AND h.ctid = (SELECT p.ctid FROM "public"."article_tag_version" AS p
             WHERE p."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND p."tag_id" OPERATOR(pg_catalog.>=) NEW."tag_id" AND p."tag_id" OPERATOR(pg_catalog.<=) NEW."tag_id"
       ORDER BY p."tag_id" DESC, p."transaction_id" DESC LIMIT 1)
           AND h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" < hint AND h."end_transaction_id" IS NULL;
        IF FOUND THEN
          INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (NEW."article_id", NEW."tag_id", hint, NULL, 1);
          EXIT event;
        END IF;
      END IF;
      tx := "public"."continuum_transaction_id"(NOT paused);
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
        FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.>=) NEW."tag_id" AND h."tag_id" OPERATOR(pg_catalog.<=) NEW."tag_id"
       ORDER BY h."tag_id" DESC, h."transaction_id" DESC LIMIT 1;
      IF paused AND (newest_tx = tx) IS NOT TRUE THEN
        IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
          tx := "public"."continuum_transaction_id"(true);
          IF newest_tx > tx OR newest_end > tx THEN
            tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
          END IF;
          UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = tx
           WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = newest_tx;
          PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
        END IF;
        EXIT event;
      END IF;
      IF newest_tx > tx OR newest_end > tx THEN
        tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
      END IF;
      IF newest_tx IS NULL THEN
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."article_id", OLD."tag_id", 0, tx, 0);
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."article_id", NEW."tag_id", tx, NULL, 1);
      ELSIF newest_tx = tx THEN
        IF newest_op = 0 THEN
          UPDATE "public"."article_tag_version" AS h SET "operation_type" = 0
           WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = tx;
        ELSE
          SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
            FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.>=) NEW."tag_id" AND h."tag_id" OPERATOR(pg_catalog.<=) NEW."tag_id" AND h."transaction_id" < tx
           ORDER BY h."tag_id" DESC, h."transaction_id" DESC LIMIT 1;
          IF before_op <> 2 AND before_end = tx THEN
            IF EXISTS (SELECT FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = before_tx AND NOT (false)) THEN
              DELETE FROM "public"."article_tag_version" AS h
               WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = tx;
              UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = NULL
               WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
            ELSE
              UPDATE "public"."article_tag_version" AS h SET "operation_type" = 1
               WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = tx;
            END IF;
          ELSE
            UPDATE "public"."article_tag_version" AS h SET "operation_type" = 0
             WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = tx;
          END IF;
        END IF;
      ELSIF newest_end IS NULL THEN
        UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = tx
         WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."article_id", NEW."tag_id", tx, NULL, 1);
      ELSIF newest_end < tx THEN
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."article_id", OLD."tag_id", newest_end, tx, 0);
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."article_id", NEW."tag_id", tx, NULL, 1);
      ELSIF EXISTS (SELECT FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = newest_tx AND NOT (false)) THEN
        UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = NULL
         WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = newest_tx;
      ELSE
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."article_id", NEW."tag_id", tx, NULL, 1);
      END IF;
    END event;
    RETURN NULL;
  END IF;
  <<event>>
  BEGIN
    IF EXISTS (SELECT FROM "public"."article_tag" AS c WHERE c."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND c."tag_id" OPERATOR(pg_catalog.=) OLD."tag_id") THEN
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
      UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = hint
       WHERE EXISTS (SELECT FROM "public"."transaction" AS l
         WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND h.ctid = (SELECT p.ctid FROM "public"."article_tag_version" AS p
           WHERE p."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND p."tag_id" OPERATOR(pg_catalog.>=) OLD."tag_id" AND p."tag_id" OPERATOR(pg_catalog.<=) OLD."tag_id"
     ORDER BY p."tag_id" DESC, p."transaction_id" DESC LIMIT 1)
         AND h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) OLD."tag_id" AND h."transaction_id" < hint AND h."end_transaction_id" IS NULL AND h."operation_type" <> 2;
      IF FOUND THEN
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."article_id", OLD."tag_id", hint, NULL, 2);
        EXIT event;
      END IF;
    END IF;
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.>=) OLD."tag_id" AND h."tag_id" OPERATOR(pg_catalog.<=) OLD."tag_id"
     ORDER BY h."tag_id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
        tx := "public"."continuum_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = tx
         WHERE h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) OLD."tag_id" AND h."transaction_id" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."article_id", OLD."tag_id", 0, tx, 0);
      INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."article_id", OLD."tag_id", tx, NULL, 2);
    ELSIF newest_tx = tx THEN
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
        FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.>=) OLD."tag_id" AND h."tag_id" OPERATOR(pg_catalog.<=) OLD."tag_id" AND h."transaction_id" < tx
       ORDER BY h."tag_id" DESC, h."transaction_id" DESC LIMIT 1;
      IF before_op <> 2 AND before_end = tx THEN
        UPDATE "public"."article_tag_version" AS h SET "operation_type" = 2
         WHERE h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) OLD."tag_id" AND h."transaction_id" = tx;
      ELSE
        DELETE FROM "public"."article_tag_version" AS h
         WHERE h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) OLD."tag_id" AND h."transaction_id" = tx;
        UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = NULL
         WHERE h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) OLD."tag_id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op <> 2 THEN
        UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = tx
         WHERE h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) OLD."tag_id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."article_id", OLD."tag_id", tx, NULL, 2);
      END IF;
    ELSE
      IF newest_end < tx THEN
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."article_id", OLD."tag_id", newest_end, tx, 0);
      END IF;
      INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."article_id", OLD."tag_id", tx, NULL, 2);
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
      INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
      SELECT NEW."article_id", NEW."tag_id", hint, NULL, 0
       WHERE EXISTS (SELECT FROM "public"."transaction" AS l
         WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND NOT EXISTS (SELECT FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id");
      IF FOUND THEN
        EXIT event;
      END IF;
    END IF;
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.>=) NEW."tag_id" AND h."tag_id" OPERATOR(pg_catalog.<=) NEW."tag_id"
     ORDER BY h."tag_id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."article_id", NEW."tag_id", tx, NULL, 0);
    ELSIF newest_tx = tx THEN
      IF newest_op = 2 THEN
        IF newest_op = 0 THEN
          UPDATE "public"."article_tag_version" AS h SET "operation_type" = 0
           WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = tx;
        ELSE
          SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
            FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.>=) NEW."tag_id" AND h."tag_id" OPERATOR(pg_catalog.<=) NEW."tag_id" AND h."transaction_id" < tx
           ORDER BY h."tag_id" DESC, h."transaction_id" DESC LIMIT 1;
          IF before_op <> 2 AND before_end = tx THEN
            IF EXISTS (SELECT FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = before_tx AND NOT (false)) THEN
              DELETE FROM "public"."article_tag_version" AS h
               WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = tx;
              UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = NULL
               WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
            ELSE
              UPDATE "public"."article_tag_version" AS h SET "operation_type" = 1
               WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = tx;
            END IF;
          ELSE
            UPDATE "public"."article_tag_version" AS h SET "operation_type" = 0
             WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = tx;
          END IF;
        END IF;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op = 2 THEN
        UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = tx
         WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."article_id", NEW."tag_id", tx, NULL, 0);
      END IF;
    ELSIF newest_end < tx OR newest_op = 2 THEN
      INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."article_id", NEW."tag_id", tx, NULL, 0);
    ELSIF EXISTS (SELECT FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = newest_tx AND NOT (false)) THEN
      UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = NULL
       WHERE h."article_id" OPERATOR(pg_catalog.=) NEW."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) NEW."tag_id" AND h."transaction_id" = newest_tx;
    ELSE
      INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (NEW."article_id", NEW."tag_id", tx, NULL, 1);
    END IF;
  END event;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_update_article_tag_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_tag_version"], "fingerprint": "4171fd34a4de0362fe10"}';

CREATE OR REPLACE FUNCTION "public"."continuum_delete_article_tag_version"() RETURNS trigger
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
    paused := "public"."continuum_paused"('["public", "article_tag"]');
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
    IF EXISTS (SELECT FROM "public"."article_tag" AS c WHERE c."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND c."tag_id" OPERATOR(pg_catalog.=) OLD."tag_id") THEN
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
      UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = hint
       WHERE EXISTS (SELECT FROM "public"."transaction" AS l
         WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND h.ctid = (SELECT p.ctid FROM "public"."article_tag_version" AS p
           WHERE p."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND p."tag_id" OPERATOR(pg_catalog.>=) OLD."tag_id" AND p."tag_id" OPERATOR(pg_catalog.<=) OLD."tag_id"
     ORDER BY p."tag_id" DESC, p."transaction_id" DESC LIMIT 1)
         AND h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) OLD."tag_id" AND h."transaction_id" < hint AND h."end_transaction_id" IS NULL AND h."operation_type" <> 2;
      IF FOUND THEN
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."article_id", OLD."tag_id", hint, NULL, 2);
        EXIT event;
      END IF;
    END IF;
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
      FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.>=) OLD."tag_id" AND h."tag_id" OPERATOR(pg_catalog.<=) OLD."tag_id"
     ORDER BY h."tag_id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
        tx := "public"."continuum_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = tx
         WHERE h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) OLD."tag_id" AND h."transaction_id" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."article_id", OLD."tag_id", 0, tx, 0);
      INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."article_id", OLD."tag_id", tx, NULL, 2);
    ELSIF newest_tx = tx THEN
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
        FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.>=) OLD."tag_id" AND h."tag_id" OPERATOR(pg_catalog.<=) OLD."tag_id" AND h."transaction_id" < tx
       ORDER BY h."tag_id" DESC, h."transaction_id" DESC LIMIT 1;
      IF before_op <> 2 AND before_end = tx THEN
        UPDATE "public"."article_tag_version" AS h SET "operation_type" = 2
         WHERE h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) OLD."tag_id" AND h."transaction_id" = tx;
      ELSE
        DELETE FROM "public"."article_tag_version" AS h
         WHERE h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) OLD."tag_id" AND h."transaction_id" = tx;
        UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = NULL
         WHERE h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) OLD."tag_id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op <> 2 THEN
        UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = tx
         WHERE h."article_id" OPERATOR(pg_catalog.=) OLD."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) OLD."tag_id" AND h."transaction_id" = newest_tx;
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."article_id", OLD."tag_id", tx, NULL, 2);
      END IF;
    ELSE
      IF newest_end < tx THEN
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."article_id", OLD."tag_id", newest_end, tx, 0);
      END IF;
      INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."article_id", OLD."tag_id", tx, NULL, 2);
    END IF;
  END event;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_delete_article_tag_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_tag_version"], "fingerprint": "4171fd34a4de0362fe10"}';

CREATE OR REPLACE FUNCTION "public"."continuum_truncate_article_tag_version"() RETURNS trigger
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
    paused := "public"."continuum_paused"('["public", "article_tag"]');
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = pg_catalog.pg_current_xact_id()::text THEN
    hint := pg_catalog.split_part(memo, ':', 2);
    IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
      inside := pg_catalog.split_part(memo, ':', 3)::xid8;
      writer := inside::xid;
    END IF;
  END IF;
  FOR gone IN SELECT DISTINCT ON (c."article_id", c."tag_id") c.* FROM "public"."article_tag" AS c LOOP
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
        UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = hint
         WHERE EXISTS (SELECT FROM "public"."transaction" AS l
           WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
             OR pg_catalog.pg_xact_status(inside) = 'in progress'))
           AND h.ctid = (SELECT p.ctid FROM "public"."article_tag_version" AS p
             WHERE p."article_id" OPERATOR(pg_catalog.=) gone."article_id" AND p."tag_id" OPERATOR(pg_catalog.>=) gone."tag_id" AND p."tag_id" OPERATOR(pg_catalog.<=) gone."tag_id"
       ORDER BY p."tag_id" DESC, p."transaction_id" DESC LIMIT 1)
           AND h."article_id" OPERATOR(pg_catalog.=) gone."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) gone."tag_id" AND h."transaction_id" < hint AND h."end_transaction_id" IS NULL AND h."operation_type" <> 2;
        IF FOUND THEN
          INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (gone."article_id", gone."tag_id", hint, NULL, 2);
          EXIT event;
        END IF;
      END IF;
      tx := "public"."continuum_transaction_id"(NOT paused);
      SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO newest_tx, newest_end, newest_op
        FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) gone."article_id" AND h."tag_id" OPERATOR(pg_catalog.>=) gone."tag_id" AND h."tag_id" OPERATOR(pg_catalog.<=) gone."tag_id"
       ORDER BY h."tag_id" DESC, h."transaction_id" DESC LIMIT 1;
      IF paused AND (newest_tx = tx) IS NOT TRUE THEN
        IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
          tx := "public"."continuum_transaction_id"(true);
          IF newest_tx > tx OR newest_end > tx THEN
            tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
          END IF;
          UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = tx
           WHERE h."article_id" OPERATOR(pg_catalog.=) gone."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) gone."tag_id" AND h."transaction_id" = newest_tx;
          PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_gaps', pg_catalog.pg_current_xact_id()::text, true);
        END IF;
        EXIT event;
      END IF;
      IF newest_tx > tx OR newest_end > tx THEN
        tx := "public"."continuum_renumber"(tx, GREATEST(newest_tx, newest_end));
      END IF;
      IF newest_tx IS NULL THEN
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (gone."article_id", gone."tag_id", 0, tx, 0);
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (gone."article_id", gone."tag_id", tx, NULL, 2);
      ELSIF newest_tx = tx THEN
        SELECT h."transaction_id", h."end_transaction_id", h."operation_type" INTO before_tx, before_end, before_op
          FROM "public"."article_tag_version" AS h WHERE h."article_id" OPERATOR(pg_catalog.=) gone."article_id" AND h."tag_id" OPERATOR(pg_catalog.>=) gone."tag_id" AND h."tag_id" OPERATOR(pg_catalog.<=) gone."tag_id" AND h."transaction_id" < tx
         ORDER BY h."tag_id" DESC, h."transaction_id" DESC LIMIT 1;
        IF before_op <> 2 AND before_end = tx THEN
          UPDATE "public"."article_tag_version" AS h SET "operation_type" = 2
           WHERE h."article_id" OPERATOR(pg_catalog.=) gone."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) gone."tag_id" AND h."transaction_id" = tx;
        ELSE
          DELETE FROM "public"."article_tag_version" AS h
           WHERE h."article_id" OPERATOR(pg_catalog.=) gone."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) gone."tag_id" AND h."transaction_id" = tx;
          UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = NULL
           WHERE h."article_id" OPERATOR(pg_catalog.=) gone."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) gone."tag_id" AND h."transaction_id" = before_tx AND h."end_transaction_id" = tx;
        END IF;
      ELSIF newest_end IS NULL THEN
        IF newest_op <> 2 THEN
          UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = tx
           WHERE h."article_id" OPERATOR(pg_catalog.=) gone."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) gone."tag_id" AND h."transaction_id" = newest_tx;
          INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (gone."article_id", gone."tag_id", tx, NULL, 2);
        END IF;
      ELSE
        IF newest_end < tx THEN
          INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (gone."article_id", gone."tag_id", newest_end, tx, 0);
        END IF;
        INSERT INTO "public"."article_tag_version" ("article_id", "tag_id", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (gone."article_id", gone."tag_id", tx, NULL, 2);
      END IF;
    END event;
  END LOOP;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_truncate_article_tag_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_tag_version"], "fingerprint": "4171fd34a4de0362fe10"}';

CREATE OR REPLACE FUNCTION "public"."continuum_renumber_article_tag_version"(old_id bigint, new_id bigint, gaps boolean) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  mine record;
BEGIN
  UPDATE "public"."article_tag_version" AS h SET "transaction_id" = new_id WHERE h."transaction_id" = old_id;
  IF gaps THEN
    UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = new_id WHERE h."end_transaction_id" = old_id;
  ELSIF FOUND THEN
    FOR mine IN SELECT h."article_id", h."tag_id" FROM "public"."article_tag_version" AS h WHERE h."transaction_id" = new_id LOOP
      UPDATE "public"."article_tag_version" AS h SET "end_transaction_id" = new_id
       WHERE h."article_id" OPERATOR(pg_catalog.=) mine."article_id" AND h."tag_id" OPERATOR(pg_catalog.=) mine."tag_id" AND h."end_transaction_id" = old_id
         AND h."transaction_id" = (SELECT p."transaction_id" FROM "public"."article_tag_version" AS p
           WHERE p."article_id" OPERATOR(pg_catalog.=) mine."article_id" AND p."tag_id" OPERATOR(pg_catalog.>=) mine."tag_id" AND p."tag_id" OPERATOR(pg_catalog.<=) mine."tag_id" AND p."transaction_id" < new_id
 ORDER BY p."tag_id" DESC, p."transaction_id" DESC LIMIT 1);
    END LOOP;
  END IF;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_renumber_article_tag_version"(bigint, bigint, boolean) IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_tag_version"], "fingerprint": "4171fd34a4de0362fe10"}';

SELECT pg_catalog.set_config('continuum.lock_timeout', pg_catalog.current_setting('lock_timeout'), true), pg_catalog.set_config('lock_timeout', CASE pg_catalog.current_setting('lock_timeout') WHEN '0' THEN '10s' ELSE pg_catalog.current_setting('lock_timeout') END, true);

CREATE OR REPLACE TRIGGER "00_continuum_insert" AFTER INSERT ON "public"."article_tag"
  FOR EACH ROW
  EXECUTE FUNCTION "public"."continuum_insert_article_tag_version"();

COMMENT ON TRIGGER "00_continuum_insert" ON "public"."article_tag" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_tag_version"], "fingerprint": "4171fd34a4de0362fe10"}';

CREATE OR REPLACE TRIGGER "00_continuum_update" AFTER UPDATE ON "public"."article_tag"
  FOR EACH ROW
  WHEN (OLD.* OPERATOR(pg_catalog.*<>) NEW.*)
  EXECUTE FUNCTION "public"."continuum_update_article_tag_version"();

COMMENT ON TRIGGER "00_continuum_update" ON "public"."article_tag" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_tag_version"], "fingerprint": "4171fd34a4de0362fe10"}';

CREATE OR REPLACE TRIGGER "00_continuum_delete" AFTER DELETE ON "public"."article_tag"
  FOR EACH ROW
  EXECUTE FUNCTION "public"."continuum_delete_article_tag_version"();

COMMENT ON TRIGGER "00_continuum_delete" ON "public"."article_tag" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_tag_version"], "fingerprint": "4171fd34a4de0362fe10"}';

CREATE OR REPLACE TRIGGER "00_continuum_truncate" BEFORE TRUNCATE ON "public"."article_tag"
  FOR EACH STATEMENT
  EXECUTE FUNCTION "public"."continuum_truncate_article_tag_version"();

COMMENT ON TRIGGER "00_continuum_truncate" ON "public"."article_tag" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_tag_version"], "fingerprint": "4171fd34a4de0362fe10"}';

SELECT pg_catalog.set_config('lock_timeout', COALESCE(NULLIF(pg_catalog.current_setting('continuum.lock_timeout', true), ''), pg_catalog.current_setting('lock_timeout')), true);

