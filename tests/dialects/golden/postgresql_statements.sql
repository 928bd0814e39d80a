DO $continuum$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_class AS c
      WHERE c.oid = '"public"."article"'::pg_catalog.regclass AND (c.relkind = 'p' OR c.relispartition))
    OR EXISTS (SELECT FROM pg_catalog.pg_inherits AS i
      WHERE '"public"."article"'::pg_catalog.regclass IN (i.inhrelid, i.inhparent)) THEN
    RAISE EXCEPTION USING ERRCODE = 'CN008', MESSAGE = 'table public.article is partitioned or takes part in table inheritance: a statement trigger does not see what is written through another table';
  END IF;
END
$continuum$;

CREATE OR REPLACE FUNCTION "public"."continuum_insert_article_version"() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan TO off
SET enable_bitmapscan TO off
SET jit TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  old "public"."article"%ROWTYPE;
  new "public"."article"%ROWTYPE;
  present "public"."article"%ROWTYPE;
  rest refcursor;
  changed record;
  anew boolean;
  missing boolean;
  settled boolean;
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
  nested boolean := pg_catalog.pg_trigger_depth() > 1;
  late boolean := false;
  usual boolean;
BEGIN
  IF NOT EXISTS (SELECT FROM new_rows) THEN
    RETURN NULL;
  END IF;
  IF pg_catalog.current_setting('continuum.continuum_66da1e46_paused', true) <> '' THEN
    paused := "public"."continuum_paused"('["public", "article"]');
  END IF;
  IF pg_catalog.current_setting('continuum.continuum_66da1e46_nested', true) <> '' THEN
    late := pg_catalog.current_setting('continuum.continuum_66da1e46_nested', true) = pg_catalog.pg_current_xact_id()::text;
  END IF;
  IF nested THEN
    PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_nested', pg_catalog.pg_current_xact_id()::text, true);
  END IF;
  IF NOT paused AND NOT late AND (SELECT pg_catalog.count(*) FROM (SELECT FROM new_rows LIMIT 8) AS f) = 8 THEN
    IF EXISTS (SELECT FROM new_rows AS n WHERE true) THEN
      tx := "public"."continuum_transaction_id"(true);
      OPEN rest FOR
      WITH probe AS MATERIALIZED (
        SELECT n.*, l.known AS "continuum version", CASE WHEN l.known THEN ROW(n.*)::"public"."article" END AS "continuum new"
          FROM new_rows AS n
         CROSS JOIN LATERAL (SELECT NOT (true) OR (SELECT h."transaction_id"
             FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) n."id" AND h."id" OPERATOR(pg_catalog.<=) n."id"
       ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1) IS NOT NULL AS known OFFSET 0) AS l
      ),
      written AS (
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        SELECT r."id", r."name", r."hits", tx, NULL, 0 FROM probe AS r WHERE NOT r."continuum version"
      )
      SELECT 0 AS kind, r."continuum new" AS after FROM probe AS r WHERE r."continuum version";
    END IF;
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = pg_catalog.pg_current_xact_id()::text THEN
    hint := pg_catalog.split_part(memo, ':', 2);
    IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
      inside := pg_catalog.split_part(memo, ':', 3)::xid8;
      writer := inside::xid;
    END IF;
  END IF;
  IF rest IS NULL THEN
    OPEN rest FOR
    SELECT 0 AS kind, ROW(n.*)::"public"."article" AS after FROM new_rows AS n;
  END IF;
  LOOP
    FETCH rest INTO changed;
    EXIT WHEN NOT FOUND;
    IF changed.kind = 3 THEN
      RAISE EXCEPTION USING ERRCODE = '40001',
        MESSAGE = 'a version was ended by another transaction while its row was changed',
        HINT = 'Run the transaction again.';
    END IF;
    new := changed.after;
    IF late THEN
      IF NULLIF(pg_catalog.current_setting('continuum.continuum_66da1e46_early', true), '')::jsonb -> ('["public", "article"]' || pg_catalog.jsonb_build_array(NEW."id")::text)
          = pg_catalog.to_jsonb(pg_catalog.statement_timestamp()) THEN
        tx := "public"."continuum_transaction_id"(true);
        DELETE FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND (h."transaction_id" = tx OR h."end_transaction_id" = tx);
        anew := true;
      END IF;
      SELECT c.* INTO present FROM "public"."article" AS c WHERE c."id" OPERATOR(pg_catalog.=) NEW."id";
      CONTINUE WHEN NOT FOUND;
      new := present;
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
            IF EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = before_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record)) THEN
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
        ELSIF NOT EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record)) THEN
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
      ELSIF EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record)) THEN
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx;
      ELSE
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 1);
      END IF;
    END event;
  END LOOP;
  CLOSE rest;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_insert_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "93a511e6fb9bf72a9a7a"}';

CREATE OR REPLACE FUNCTION "public"."continuum_update_article_version"() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan TO off
SET enable_bitmapscan TO off
SET jit TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  old "public"."article"%ROWTYPE;
  new "public"."article"%ROWTYPE;
  present "public"."article"%ROWTYPE;
  rest refcursor;
  changed record;
  anew boolean;
  missing boolean;
  settled boolean;
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
  nested boolean := pg_catalog.pg_trigger_depth() > 1;
  late boolean := false;
  usual boolean;
BEGIN
  IF NOT EXISTS (SELECT FROM new_rows) THEN
    RETURN NULL;
  END IF;
  IF pg_catalog.current_setting('continuum.continuum_66da1e46_paused', true) <> '' THEN
    paused := "public"."continuum_paused"('["public", "article"]');
  END IF;
  IF pg_catalog.current_setting('continuum.continuum_66da1e46_nested', true) <> '' THEN
    late := pg_catalog.current_setting('continuum.continuum_66da1e46_nested', true) = pg_catalog.pg_current_xact_id()::text;
  END IF;
  IF nested THEN
    PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_nested', pg_catalog.pg_current_xact_id()::text, true);
  END IF;
  IF NOT paused AND NOT late AND (SELECT pg_catalog.count(*) FROM (SELECT FROM new_rows LIMIT 8) AS f) = 8 THEN
    usual := EXISTS (SELECT FROM (SELECT f.* FROM old_rows AS f LIMIT 1) AS o,
        (SELECT f.* FROM new_rows AS f LIMIT 1) AS n
      WHERE o."id" OPERATOR(pg_catalog.=) n."id" AND (ROW(o."name", o."hits")::record OPERATOR(pg_catalog.*<>) ROW(n."name", n."hits")::record) AND true);
    IF NOT usual THEN
      SELECT pg_catalog.bool_or(CASE WHEN o."id" IS NULL OR n."id" IS NULL OR ROW(o."name", o."hits")::record OPERATOR(pg_catalog.*<>) ROW(n."name", n."hits")::record
        THEN COALESCE(CASE WHEN o."id" IS NULL THEN 0 WHEN n."id" IS NULL THEN 2 ELSE 1 END = 1 AND true, false) END) INTO usual
        FROM old_rows AS o FULL JOIN new_rows AS n ON (o."id" OPERATOR(pg_catalog.=) n."id");
      IF usual IS NULL THEN
        RETURN NULL;
      END IF;
    END IF;
    IF usual THEN
      tx := "public"."continuum_transaction_id"(true);
      OPEN rest FOR
      WITH probe AS MATERIALIZED (
        SELECT n.*, CASE WHEN o."id" IS NULL THEN 0 WHEN n."id" IS NULL THEN 2 ELSE 1 END AS "continuum kind", l.address AS "continuum version",
               CASE WHEN l.address IS NULL THEN ROW(o.*)::"public"."article" END AS "continuum old",
               CASE WHEN l.address IS NULL THEN ROW(n.*)::"public"."article" END AS "continuum new"
          FROM old_rows AS o FULL JOIN new_rows AS n ON (o."id" OPERATOR(pg_catalog.=) n."id")
        LEFT JOIN LATERAL (
          SELECT v.address
            FROM (SELECT h.ctid AS address, h."transaction_id" AS began, h."end_transaction_id" AS ended, h."operation_type" AS operation
                    FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) n."id" AND h."id" OPERATOR(pg_catalog.<=) n."id"
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1) AS v
           WHERE v.began < tx AND v.ended IS NULL AND o."id" IS NOT NULL AND true) AS l ON true
         WHERE o."id" IS NULL OR n."id" IS NULL OR ROW(o."name", o."hits")::record OPERATOR(pg_catalog.*<>) ROW(n."name", n."hits")::record
      ),
      found AS MATERIALIZED (
        SELECT pg_catalog.array_agg(r."continuum version") FILTER (WHERE r."continuum version" IS NOT NULL) AS versions,
               pg_catalog.count(r."continuum version") AS number, pg_catalog.count(*) AS rows
          FROM probe AS r
      ),
      closed AS (
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h.ctid = ANY ((SELECT f.versions FROM found AS f)::pg_catalog.tid[])
           AND h."end_transaction_id" IS NULL AND (h."transaction_id" < tx) IS TRUE
        RETURNING 1
      ),
      written AS (
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        SELECT r."id", r."name", r."hits", tx, NULL, 1 FROM probe AS r WHERE r."continuum version" IS NOT NULL
      )
      SELECT r."continuum kind" AS kind, r."continuum old" AS before, r."continuum new" AS after FROM probe AS r WHERE r."continuum version" IS NULL AND (SELECT f.number < f.rows FROM found AS f)
      UNION ALL SELECT 3, NULL, NULL
       WHERE (SELECT pg_catalog.count(*) FROM closed) <> (SELECT f.number FROM found AS f);
    END IF;
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = pg_catalog.pg_current_xact_id()::text THEN
    hint := pg_catalog.split_part(memo, ':', 2);
    IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
      inside := pg_catalog.split_part(memo, ':', 3)::xid8;
      writer := inside::xid;
    END IF;
  END IF;
  IF rest IS NULL THEN
    OPEN rest FOR
    SELECT CASE WHEN o."id" IS NULL THEN 0 WHEN n."id" IS NULL THEN 2 ELSE 1 END AS kind, ROW(o.*)::"public"."article" AS before, ROW(n.*)::"public"."article" AS after
      FROM old_rows AS o FULL JOIN new_rows AS n ON (o."id" OPERATOR(pg_catalog.=) n."id")
     WHERE o."id" IS NULL OR n."id" IS NULL OR ROW(o."name", o."hits")::record OPERATOR(pg_catalog.*<>) ROW(n."name", n."hits")::record;
  END IF;
  LOOP
    FETCH rest INTO changed;
    EXIT WHEN NOT FOUND;
    IF changed.kind = 3 THEN
      RAISE EXCEPTION USING ERRCODE = '40001',
        MESSAGE = 'a version was ended by another transaction while its row was changed',
        HINT = 'Run the transaction again.';
    END IF;
    old := changed.before;
    new := changed.after;
    IF changed.kind = 1 AND NOT (ROW(OLD."name", OLD."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record) THEN
      CONTINUE;
    END IF;
    anew := false;
    settled := NOT late;
    IF changed.kind <> 2 THEN
      IF late THEN
        IF NULLIF(pg_catalog.current_setting('continuum.continuum_66da1e46_early', true), '')::jsonb -> ('["public", "article"]' || pg_catalog.jsonb_build_array(NEW."id")::text)
            = pg_catalog.to_jsonb(pg_catalog.statement_timestamp()) THEN
          tx := "public"."continuum_transaction_id"(true);
          DELETE FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND (h."transaction_id" = tx OR h."end_transaction_id" = tx);
          anew := true;
        END IF;
        SELECT c.* INTO present FROM "public"."article" AS c WHERE c."id" OPERATOR(pg_catalog.=) NEW."id";
        missing := NOT FOUND;
        CONTINUE WHEN missing AND NOT (anew AND changed.kind = 1);
        IF changed.kind = 0 THEN
          new := present;
        END IF;
      END IF;
    END IF;
    <<again>>
    LOOP
    IF changed.kind = 2 THEN
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
              IF nested THEN
                PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_early', (COALESCE(NULLIF(pg_catalog.current_setting('continuum.continuum_66da1e46_early', true), ''), '{}')::jsonb || pg_catalog.jsonb_build_object('["public", "article"]' || pg_catalog.jsonb_build_array(OLD."id")::text, pg_catalog.statement_timestamp()))::text, true);
              END IF;
              INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
              VALUES (OLD."id", OLD."name", OLD."hits", 0, tx, 0);
            ELSIF newest_end < tx THEN
              IF nested THEN
                PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_early', (COALESCE(NULLIF(pg_catalog.current_setting('continuum.continuum_66da1e46_early', true), ''), '{}')::jsonb || pg_catalog.jsonb_build_object('["public", "article"]' || pg_catalog.jsonb_build_array(OLD."id")::text, pg_catalog.statement_timestamp()))::text, true);
              END IF;
              INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
              VALUES (OLD."id", OLD."name", OLD."hits", newest_end, tx, 0);
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
          IF nested THEN
            PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_early', (COALESCE(NULLIF(pg_catalog.current_setting('continuum.continuum_66da1e46_early', true), ''), '{}')::jsonb || pg_catalog.jsonb_build_object('["public", "article"]' || pg_catalog.jsonb_build_array(OLD."id")::text, pg_catalog.statement_timestamp()))::text, true);
          END IF;
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (OLD."id", OLD."name", OLD."hits", 0, tx, 0);
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
            IF nested THEN
              PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_early', (COALESCE(NULLIF(pg_catalog.current_setting('continuum.continuum_66da1e46_early', true), ''), '{}')::jsonb || pg_catalog.jsonb_build_object('["public", "article"]' || pg_catalog.jsonb_build_array(OLD."id")::text, pg_catalog.statement_timestamp()))::text, true);
            END IF;
            INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
            VALUES (OLD."id", OLD."name", OLD."hits", newest_end, tx, 0);
          END IF;
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (OLD."id", OLD."name", OLD."hits", tx, NULL, 2);
        END IF;
      END event;
    ELSIF changed.kind = 0 THEN
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
              IF EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = before_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record)) THEN
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
          ELSIF NOT EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record)) THEN
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
        ELSIF EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record)) THEN
          UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
           WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx;
        ELSE
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 1);
        END IF;
      END event;
    ELSE
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
          IF nested THEN
            PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_early', (COALESCE(NULLIF(pg_catalog.current_setting('continuum.continuum_66da1e46_early', true), ''), '{}')::jsonb || pg_catalog.jsonb_build_object('["public", "article"]' || pg_catalog.jsonb_build_array(OLD."id")::text, pg_catalog.statement_timestamp()))::text, true);
          END IF;
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (OLD."id", OLD."name", OLD."hits", 0, tx, 0);
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
              IF EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = before_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record)) THEN
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
          IF nested THEN
            PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_early', (COALESCE(NULLIF(pg_catalog.current_setting('continuum.continuum_66da1e46_early', true), ''), '{}')::jsonb || pg_catalog.jsonb_build_object('["public", "article"]' || pg_catalog.jsonb_build_array(OLD."id")::text, pg_catalog.statement_timestamp()))::text, true);
          END IF;
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (OLD."id", OLD."name", OLD."hits", newest_end, tx, 0);
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 1);
        ELSIF EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record)) THEN
          UPDATE "public"."article_version" AS h SET "end_transaction_id" = NULL
           WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx;
        ELSE
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (NEW."id", NEW."name", NEW."hits", tx, NULL, 1);
        END IF;
      END event;
    END IF;
    EXIT again WHEN settled OR changed.kind <> 1;
    settled := true;
    IF missing THEN
      changed.kind := 2;
      old := new;
    ELSE
      new := present;
    END IF;
    END LOOP again;
  END LOOP;
  CLOSE rest;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_update_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "93a511e6fb9bf72a9a7a"}';

CREATE OR REPLACE FUNCTION "public"."continuum_delete_article_version"() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan TO off
SET enable_bitmapscan TO off
SET jit TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  old "public"."article"%ROWTYPE;
  new "public"."article"%ROWTYPE;
  present "public"."article"%ROWTYPE;
  rest refcursor;
  changed record;
  anew boolean;
  missing boolean;
  settled boolean;
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
  nested boolean := pg_catalog.pg_trigger_depth() > 1;
  late boolean := false;
  usual boolean;
BEGIN
  IF NOT EXISTS (SELECT FROM old_rows) THEN
    RETURN NULL;
  END IF;
  IF pg_catalog.current_setting('continuum.continuum_66da1e46_paused', true) <> '' THEN
    paused := "public"."continuum_paused"('["public", "article"]');
  END IF;
  IF pg_catalog.current_setting('continuum.continuum_66da1e46_nested', true) <> '' THEN
    late := pg_catalog.current_setting('continuum.continuum_66da1e46_nested', true) = pg_catalog.pg_current_xact_id()::text;
  END IF;
  IF nested THEN
    PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_nested', pg_catalog.pg_current_xact_id()::text, true);
  END IF;
  IF NOT paused AND NOT late AND (SELECT pg_catalog.count(*) FROM (SELECT FROM old_rows LIMIT 8) AS f) = 8 THEN
    IF EXISTS (SELECT FROM old_rows AS o WHERE true) THEN
      tx := "public"."continuum_transaction_id"(true);
      OPEN rest FOR
      WITH probe AS MATERIALIZED (
        SELECT o.*, l.address AS "continuum version",
               CASE WHEN l.address IS NULL THEN ROW(o.*)::"public"."article" END AS "continuum old"
          FROM old_rows AS o
        LEFT JOIN LATERAL (
          SELECT v.address
            FROM (SELECT h.ctid AS address, h."transaction_id" AS began, h."end_transaction_id" AS ended, h."operation_type" AS operation
                    FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) o."id" AND h."id" OPERATOR(pg_catalog.<=) o."id"
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1) AS v
           WHERE v.began < tx AND v.ended IS NULL AND v.operation <> 2 AND true AND NOT EXISTS (
             SELECT FROM "public"."article" AS c WHERE c."id" OPERATOR(pg_catalog.=) o."id")) AS l ON true
      ),
      found AS MATERIALIZED (
        SELECT pg_catalog.array_agg(r."continuum version") FILTER (WHERE r."continuum version" IS NOT NULL) AS versions,
               pg_catalog.count(r."continuum version") AS number, pg_catalog.count(*) AS rows
          FROM probe AS r
      ),
      closed AS (
        UPDATE "public"."article_version" AS h SET "end_transaction_id" = tx
         WHERE h.ctid = ANY ((SELECT f.versions FROM found AS f)::pg_catalog.tid[])
           AND h."end_transaction_id" IS NULL AND (h."transaction_id" < tx) IS TRUE
        RETURNING 1
      ),
      written AS (
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        SELECT r."id", r."name", r."hits", tx, NULL, 2 FROM probe AS r WHERE r."continuum version" IS NOT NULL
      )
      SELECT 2 AS kind, r."continuum old" AS before FROM probe AS r WHERE r."continuum version" IS NULL AND (SELECT f.number < f.rows FROM found AS f)
      UNION ALL SELECT 3, NULL
       WHERE (SELECT pg_catalog.count(*) FROM closed) <> (SELECT f.number FROM found AS f);
    END IF;
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = pg_catalog.pg_current_xact_id()::text THEN
    hint := pg_catalog.split_part(memo, ':', 2);
    IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
      inside := pg_catalog.split_part(memo, ':', 3)::xid8;
      writer := inside::xid;
    END IF;
  END IF;
  IF rest IS NULL THEN
    OPEN rest FOR
    SELECT 2 AS kind, ROW(o.*)::"public"."article" AS before FROM old_rows AS o;
  END IF;
  LOOP
    FETCH rest INTO changed;
    EXIT WHEN NOT FOUND;
    IF changed.kind = 3 THEN
      RAISE EXCEPTION USING ERRCODE = '40001',
        MESSAGE = 'a version was ended by another transaction while its row was changed',
        HINT = 'Run the transaction again.';
    END IF;
    old := changed.before;
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
            IF nested THEN
              PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_early', (COALESCE(NULLIF(pg_catalog.current_setting('continuum.continuum_66da1e46_early', true), ''), '{}')::jsonb || pg_catalog.jsonb_build_object('["public", "article"]' || pg_catalog.jsonb_build_array(OLD."id")::text, pg_catalog.statement_timestamp()))::text, true);
            END IF;
            INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
            VALUES (OLD."id", OLD."name", OLD."hits", 0, tx, 0);
          ELSIF newest_end < tx THEN
            IF nested THEN
              PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_early', (COALESCE(NULLIF(pg_catalog.current_setting('continuum.continuum_66da1e46_early', true), ''), '{}')::jsonb || pg_catalog.jsonb_build_object('["public", "article"]' || pg_catalog.jsonb_build_array(OLD."id")::text, pg_catalog.statement_timestamp()))::text, true);
            END IF;
            INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
            VALUES (OLD."id", OLD."name", OLD."hits", newest_end, tx, 0);
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
        IF nested THEN
          PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_early', (COALESCE(NULLIF(pg_catalog.current_setting('continuum.continuum_66da1e46_early', true), ''), '{}')::jsonb || pg_catalog.jsonb_build_object('["public", "article"]' || pg_catalog.jsonb_build_array(OLD."id")::text, pg_catalog.statement_timestamp()))::text, true);
        END IF;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."id", OLD."name", OLD."hits", 0, tx, 0);
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
          IF nested THEN
            PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_early', (COALESCE(NULLIF(pg_catalog.current_setting('continuum.continuum_66da1e46_early', true), ''), '{}')::jsonb || pg_catalog.jsonb_build_object('["public", "article"]' || pg_catalog.jsonb_build_array(OLD."id")::text, pg_catalog.statement_timestamp()))::text, true);
          END IF;
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (OLD."id", OLD."name", OLD."hits", newest_end, tx, 0);
        END IF;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."id", OLD."name", OLD."hits", tx, NULL, 2);
      END IF;
    END event;
  END LOOP;
  CLOSE rest;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_delete_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "93a511e6fb9bf72a9a7a"}';

CREATE OR REPLACE FUNCTION "public"."continuum_truncate_article_version"() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan TO off
SET enable_bitmapscan TO off
SET jit TO off AS $continuum$
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
  nested boolean := pg_catalog.pg_trigger_depth() > 1;
  late boolean := false;
  usual boolean;
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
        IF nested THEN
          PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_early', (COALESCE(NULLIF(pg_catalog.current_setting('continuum.continuum_66da1e46_early', true), ''), '{}')::jsonb || pg_catalog.jsonb_build_object('["public", "article"]' || pg_catalog.jsonb_build_array(gone."id")::text, pg_catalog.statement_timestamp()))::text, true);
        END IF;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (gone."id", gone."name", gone."hits", 0, tx, 0);
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
          IF nested THEN
            PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_early', (COALESCE(NULLIF(pg_catalog.current_setting('continuum.continuum_66da1e46_early', true), ''), '{}')::jsonb || pg_catalog.jsonb_build_object('["public", "article"]' || pg_catalog.jsonb_build_array(gone."id")::text, pg_catalog.statement_timestamp()))::text, true);
          END IF;
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
          VALUES (gone."id", gone."name", gone."hits", newest_end, tx, 0);
        END IF;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (gone."id", gone."name", gone."hits", tx, NULL, 2);
      END IF;
    END event;
  END LOOP;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_truncate_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "93a511e6fb9bf72a9a7a"}';

CREATE OR REPLACE FUNCTION "public"."continuum_renumber_article_version"(old_id bigint, new_id bigint, gaps boolean) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan TO off
SET enable_bitmapscan TO off
SET jit TO off AS $continuum$
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

COMMENT ON FUNCTION "public"."continuum_renumber_article_version"(bigint, bigint, boolean) IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "93a511e6fb9bf72a9a7a"}';

SELECT pg_catalog.set_config('continuum.lock_timeout', pg_catalog.current_setting('lock_timeout'), true), pg_catalog.set_config('lock_timeout', CASE pg_catalog.current_setting('lock_timeout') WHEN '0' THEN '10s' ELSE pg_catalog.current_setting('lock_timeout') END, true);

CREATE OR REPLACE TRIGGER "00_continuum_insert" AFTER INSERT ON "public"."article"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
  EXECUTE FUNCTION "public"."continuum_insert_article_version"();

COMMENT ON TRIGGER "00_continuum_insert" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "93a511e6fb9bf72a9a7a"}';

CREATE OR REPLACE TRIGGER "00_continuum_update" AFTER UPDATE ON "public"."article"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
  EXECUTE FUNCTION "public"."continuum_update_article_version"();

COMMENT ON TRIGGER "00_continuum_update" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "93a511e6fb9bf72a9a7a"}';

CREATE OR REPLACE TRIGGER "00_continuum_delete" AFTER DELETE ON "public"."article"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT
  EXECUTE FUNCTION "public"."continuum_delete_article_version"();

COMMENT ON TRIGGER "00_continuum_delete" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "93a511e6fb9bf72a9a7a"}';

CREATE OR REPLACE TRIGGER "00_continuum_truncate" BEFORE TRUNCATE ON "public"."article"
  FOR EACH STATEMENT
  EXECUTE FUNCTION "public"."continuum_truncate_article_version"();

COMMENT ON TRIGGER "00_continuum_truncate" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "93a511e6fb9bf72a9a7a"}';

SELECT pg_catalog.set_config('lock_timeout', COALESCE(NULLIF(pg_catalog.current_setting('continuum.lock_timeout', true), ''), pg_catalog.current_setting('lock_timeout')), true);

