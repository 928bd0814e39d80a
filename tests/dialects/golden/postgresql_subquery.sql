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
  newest_op integer;
  before_tx bigint;
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
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
      SELECT NEW."id", NEW."name", NEW."hits", hint, 0
       WHERE EXISTS (SELECT FROM "public"."transaction" AS l
         WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND NOT EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id");
      IF FOUND THEN
        EXIT event;
      END IF;
    END IF;
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."operation_type" INTO newest_tx, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."id" AND h."id" OPERATOR(pg_catalog.<=) NEW."id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      EXIT event;
    END IF;
    IF newest_tx > tx THEN
      tx := "public"."continuum_renumber"(tx, newest_tx);
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
      VALUES (NEW."id", NEW."name", NEW."hits", tx, 0);
    ELSIF newest_tx = tx THEN
      IF newest_op = 0 THEN
        UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 0
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
      ELSE
        SELECT h."transaction_id", h."operation_type" INTO before_tx, before_op
          FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."id" AND h."id" OPERATOR(pg_catalog.<=) NEW."id" AND h."transaction_id" < tx
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
        IF before_op <> 2 THEN
          IF EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = before_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record)) THEN
            DELETE FROM "public"."article_version" AS h
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
          ELSE
            UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 1
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
          END IF;
        ELSE
          UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 0
           WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
        END IF;
      END IF;
    ELSE
      IF newest_op = 2 THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
        VALUES (NEW."id", NEW."name", NEW."hits", tx, 0);
      ELSIF NOT EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record)) THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
        VALUES (NEW."id", NEW."name", NEW."hits", tx, 1);
      END IF;
    END IF;
  END event;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_insert_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "e1d35433244ccfdb74a6"}';

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
  newest_op integer;
  before_tx bigint;
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
      tx := "public"."continuum_transaction_id"(NOT paused);
      SELECT h."transaction_id", h."operation_type" INTO newest_tx, newest_op
        FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."id" AND h."id" OPERATOR(pg_catalog.<=) NEW."id"
       ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
      IF paused AND (newest_tx = tx) IS NOT TRUE THEN
        EXIT event;
      END IF;
      IF newest_tx > tx THEN
        tx := "public"."continuum_renumber"(tx, newest_tx);
      END IF;
      IF newest_tx IS NULL THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
        VALUES (OLD."id", OLD."name", OLD."hits", 0, 0);
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
        VALUES (NEW."id", NEW."name", NEW."hits", tx, 1);
      ELSIF newest_tx = tx THEN
        IF newest_op = 0 THEN
          UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 0
           WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
        ELSE
          SELECT h."transaction_id", h."operation_type" INTO before_tx, before_op
            FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."id" AND h."id" OPERATOR(pg_catalog.<=) NEW."id" AND h."transaction_id" < tx
           ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
          IF before_op <> 2 THEN
            IF EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = before_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record)) THEN
              DELETE FROM "public"."article_version" AS h
               WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
            ELSE
              UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 1
               WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
            END IF;
          ELSE
            UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 0
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
          END IF;
        END IF;
      ELSE
        IF NOT EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(OLD."name", OLD."hits")::record)) THEN
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
          SELECT OLD."id", OLD."name", OLD."hits", g.id, 0
            FROM (SELECT pg_catalog.max(l."id") AS id FROM "public"."transaction" AS l
                   WHERE l."id" < tx AND l."id" > newest_tx) AS g
           WHERE g.id IS NOT NULL;
        END IF;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
        VALUES (NEW."id", NEW."name", NEW."hits", tx, 1);
      END IF;
    END event;
    RETURN NULL;
  END IF;
  <<event>>
  BEGIN
    IF EXISTS (SELECT FROM "public"."article" AS c WHERE c."id" OPERATOR(pg_catalog.=) OLD."id") THEN
      IF NOT paused THEN
        tx := "public"."continuum_transaction_id"(NOT paused);
        SELECT h."transaction_id", h."operation_type" INTO newest_tx, newest_op
          FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."id" AND h."id" OPERATOR(pg_catalog.<=) OLD."id"
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
        IF newest_tx > tx THEN
          tx := "public"."continuum_renumber"(tx, newest_tx);
        END IF;
        IF newest_tx IS NULL THEN
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
          VALUES (OLD."id", OLD."name", OLD."hits", 0, 0);
        END IF;
      END IF;
      EXIT event;
    END IF;
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."operation_type" INTO newest_tx, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."id" AND h."id" OPERATOR(pg_catalog.<=) OLD."id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      EXIT event;
    END IF;
    IF newest_tx > tx THEN
      tx := "public"."continuum_renumber"(tx, newest_tx);
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
      VALUES (OLD."id", OLD."name", OLD."hits", 0, 0);
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
      VALUES (OLD."id", OLD."name", OLD."hits", tx, 2);
    ELSIF newest_tx = tx THEN
      SELECT h."transaction_id", h."operation_type" INTO before_tx, before_op
        FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."id" AND h."id" OPERATOR(pg_catalog.<=) OLD."id" AND h."transaction_id" < tx
       ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
      IF before_op <> 2 THEN
        UPDATE "public"."article_version" AS h SET "name" = OLD."name", "hits" = OLD."hits", "operation_type" = 2
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = tx;
      ELSE
        DELETE FROM "public"."article_version" AS h
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = tx;
      END IF;
    ELSIF newest_op <> 2 THEN
      IF NOT EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(OLD."name", OLD."hits")::record)) THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
        SELECT OLD."id", OLD."name", OLD."hits", g.id, 0
          FROM (SELECT pg_catalog.max(l."id") AS id FROM "public"."transaction" AS l
                 WHERE l."id" < tx AND l."id" > newest_tx) AS g
         WHERE g.id IS NOT NULL;
      END IF;
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
      VALUES (OLD."id", OLD."name", OLD."hits", tx, 2);
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
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
      SELECT NEW."id", NEW."name", NEW."hits", hint, 0
       WHERE EXISTS (SELECT FROM "public"."transaction" AS l
         WHERE l."id" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND NOT EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id");
      IF FOUND THEN
        EXIT event;
      END IF;
    END IF;
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."operation_type" INTO newest_tx, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."id" AND h."id" OPERATOR(pg_catalog.<=) NEW."id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      EXIT event;
    END IF;
    IF newest_tx > tx THEN
      tx := "public"."continuum_renumber"(tx, newest_tx);
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
      VALUES (NEW."id", NEW."name", NEW."hits", tx, 0);
    ELSIF newest_tx = tx THEN
      IF newest_op = 0 THEN
        UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 0
         WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
      ELSE
        SELECT h."transaction_id", h."operation_type" INTO before_tx, before_op
          FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) NEW."id" AND h."id" OPERATOR(pg_catalog.<=) NEW."id" AND h."transaction_id" < tx
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
        IF before_op <> 2 THEN
          IF EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = before_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record)) THEN
            DELETE FROM "public"."article_version" AS h
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
          ELSE
            UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 1
             WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
          END IF;
        ELSE
          UPDATE "public"."article_version" AS h SET "name" = NEW."name", "hits" = NEW."hits", "operation_type" = 0
           WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = tx;
        END IF;
      END IF;
    ELSE
      IF newest_op = 2 THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
        VALUES (NEW."id", NEW."name", NEW."hits", tx, 0);
      ELSIF NOT EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) NEW."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(NEW."name", NEW."hits")::record)) THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
        VALUES (NEW."id", NEW."name", NEW."hits", tx, 1);
      END IF;
    END IF;
  END event;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_update_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "e1d35433244ccfdb74a6"}';

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
  newest_op integer;
  before_tx bigint;
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
    tx := "public"."continuum_transaction_id"(NOT paused);
    SELECT h."transaction_id", h."operation_type" INTO newest_tx, newest_op
      FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."id" AND h."id" OPERATOR(pg_catalog.<=) OLD."id"
     ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      EXIT event;
    END IF;
    IF newest_tx > tx THEN
      tx := "public"."continuum_renumber"(tx, newest_tx);
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
      VALUES (OLD."id", OLD."name", OLD."hits", 0, 0);
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
      VALUES (OLD."id", OLD."name", OLD."hits", tx, 2);
    ELSIF newest_tx = tx THEN
      SELECT h."transaction_id", h."operation_type" INTO before_tx, before_op
        FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) OLD."id" AND h."id" OPERATOR(pg_catalog.<=) OLD."id" AND h."transaction_id" < tx
       ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
      IF before_op <> 2 THEN
        UPDATE "public"."article_version" AS h SET "name" = OLD."name", "hits" = OLD."hits", "operation_type" = 2
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = tx;
      ELSE
        DELETE FROM "public"."article_version" AS h
         WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = tx;
      END IF;
    ELSIF newest_op <> 2 THEN
      IF NOT EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) OLD."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(OLD."name", OLD."hits")::record)) THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
        SELECT OLD."id", OLD."name", OLD."hits", g.id, 0
          FROM (SELECT pg_catalog.max(l."id") AS id FROM "public"."transaction" AS l
                 WHERE l."id" < tx AND l."id" > newest_tx) AS g
         WHERE g.id IS NOT NULL;
      END IF;
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
      VALUES (OLD."id", OLD."name", OLD."hits", tx, 2);
    END IF;
  END event;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_delete_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "e1d35433244ccfdb74a6"}';

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
  newest_op integer;
  before_tx bigint;
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
      tx := "public"."continuum_transaction_id"(NOT paused);
      SELECT h."transaction_id", h."operation_type" INTO newest_tx, newest_op
        FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) gone."id" AND h."id" OPERATOR(pg_catalog.<=) gone."id"
       ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
      IF paused AND (newest_tx = tx) IS NOT TRUE THEN
        EXIT event;
      END IF;
      IF newest_tx > tx THEN
        tx := "public"."continuum_renumber"(tx, newest_tx);
      END IF;
      IF newest_tx IS NULL THEN
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
        VALUES (gone."id", gone."name", gone."hits", 0, 0);
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
        VALUES (gone."id", gone."name", gone."hits", tx, 2);
      ELSIF newest_tx = tx THEN
        SELECT h."transaction_id", h."operation_type" INTO before_tx, before_op
          FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.>=) gone."id" AND h."id" OPERATOR(pg_catalog.<=) gone."id" AND h."transaction_id" < tx
         ORDER BY h."id" DESC, h."transaction_id" DESC LIMIT 1;
        IF before_op <> 2 THEN
          UPDATE "public"."article_version" AS h SET "name" = gone."name", "hits" = gone."hits", "operation_type" = 2
           WHERE h."id" OPERATOR(pg_catalog.=) gone."id" AND h."transaction_id" = tx;
        ELSE
          DELETE FROM "public"."article_version" AS h
           WHERE h."id" OPERATOR(pg_catalog.=) gone."id" AND h."transaction_id" = tx;
        END IF;
      ELSIF newest_op <> 2 THEN
        IF NOT EXISTS (SELECT FROM "public"."article_version" AS h WHERE h."id" OPERATOR(pg_catalog.=) gone."id" AND h."transaction_id" = newest_tx AND NOT (ROW(h."name", h."hits")::record OPERATOR(pg_catalog.*<>) ROW(gone."name", gone."hits")::record)) THEN
          INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
          SELECT gone."id", gone."name", gone."hits", g.id, 0
            FROM (SELECT pg_catalog.max(l."id") AS id FROM "public"."transaction" AS l
                   WHERE l."id" < tx AND l."id" > newest_tx) AS g
           WHERE g.id IS NOT NULL;
        END IF;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "operation_type")
        VALUES (gone."id", gone."name", gone."hits", tx, 2);
      END IF;
    END event;
  END LOOP;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_truncate_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "e1d35433244ccfdb74a6"}';

CREATE OR REPLACE FUNCTION "public"."continuum_renumber_article_version"(old_id bigint, new_id bigint, gaps boolean) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan TO off AS $continuum$
#variable_conflict use_variable
BEGIN
  UPDATE "public"."article_version" AS h SET "transaction_id" = new_id WHERE h."transaction_id" = old_id;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_renumber_article_version"(bigint, bigint, boolean) IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "e1d35433244ccfdb74a6"}';

SELECT pg_catalog.set_config('continuum.lock_timeout', pg_catalog.current_setting('lock_timeout'), true), pg_catalog.set_config('lock_timeout', CASE pg_catalog.current_setting('lock_timeout') WHEN '0' THEN '10s' ELSE pg_catalog.current_setting('lock_timeout') END, true);

CREATE OR REPLACE TRIGGER "00_continuum_insert" AFTER INSERT ON "public"."article"
  FOR EACH ROW
  EXECUTE FUNCTION "public"."continuum_insert_article_version"();

COMMENT ON TRIGGER "00_continuum_insert" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "e1d35433244ccfdb74a6"}';

CREATE OR REPLACE TRIGGER "00_continuum_update" AFTER UPDATE ON "public"."article"
  FOR EACH ROW
  WHEN (OLD.* OPERATOR(pg_catalog.*<>) NEW.*)
  EXECUTE FUNCTION "public"."continuum_update_article_version"();

COMMENT ON TRIGGER "00_continuum_update" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "e1d35433244ccfdb74a6"}';

CREATE OR REPLACE TRIGGER "00_continuum_delete" AFTER DELETE ON "public"."article"
  FOR EACH ROW
  EXECUTE FUNCTION "public"."continuum_delete_article_version"();

COMMENT ON TRIGGER "00_continuum_delete" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "e1d35433244ccfdb74a6"}';

CREATE OR REPLACE TRIGGER "00_continuum_truncate" BEFORE TRUNCATE ON "public"."article"
  FOR EACH STATEMENT
  EXECUTE FUNCTION "public"."continuum_truncate_article_version"();

COMMENT ON TRIGGER "00_continuum_truncate" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "e1d35433244ccfdb74a6"}';

SELECT pg_catalog.set_config('lock_timeout', COALESCE(NULLIF(pg_catalog.current_setting('continuum.lock_timeout', true), ''), pg_catalog.current_setting('lock_timeout')), true);

