CREATE OR REPLACE FUNCTION "audit"."continuum_insert_A b%s_history"() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET enable_seqscan TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  memo text := pg_catalog.current_setting('continuum.o_log_e7782733', true);
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
  IF pg_catalog.current_setting('continuum.o_log_e7782733_paused', true) <> '' THEN
    paused := "audit"."o'log_paused"('["live", "A b%s"]');
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
        hint := "audit"."o'log_transaction_id"(true);
        memo := pg_catalog.current_setting('continuum.o_log_e7782733', true);
        IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
          inside := pg_catalog.split_part(memo, ':', 3)::xid8;
          writer := inside::xid;
        END IF;
      END IF;
      INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
      SELECT NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", hint, NULL, 0
       WHERE EXISTS (SELECT FROM "audit"."o'log" AS l
         WHERE l."number" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND NOT EXISTS (SELECT FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2");
      IF FOUND THEN
        EXIT event;
      END IF;
    END IF;
    tx := "audit"."o'log_transaction_id"(NOT paused);
    SELECT h."from", h."to", h."op" INTO newest_tx, newest_end, newest_op
      FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" >= NEW."k2" AND h."key2" <= NEW."k2"
     ORDER BY h."key2" DESC, h."from" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL AND newest_op <> 2 AND NOT EXISTS (SELECT FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx AND NOT (ROW(h."k:1", h."key2", h."v'1")::record OPERATOR(pg_catalog.*<>) ROW(NEW."k:1", NEW."k2", NEW."v'1")::record OR CASE WHEN h."place" IS NULL OR NEW."place" IS NULL THEN (h."place" IS NULL) <> (NEW."place" IS NULL) ELSE (NOT (h."place" OPERATOR(gis.=) NEW."place")) END)) THEN
        tx := "audit"."o'log_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "audit"."o'log_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "audit"."A b%s_history" AS h SET "to" = tx
         WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.o_log_e7782733_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "audit"."o'log_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
      VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", tx, NULL, 0);
    ELSIF newest_tx = tx THEN
      IF newest_op = 0 THEN
        UPDATE "audit"."A b%s_history" AS h SET "k:1" = NEW."k:1", "key2" = NEW."k2", "v'1" = NEW."v'1", "place" = NEW."place", "seen" = NEW."seen", "op" = 0
         WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = tx;
      ELSE
        SELECT h."from", h."to", h."op" INTO before_tx, before_end, before_op
          FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" >= NEW."k2" AND h."key2" <= NEW."k2" AND h."from" < tx
         ORDER BY h."key2" DESC, h."from" DESC LIMIT 1;
        IF before_op <> 2 AND before_end = tx THEN
          IF EXISTS (SELECT FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = before_tx AND NOT (ROW(h."k:1", h."key2", h."v'1")::record OPERATOR(pg_catalog.*<>) ROW(NEW."k:1", NEW."k2", NEW."v'1")::record OR CASE WHEN h."place" IS NULL OR NEW."place" IS NULL THEN (h."place" IS NULL) <> (NEW."place" IS NULL) ELSE (NOT (h."place" OPERATOR(gis.=) NEW."place")) END)) THEN
            DELETE FROM "audit"."A b%s_history" AS h
             WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = tx;
            UPDATE "audit"."A b%s_history" AS h SET "to" = NULL
             WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = before_tx AND h."to" = tx;
          ELSE
            UPDATE "audit"."A b%s_history" AS h SET "k:1" = NEW."k:1", "key2" = NEW."k2", "v'1" = NEW."v'1", "place" = NEW."place", "seen" = NEW."seen", "op" = 1
             WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = tx;
          END IF;
        ELSE
          UPDATE "audit"."A b%s_history" AS h SET "k:1" = NEW."k:1", "key2" = NEW."k2", "v'1" = NEW."v'1", "place" = NEW."place", "seen" = NEW."seen", "op" = 0
           WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = tx;
        END IF;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op = 2 THEN
        UPDATE "audit"."A b%s_history" AS h SET "to" = tx
         WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx;
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", tx, NULL, 0);
      ELSIF NOT EXISTS (SELECT FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx AND NOT (ROW(h."k:1", h."key2", h."v'1")::record OPERATOR(pg_catalog.*<>) ROW(NEW."k:1", NEW."k2", NEW."v'1")::record OR CASE WHEN h."place" IS NULL OR NEW."place" IS NULL THEN (h."place" IS NULL) <> (NEW."place" IS NULL) ELSE (NOT (h."place" OPERATOR(gis.=) NEW."place")) END)) THEN
        UPDATE "audit"."A b%s_history" AS h SET "to" = tx
         WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx;
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", tx, NULL, 1);
      ELSE
        PERFORM FROM "audit"."A b%s_history" AS h
         WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx FOR UPDATE;
      END IF;
    ELSIF newest_end < tx OR newest_op = 2 THEN
      INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
      VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", tx, NULL, 0);
    ELSIF EXISTS (SELECT FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx AND NOT (ROW(h."k:1", h."key2", h."v'1")::record OPERATOR(pg_catalog.*<>) ROW(NEW."k:1", NEW."k2", NEW."v'1")::record OR CASE WHEN h."place" IS NULL OR NEW."place" IS NULL THEN (h."place" IS NULL) <> (NEW."place" IS NULL) ELSE (NOT (h."place" OPERATOR(gis.=) NEW."place")) END)) THEN
      UPDATE "audit"."A b%s_history" AS h SET "to" = NULL
       WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx;
    ELSE
      INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
      VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", tx, NULL, 1);
    END IF;
  END event;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "audit"."continuum_insert_A b%s_history"() IS '{"continuum": 1, "log": ["audit", "o''log"], "renumber": ["audit", "continuum_renumber_A b%s_history"], "fingerprint": "8bc4a83a7cc1a95a11d0"}';

CREATE OR REPLACE FUNCTION "audit"."continuum_update_A b%s_history"() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET enable_seqscan TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  moved boolean := ROW(OLD."k:1", OLD."k2")::record OPERATOR(pg_catalog.*<>) ROW(NEW."k:1", NEW."k2")::record;
  memo text := pg_catalog.current_setting('continuum.o_log_e7782733', true);
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
  IF pg_catalog.current_setting('continuum.o_log_e7782733_paused', true) <> '' THEN
    paused := "audit"."o'log_paused"('["live", "A b%s"]');
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = pg_catalog.pg_current_xact_id()::text THEN
    hint := pg_catalog.split_part(memo, ':', 2);
    IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
      inside := pg_catalog.split_part(memo, ':', 3)::xid8;
      writer := inside::xid;
    END IF;
  END IF;
  IF NOT moved THEN
    IF NOT (ROW(OLD."v'1")::record OPERATOR(pg_catalog.*<>) ROW(NEW."v'1")::record OR CASE WHEN OLD."place" IS NULL OR NEW."place" IS NULL THEN (OLD."place" IS NULL) <> (NEW."place" IS NULL) ELSE (NOT (OLD."place" OPERATOR(gis.=) NEW."place")) END) THEN
      IF ROW(OLD."seen")::record OPERATOR(pg_catalog.*<>) ROW(NEW."seen")::record THEN
        tx := "audit"."o'log_transaction_id"(false);
        UPDATE "audit"."A b%s_history" AS h SET "v'1" = NEW."v'1", "place" = NEW."place", "seen" = NEW."seen"
         WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = tx AND h."op" <> 2;
      END IF;
      RETURN NULL;
    END IF;
    <<event>>
    BEGIN
      IF NOT paused THEN
        IF hint IS NULL THEN
          hint := "audit"."o'log_transaction_id"(true);
          memo := pg_catalog.current_setting('continuum.o_log_e7782733', true);
          IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
            inside := pg_catalog.split_part(memo, ':', 3)::xid8;
            writer := inside::xid;
          END IF;
        END IF;
        UPDATE "audit"."A b%s_history" AS h SET "to" = hint
         WHERE EXISTS (SELECT FROM "audit"."o'log" AS l
           WHERE l."number" = hint AND l.xmin = writer AND (inside IS NULL
             OR pg_catalog.pg_xact_status(inside) = 'in progress'))
           AND h.ctid = (SELECT p.ctid FROM "audit"."A b%s_history" AS p
             WHERE p."k:1" = NEW."k:1" AND p."key2" >= NEW."k2" AND p."key2" <= NEW."k2"
       ORDER BY p."key2" DESC, p."from" DESC LIMIT 1)
           AND h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" < hint AND h."to" IS NULL;
        IF FOUND THEN
          INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
          VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", hint, NULL, 1);
          EXIT event;
        END IF;
      END IF;
      tx := "audit"."o'log_transaction_id"(NOT paused);
      SELECT h."from", h."to", h."op" INTO newest_tx, newest_end, newest_op
        FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" >= NEW."k2" AND h."key2" <= NEW."k2"
       ORDER BY h."key2" DESC, h."from" DESC LIMIT 1;
      IF paused AND (newest_tx = tx) IS NOT TRUE THEN
        IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
          tx := "audit"."o'log_transaction_id"(true);
          IF newest_tx > tx OR newest_end > tx THEN
            tx := "audit"."o'log_renumber"(tx, GREATEST(newest_tx, newest_end));
          END IF;
          UPDATE "audit"."A b%s_history" AS h SET "to" = tx
           WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx;
          PERFORM pg_catalog.set_config('continuum.o_log_e7782733_gaps', pg_catalog.pg_current_xact_id()::text, true);
        END IF;
        EXIT event;
      END IF;
      IF newest_tx > tx OR newest_end > tx THEN
        tx := "audit"."o'log_renumber"(tx, GREATEST(newest_tx, newest_end));
      END IF;
      IF newest_tx IS NULL THEN
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (OLD."k:1", OLD."k2", OLD."v'1", OLD."place", OLD."seen", 0, tx, 0);
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", tx, NULL, 1);
      ELSIF newest_tx = tx THEN
        IF newest_op = 0 THEN
          UPDATE "audit"."A b%s_history" AS h SET "k:1" = NEW."k:1", "key2" = NEW."k2", "v'1" = NEW."v'1", "place" = NEW."place", "seen" = NEW."seen", "op" = 0
           WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = tx;
        ELSE
          SELECT h."from", h."to", h."op" INTO before_tx, before_end, before_op
            FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" >= NEW."k2" AND h."key2" <= NEW."k2" AND h."from" < tx
           ORDER BY h."key2" DESC, h."from" DESC LIMIT 1;
          IF before_op <> 2 AND before_end = tx THEN
            IF EXISTS (SELECT FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = before_tx AND NOT (ROW(h."k:1", h."key2", h."v'1")::record OPERATOR(pg_catalog.*<>) ROW(NEW."k:1", NEW."k2", NEW."v'1")::record OR CASE WHEN h."place" IS NULL OR NEW."place" IS NULL THEN (h."place" IS NULL) <> (NEW."place" IS NULL) ELSE (NOT (h."place" OPERATOR(gis.=) NEW."place")) END)) THEN
              DELETE FROM "audit"."A b%s_history" AS h
               WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = tx;
              UPDATE "audit"."A b%s_history" AS h SET "to" = NULL
               WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = before_tx AND h."to" = tx;
            ELSE
              UPDATE "audit"."A b%s_history" AS h SET "k:1" = NEW."k:1", "key2" = NEW."k2", "v'1" = NEW."v'1", "place" = NEW."place", "seen" = NEW."seen", "op" = 1
               WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = tx;
            END IF;
          ELSE
            UPDATE "audit"."A b%s_history" AS h SET "k:1" = NEW."k:1", "key2" = NEW."k2", "v'1" = NEW."v'1", "place" = NEW."place", "seen" = NEW."seen", "op" = 0
             WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = tx;
          END IF;
        END IF;
      ELSIF newest_end IS NULL THEN
        UPDATE "audit"."A b%s_history" AS h SET "to" = tx
         WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx;
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", tx, NULL, 1);
      ELSIF newest_end < tx THEN
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (OLD."k:1", OLD."k2", OLD."v'1", OLD."place", OLD."seen", newest_end, tx, 0);
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", tx, NULL, 1);
      ELSIF EXISTS (SELECT FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx AND NOT (ROW(h."k:1", h."key2", h."v'1")::record OPERATOR(pg_catalog.*<>) ROW(NEW."k:1", NEW."k2", NEW."v'1")::record OR CASE WHEN h."place" IS NULL OR NEW."place" IS NULL THEN (h."place" IS NULL) <> (NEW."place" IS NULL) ELSE (NOT (h."place" OPERATOR(gis.=) NEW."place")) END)) THEN
        UPDATE "audit"."A b%s_history" AS h SET "to" = NULL
         WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx;
      ELSE
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", tx, NULL, 1);
      END IF;
    END event;
    RETURN NULL;
  END IF;
  <<event>>
  BEGIN
    IF EXISTS (SELECT FROM "live"."A b%s" AS c WHERE c."k:1" = OLD."k:1" AND c."k2" = OLD."k2") THEN
      IF NOT paused THEN
        tx := "audit"."o'log_transaction_id"(NOT paused);
        SELECT h."from", h."to", h."op" INTO newest_tx, newest_end, newest_op
          FROM "audit"."A b%s_history" AS h WHERE h."k:1" = OLD."k:1" AND h."key2" >= OLD."k2" AND h."key2" <= OLD."k2"
         ORDER BY h."key2" DESC, h."from" DESC LIMIT 1;
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "audit"."o'log_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        IF newest_tx IS NULL THEN
          INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
          VALUES (OLD."k:1", OLD."k2", OLD."v'1", OLD."place", OLD."seen", 0, tx, 0);
        ELSIF newest_end < tx THEN
          INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
          VALUES (OLD."k:1", OLD."k2", OLD."v'1", OLD."place", OLD."seen", newest_end, tx, 0);
        END IF;
      END IF;
      EXIT event;
    END IF;
    IF NOT paused THEN
      IF hint IS NULL THEN
        hint := "audit"."o'log_transaction_id"(true);
        memo := pg_catalog.current_setting('continuum.o_log_e7782733', true);
        IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
          inside := pg_catalog.split_part(memo, ':', 3)::xid8;
          writer := inside::xid;
        END IF;
      END IF;
      UPDATE "audit"."A b%s_history" AS h SET "to" = hint
       WHERE EXISTS (SELECT FROM "audit"."o'log" AS l
         WHERE l."number" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND h.ctid = (SELECT p.ctid FROM "audit"."A b%s_history" AS p
           WHERE p."k:1" = OLD."k:1" AND p."key2" >= OLD."k2" AND p."key2" <= OLD."k2"
     ORDER BY p."key2" DESC, p."from" DESC LIMIT 1)
         AND h."k:1" = OLD."k:1" AND h."key2" = OLD."k2" AND h."from" < hint AND h."to" IS NULL AND h."op" <> 2;
      IF FOUND THEN
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (OLD."k:1", OLD."k2", NULL, NULL, NULL, hint, NULL, 2);
        EXIT event;
      END IF;
    END IF;
    tx := "audit"."o'log_transaction_id"(NOT paused);
    SELECT h."from", h."to", h."op" INTO newest_tx, newest_end, newest_op
      FROM "audit"."A b%s_history" AS h WHERE h."k:1" = OLD."k:1" AND h."key2" >= OLD."k2" AND h."key2" <= OLD."k2"
     ORDER BY h."key2" DESC, h."from" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
        tx := "audit"."o'log_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "audit"."o'log_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "audit"."A b%s_history" AS h SET "to" = tx
         WHERE h."k:1" = OLD."k:1" AND h."key2" = OLD."k2" AND h."from" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.o_log_e7782733_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "audit"."o'log_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
      VALUES (OLD."k:1", OLD."k2", OLD."v'1", OLD."place", OLD."seen", 0, tx, 0);
      INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
      VALUES (OLD."k:1", OLD."k2", NULL, NULL, NULL, tx, NULL, 2);
    ELSIF newest_tx = tx THEN
      SELECT h."from", h."to", h."op" INTO before_tx, before_end, before_op
        FROM "audit"."A b%s_history" AS h WHERE h."k:1" = OLD."k:1" AND h."key2" >= OLD."k2" AND h."key2" <= OLD."k2" AND h."from" < tx
       ORDER BY h."key2" DESC, h."from" DESC LIMIT 1;
      IF before_op <> 2 AND before_end = tx THEN
        UPDATE "audit"."A b%s_history" AS h SET "k:1" = OLD."k:1", "key2" = OLD."k2", "v'1" = NULL, "place" = NULL, "seen" = NULL, "op" = 2
         WHERE h."k:1" = OLD."k:1" AND h."key2" = OLD."k2" AND h."from" = tx;
      ELSE
        DELETE FROM "audit"."A b%s_history" AS h
         WHERE h."k:1" = OLD."k:1" AND h."key2" = OLD."k2" AND h."from" = tx;
        UPDATE "audit"."A b%s_history" AS h SET "to" = NULL
         WHERE h."k:1" = OLD."k:1" AND h."key2" = OLD."k2" AND h."from" = before_tx AND h."to" = tx;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op <> 2 THEN
        UPDATE "audit"."A b%s_history" AS h SET "to" = tx
         WHERE h."k:1" = OLD."k:1" AND h."key2" = OLD."k2" AND h."from" = newest_tx;
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (OLD."k:1", OLD."k2", NULL, NULL, NULL, tx, NULL, 2);
      END IF;
    ELSE
      IF newest_end < tx THEN
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (OLD."k:1", OLD."k2", OLD."v'1", OLD."place", OLD."seen", newest_end, tx, 0);
      END IF;
      INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
      VALUES (OLD."k:1", OLD."k2", NULL, NULL, NULL, tx, NULL, 2);
    END IF;
  END event;
  <<event>>
  BEGIN
    IF NOT paused THEN
      IF hint IS NULL THEN
        hint := "audit"."o'log_transaction_id"(true);
        memo := pg_catalog.current_setting('continuum.o_log_e7782733', true);
        IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
          inside := pg_catalog.split_part(memo, ':', 3)::xid8;
          writer := inside::xid;
        END IF;
      END IF;
      INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
      SELECT NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", hint, NULL, 0
       WHERE EXISTS (SELECT FROM "audit"."o'log" AS l
         WHERE l."number" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND NOT EXISTS (SELECT FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2");
      IF FOUND THEN
        EXIT event;
      END IF;
    END IF;
    tx := "audit"."o'log_transaction_id"(NOT paused);
    SELECT h."from", h."to", h."op" INTO newest_tx, newest_end, newest_op
      FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" >= NEW."k2" AND h."key2" <= NEW."k2"
     ORDER BY h."key2" DESC, h."from" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL AND newest_op <> 2 AND NOT EXISTS (SELECT FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx AND NOT (ROW(h."k:1", h."key2", h."v'1")::record OPERATOR(pg_catalog.*<>) ROW(NEW."k:1", NEW."k2", NEW."v'1")::record OR CASE WHEN h."place" IS NULL OR NEW."place" IS NULL THEN (h."place" IS NULL) <> (NEW."place" IS NULL) ELSE (NOT (h."place" OPERATOR(gis.=) NEW."place")) END)) THEN
        tx := "audit"."o'log_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "audit"."o'log_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "audit"."A b%s_history" AS h SET "to" = tx
         WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.o_log_e7782733_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "audit"."o'log_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
      VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", tx, NULL, 0);
    ELSIF newest_tx = tx THEN
      IF newest_op = 0 THEN
        UPDATE "audit"."A b%s_history" AS h SET "k:1" = NEW."k:1", "key2" = NEW."k2", "v'1" = NEW."v'1", "place" = NEW."place", "seen" = NEW."seen", "op" = 0
         WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = tx;
      ELSE
        SELECT h."from", h."to", h."op" INTO before_tx, before_end, before_op
          FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" >= NEW."k2" AND h."key2" <= NEW."k2" AND h."from" < tx
         ORDER BY h."key2" DESC, h."from" DESC LIMIT 1;
        IF before_op <> 2 AND before_end = tx THEN
          IF EXISTS (SELECT FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = before_tx AND NOT (ROW(h."k:1", h."key2", h."v'1")::record OPERATOR(pg_catalog.*<>) ROW(NEW."k:1", NEW."k2", NEW."v'1")::record OR CASE WHEN h."place" IS NULL OR NEW."place" IS NULL THEN (h."place" IS NULL) <> (NEW."place" IS NULL) ELSE (NOT (h."place" OPERATOR(gis.=) NEW."place")) END)) THEN
            DELETE FROM "audit"."A b%s_history" AS h
             WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = tx;
            UPDATE "audit"."A b%s_history" AS h SET "to" = NULL
             WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = before_tx AND h."to" = tx;
          ELSE
            UPDATE "audit"."A b%s_history" AS h SET "k:1" = NEW."k:1", "key2" = NEW."k2", "v'1" = NEW."v'1", "place" = NEW."place", "seen" = NEW."seen", "op" = 1
             WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = tx;
          END IF;
        ELSE
          UPDATE "audit"."A b%s_history" AS h SET "k:1" = NEW."k:1", "key2" = NEW."k2", "v'1" = NEW."v'1", "place" = NEW."place", "seen" = NEW."seen", "op" = 0
           WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = tx;
        END IF;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op = 2 THEN
        UPDATE "audit"."A b%s_history" AS h SET "to" = tx
         WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx;
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", tx, NULL, 0);
      ELSIF NOT EXISTS (SELECT FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx AND NOT (ROW(h."k:1", h."key2", h."v'1")::record OPERATOR(pg_catalog.*<>) ROW(NEW."k:1", NEW."k2", NEW."v'1")::record OR CASE WHEN h."place" IS NULL OR NEW."place" IS NULL THEN (h."place" IS NULL) <> (NEW."place" IS NULL) ELSE (NOT (h."place" OPERATOR(gis.=) NEW."place")) END)) THEN
        UPDATE "audit"."A b%s_history" AS h SET "to" = tx
         WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx;
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", tx, NULL, 1);
      ELSE
        PERFORM FROM "audit"."A b%s_history" AS h
         WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx FOR UPDATE;
      END IF;
    ELSIF newest_end < tx OR newest_op = 2 THEN
      INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
      VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", tx, NULL, 0);
    ELSIF EXISTS (SELECT FROM "audit"."A b%s_history" AS h WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx AND NOT (ROW(h."k:1", h."key2", h."v'1")::record OPERATOR(pg_catalog.*<>) ROW(NEW."k:1", NEW."k2", NEW."v'1")::record OR CASE WHEN h."place" IS NULL OR NEW."place" IS NULL THEN (h."place" IS NULL) <> (NEW."place" IS NULL) ELSE (NOT (h."place" OPERATOR(gis.=) NEW."place")) END)) THEN
      UPDATE "audit"."A b%s_history" AS h SET "to" = NULL
       WHERE h."k:1" = NEW."k:1" AND h."key2" = NEW."k2" AND h."from" = newest_tx;
    ELSE
      INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
      VALUES (NEW."k:1", NEW."k2", NEW."v'1", NEW."place", NEW."seen", tx, NULL, 1);
    END IF;
  END event;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "audit"."continuum_update_A b%s_history"() IS '{"continuum": 1, "log": ["audit", "o''log"], "renumber": ["audit", "continuum_renumber_A b%s_history"], "fingerprint": "8bc4a83a7cc1a95a11d0"}';

CREATE OR REPLACE FUNCTION "audit"."continuum_delete_A b%s_history"() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET enable_seqscan TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  memo text := pg_catalog.current_setting('continuum.o_log_e7782733', true);
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
  IF pg_catalog.current_setting('continuum.o_log_e7782733_paused', true) <> '' THEN
    paused := "audit"."o'log_paused"('["live", "A b%s"]');
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
        hint := "audit"."o'log_transaction_id"(true);
        memo := pg_catalog.current_setting('continuum.o_log_e7782733', true);
        IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
          inside := pg_catalog.split_part(memo, ':', 3)::xid8;
          writer := inside::xid;
        END IF;
      END IF;
      UPDATE "audit"."A b%s_history" AS h SET "to" = hint
       WHERE EXISTS (SELECT FROM "audit"."o'log" AS l
         WHERE l."number" = hint AND l.xmin = writer AND (inside IS NULL
           OR pg_catalog.pg_xact_status(inside) = 'in progress'))
         AND h.ctid = (SELECT p.ctid FROM "audit"."A b%s_history" AS p
           WHERE p."k:1" = OLD."k:1" AND p."key2" >= OLD."k2" AND p."key2" <= OLD."k2"
     ORDER BY p."key2" DESC, p."from" DESC LIMIT 1)
         AND h."k:1" = OLD."k:1" AND h."key2" = OLD."k2" AND h."from" < hint AND h."to" IS NULL AND h."op" <> 2;
      IF FOUND THEN
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (OLD."k:1", OLD."k2", NULL, NULL, NULL, hint, NULL, 2);
        EXIT event;
      END IF;
    END IF;
    tx := "audit"."o'log_transaction_id"(NOT paused);
    SELECT h."from", h."to", h."op" INTO newest_tx, newest_end, newest_op
      FROM "audit"."A b%s_history" AS h WHERE h."k:1" = OLD."k:1" AND h."key2" >= OLD."k2" AND h."key2" <= OLD."k2"
     ORDER BY h."key2" DESC, h."from" DESC LIMIT 1;
    IF paused AND (newest_tx = tx) IS NOT TRUE THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
        tx := "audit"."o'log_transaction_id"(true);
        IF newest_tx > tx OR newest_end > tx THEN
          tx := "audit"."o'log_renumber"(tx, GREATEST(newest_tx, newest_end));
        END IF;
        UPDATE "audit"."A b%s_history" AS h SET "to" = tx
         WHERE h."k:1" = OLD."k:1" AND h."key2" = OLD."k2" AND h."from" = newest_tx;
        PERFORM pg_catalog.set_config('continuum.o_log_e7782733_gaps', pg_catalog.pg_current_xact_id()::text, true);
      END IF;
      EXIT event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      tx := "audit"."o'log_renumber"(tx, GREATEST(newest_tx, newest_end));
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
      VALUES (OLD."k:1", OLD."k2", OLD."v'1", OLD."place", OLD."seen", 0, tx, 0);
      INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
      VALUES (OLD."k:1", OLD."k2", NULL, NULL, NULL, tx, NULL, 2);
    ELSIF newest_tx = tx THEN
      SELECT h."from", h."to", h."op" INTO before_tx, before_end, before_op
        FROM "audit"."A b%s_history" AS h WHERE h."k:1" = OLD."k:1" AND h."key2" >= OLD."k2" AND h."key2" <= OLD."k2" AND h."from" < tx
       ORDER BY h."key2" DESC, h."from" DESC LIMIT 1;
      IF before_op <> 2 AND before_end = tx THEN
        UPDATE "audit"."A b%s_history" AS h SET "k:1" = OLD."k:1", "key2" = OLD."k2", "v'1" = NULL, "place" = NULL, "seen" = NULL, "op" = 2
         WHERE h."k:1" = OLD."k:1" AND h."key2" = OLD."k2" AND h."from" = tx;
      ELSE
        DELETE FROM "audit"."A b%s_history" AS h
         WHERE h."k:1" = OLD."k:1" AND h."key2" = OLD."k2" AND h."from" = tx;
        UPDATE "audit"."A b%s_history" AS h SET "to" = NULL
         WHERE h."k:1" = OLD."k:1" AND h."key2" = OLD."k2" AND h."from" = before_tx AND h."to" = tx;
      END IF;
    ELSIF newest_end IS NULL THEN
      IF newest_op <> 2 THEN
        UPDATE "audit"."A b%s_history" AS h SET "to" = tx
         WHERE h."k:1" = OLD."k:1" AND h."key2" = OLD."k2" AND h."from" = newest_tx;
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (OLD."k:1", OLD."k2", NULL, NULL, NULL, tx, NULL, 2);
      END IF;
    ELSE
      IF newest_end < tx THEN
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (OLD."k:1", OLD."k2", OLD."v'1", OLD."place", OLD."seen", newest_end, tx, 0);
      END IF;
      INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
      VALUES (OLD."k:1", OLD."k2", NULL, NULL, NULL, tx, NULL, 2);
    END IF;
  END event;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "audit"."continuum_delete_A b%s_history"() IS '{"continuum": 1, "log": ["audit", "o''log"], "renumber": ["audit", "continuum_renumber_A b%s_history"], "fingerprint": "8bc4a83a7cc1a95a11d0"}';

CREATE OR REPLACE FUNCTION "audit"."continuum_truncate_A b%s_history"() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET enable_seqscan TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  gone record;
  memo text := pg_catalog.current_setting('continuum.o_log_e7782733', true);
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
  IF pg_catalog.current_setting('continuum.o_log_e7782733_paused', true) <> '' THEN
    paused := "audit"."o'log_paused"('["live", "A b%s"]');
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = pg_catalog.pg_current_xact_id()::text THEN
    hint := pg_catalog.split_part(memo, ':', 2);
    IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
      inside := pg_catalog.split_part(memo, ':', 3)::xid8;
      writer := inside::xid;
    END IF;
  END IF;
  FOR gone IN SELECT c.* FROM "live"."A b%s" AS c LOOP
    <<event>>
    BEGIN
      IF NOT paused THEN
        IF hint IS NULL THEN
          hint := "audit"."o'log_transaction_id"(true);
          memo := pg_catalog.current_setting('continuum.o_log_e7782733', true);
          IF pg_catalog.split_part(memo, ':', 3) <> '' THEN
            inside := pg_catalog.split_part(memo, ':', 3)::xid8;
            writer := inside::xid;
          END IF;
        END IF;
        UPDATE "audit"."A b%s_history" AS h SET "to" = hint
         WHERE EXISTS (SELECT FROM "audit"."o'log" AS l
           WHERE l."number" = hint AND l.xmin = writer AND (inside IS NULL
             OR pg_catalog.pg_xact_status(inside) = 'in progress'))
           AND h.ctid = (SELECT p.ctid FROM "audit"."A b%s_history" AS p
             WHERE p."k:1" = gone."k:1" AND p."key2" >= gone."k2" AND p."key2" <= gone."k2"
       ORDER BY p."key2" DESC, p."from" DESC LIMIT 1)
           AND h."k:1" = gone."k:1" AND h."key2" = gone."k2" AND h."from" < hint AND h."to" IS NULL AND h."op" <> 2;
        IF FOUND THEN
          INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
          VALUES (gone."k:1", gone."k2", NULL, NULL, NULL, hint, NULL, 2);
          EXIT event;
        END IF;
      END IF;
      tx := "audit"."o'log_transaction_id"(NOT paused);
      SELECT h."from", h."to", h."op" INTO newest_tx, newest_end, newest_op
        FROM "audit"."A b%s_history" AS h WHERE h."k:1" = gone."k:1" AND h."key2" >= gone."k2" AND h."key2" <= gone."k2"
       ORDER BY h."key2" DESC, h."from" DESC LIMIT 1;
      IF paused AND (newest_tx = tx) IS NOT TRUE THEN
        IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
          tx := "audit"."o'log_transaction_id"(true);
          IF newest_tx > tx OR newest_end > tx THEN
            tx := "audit"."o'log_renumber"(tx, GREATEST(newest_tx, newest_end));
          END IF;
          UPDATE "audit"."A b%s_history" AS h SET "to" = tx
           WHERE h."k:1" = gone."k:1" AND h."key2" = gone."k2" AND h."from" = newest_tx;
          PERFORM pg_catalog.set_config('continuum.o_log_e7782733_gaps', pg_catalog.pg_current_xact_id()::text, true);
        END IF;
        EXIT event;
      END IF;
      IF newest_tx > tx OR newest_end > tx THEN
        tx := "audit"."o'log_renumber"(tx, GREATEST(newest_tx, newest_end));
      END IF;
      IF newest_tx IS NULL THEN
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (gone."k:1", gone."k2", gone."v'1", gone."place", gone."seen", 0, tx, 0);
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (gone."k:1", gone."k2", NULL, NULL, NULL, tx, NULL, 2);
      ELSIF newest_tx = tx THEN
        SELECT h."from", h."to", h."op" INTO before_tx, before_end, before_op
          FROM "audit"."A b%s_history" AS h WHERE h."k:1" = gone."k:1" AND h."key2" >= gone."k2" AND h."key2" <= gone."k2" AND h."from" < tx
         ORDER BY h."key2" DESC, h."from" DESC LIMIT 1;
        IF before_op <> 2 AND before_end = tx THEN
          UPDATE "audit"."A b%s_history" AS h SET "k:1" = gone."k:1", "key2" = gone."k2", "v'1" = NULL, "place" = NULL, "seen" = NULL, "op" = 2
           WHERE h."k:1" = gone."k:1" AND h."key2" = gone."k2" AND h."from" = tx;
        ELSE
          DELETE FROM "audit"."A b%s_history" AS h
           WHERE h."k:1" = gone."k:1" AND h."key2" = gone."k2" AND h."from" = tx;
          UPDATE "audit"."A b%s_history" AS h SET "to" = NULL
           WHERE h."k:1" = gone."k:1" AND h."key2" = gone."k2" AND h."from" = before_tx AND h."to" = tx;
        END IF;
      ELSIF newest_end IS NULL THEN
        IF newest_op <> 2 THEN
          UPDATE "audit"."A b%s_history" AS h SET "to" = tx
           WHERE h."k:1" = gone."k:1" AND h."key2" = gone."k2" AND h."from" = newest_tx;
          INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
          VALUES (gone."k:1", gone."k2", NULL, NULL, NULL, tx, NULL, 2);
        END IF;
      ELSE
        IF newest_end < tx THEN
          INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
          VALUES (gone."k:1", gone."k2", gone."v'1", gone."place", gone."seen", newest_end, tx, 0);
        END IF;
        INSERT INTO "audit"."A b%s_history" ("k:1", "key2", "v'1", "place", "seen", "from", "to", "op")
        VALUES (gone."k:1", gone."k2", NULL, NULL, NULL, tx, NULL, 2);
      END IF;
    END event;
  END LOOP;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "audit"."continuum_truncate_A b%s_history"() IS '{"continuum": 1, "log": ["audit", "o''log"], "renumber": ["audit", "continuum_renumber_A b%s_history"], "fingerprint": "8bc4a83a7cc1a95a11d0"}';

CREATE OR REPLACE FUNCTION "audit"."continuum_renumber_A b%s_history"(old_id bigint, new_id bigint, gaps boolean) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET enable_seqscan TO off AS $continuum$
#variable_conflict use_variable
DECLARE
  mine record;
BEGIN
  UPDATE "audit"."A b%s_history" AS h SET "from" = new_id WHERE h."from" = old_id;
  IF gaps THEN
    UPDATE "audit"."A b%s_history" AS h SET "to" = new_id WHERE h."to" = old_id;
  ELSIF FOUND THEN
    FOR mine IN SELECT h."k:1", h."key2" FROM "audit"."A b%s_history" AS h WHERE h."from" = new_id LOOP
      UPDATE "audit"."A b%s_history" AS h SET "to" = new_id
       WHERE h."k:1" = mine."k:1" AND h."key2" = mine."key2" AND h."to" = old_id
         AND h."from" = (SELECT p."from" FROM "audit"."A b%s_history" AS p
           WHERE p."k:1" = mine."k:1" AND p."key2" >= mine."key2" AND p."key2" <= mine."key2" AND p."from" < new_id
 ORDER BY p."key2" DESC, p."from" DESC LIMIT 1);
    END LOOP;
  END IF;
END
$continuum$;

COMMENT ON FUNCTION "audit"."continuum_renumber_A b%s_history"(bigint, bigint, boolean) IS '{"continuum": 1, "log": ["audit", "o''log"], "renumber": ["audit", "continuum_renumber_A b%s_history"], "fingerprint": "8bc4a83a7cc1a95a11d0"}';

SELECT pg_catalog.set_config('continuum.lock_timeout', pg_catalog.current_setting('lock_timeout'), true), pg_catalog.set_config('lock_timeout', CASE pg_catalog.current_setting('lock_timeout') WHEN '0' THEN '10s' ELSE pg_catalog.current_setting('lock_timeout') END, true);

CREATE OR REPLACE TRIGGER "00_continuum_insert" AFTER INSERT ON "live"."A b%s"
  FOR EACH ROW
  EXECUTE FUNCTION "audit"."continuum_insert_A b%s_history"();

COMMENT ON TRIGGER "00_continuum_insert" ON "live"."A b%s" IS '{"continuum": 1, "log": ["audit", "o''log"], "renumber": ["audit", "continuum_renumber_A b%s_history"], "fingerprint": "8bc4a83a7cc1a95a11d0"}';

CREATE OR REPLACE TRIGGER "00_continuum_update" AFTER UPDATE ON "live"."A b%s"
  FOR EACH ROW
  WHEN (OLD.* OPERATOR(pg_catalog.*<>) NEW.*)
  EXECUTE FUNCTION "audit"."continuum_update_A b%s_history"();

COMMENT ON TRIGGER "00_continuum_update" ON "live"."A b%s" IS '{"continuum": 1, "log": ["audit", "o''log"], "renumber": ["audit", "continuum_renumber_A b%s_history"], "fingerprint": "8bc4a83a7cc1a95a11d0"}';

CREATE OR REPLACE TRIGGER "00_continuum_delete" AFTER DELETE ON "live"."A b%s"
  FOR EACH ROW
  EXECUTE FUNCTION "audit"."continuum_delete_A b%s_history"();

COMMENT ON TRIGGER "00_continuum_delete" ON "live"."A b%s" IS '{"continuum": 1, "log": ["audit", "o''log"], "renumber": ["audit", "continuum_renumber_A b%s_history"], "fingerprint": "8bc4a83a7cc1a95a11d0"}';

CREATE OR REPLACE TRIGGER "00_continuum_truncate" BEFORE TRUNCATE ON "live"."A b%s"
  FOR EACH STATEMENT
  EXECUTE FUNCTION "audit"."continuum_truncate_A b%s_history"();

COMMENT ON TRIGGER "00_continuum_truncate" ON "live"."A b%s" IS '{"continuum": 1, "log": ["audit", "o''log"], "renumber": ["audit", "continuum_renumber_A b%s_history"], "fingerprint": "8bc4a83a7cc1a95a11d0"}';

SELECT pg_catalog.set_config('lock_timeout', COALESCE(NULLIF(pg_catalog.current_setting('continuum.lock_timeout', true), ''), pg_catalog.current_setting('lock_timeout')), true);

