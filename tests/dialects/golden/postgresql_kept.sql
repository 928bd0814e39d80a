CREATE OR REPLACE FUNCTION "public"."continuum_unlock"(allowed boolean) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO pg_catalog, pg_temp AS $continuum$
BEGIN
  IF allowed THEN
    PERFORM "public"."continuum_transaction_id"(true);
    PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_unlocked', pg_catalog.pg_current_xact_id()::text, true);
  ELSE
    PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_unlocked', '', true);
  END IF;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_unlock"(boolean) IS '{"continuum": 1, "log": ["public", "transaction"], "fingerprint": "1a8d58d91710245064b8"}';

REVOKE ALL ON FUNCTION "public"."continuum_unlock"(boolean) FROM PUBLIC;

CREATE OR REPLACE FUNCTION "public"."continuum_transaction_id"(make boolean DEFAULT true) RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO pg_catalog, pg_temp AS $continuum$
#variable_conflict use_variable
DECLARE
  me text;
  memo text := pg_catalog.current_setting('continuum.continuum_66da1e46', true);
  tx bigint;
  writer xid;
BEGIN
  IF make THEN
    me := pg_catalog.pg_current_xact_id()::text;
  ELSE
    me := pg_catalog.pg_current_xact_id_if_assigned()::text;
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = me THEN
    SELECT l."id", l.xmin INTO tx, writer FROM "public"."transaction" AS l
     WHERE l."id" = pg_catalog.split_part(memo, ':', 2)::bigint AND (l.xmin = pg_catalog.pg_current_xact_id()::xid
       OR CASE WHEN pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296) < 2147483648 THEN pg_catalog.pg_xact_status(
         (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text::xid8) = 'in progress' ELSE false END);
  END IF;
  IF tx IS NULL AND memo <> '' AND me IS NOT NULL THEN
    SELECT l."id", l.xmin INTO tx, writer FROM "public"."transaction" AS l
     WHERE l."issued_at" >= pg_catalog.now() AT TIME ZONE 'UTC' AND (l.xmin = pg_catalog.pg_current_xact_id()::xid
       OR CASE WHEN pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296) < 2147483648 THEN pg_catalog.pg_xact_status(
         (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text::xid8) = 'in progress' ELSE false END)
     ORDER BY l."id" DESC LIMIT 1;
  END IF;
  IF tx IS NULL THEN
    IF NOT make THEN
      RETURN NULL;
    END IF;
    DECLARE
      published text := pg_catalog.current_setting('continuum.continuum_66da1e46_context', true);
      context jsonb;
    BEGIN
      IF pg_catalog.split_part(published, ':', 1) = me THEN
        context := pg_catalog.substr(published, pg_catalog.length(me) + 2)::jsonb;
        EXECUTE 'INSERT INTO "public"."transaction" AS l ("issued_at"'
        || CASE WHEN (context -> 'actor') IS NOT NULL THEN ', "user_id"' ELSE '' END
        || CASE WHEN (context -> 'remote_addr') IS NOT NULL THEN ', "remote_addr"' ELSE '' END
        || ') VALUES (pg_catalog.clock_timestamp() AT TIME ZONE ''UTC'''
        || CASE WHEN (context -> 'actor') IS NOT NULL THEN ', ($1 ->> ''actor'')::BIGINT' ELSE '' END
        || CASE WHEN (context -> 'remote_addr') IS NOT NULL THEN ', ($1 ->> ''remote_addr'')' ELSE '' END
        || ') RETURNING l."id", l.xmin'
        INTO tx, writer USING context;
      ELSE
        INSERT INTO "public"."transaction" AS l ("issued_at")
        VALUES (pg_catalog.clock_timestamp() AT TIME ZONE 'UTC') RETURNING l."id", l.xmin INTO tx, writer;
      END IF;
    END;
  END IF;
  IF memo IS DISTINCT FROM (me || ':' || tx::text || CASE WHEN writer = pg_catalog.pg_current_xact_id()::xid THEN '' ELSE ':' || (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(writer::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text END) THEN
    PERFORM pg_catalog.set_config('continuum.continuum_66da1e46', (me || ':' || tx::text || CASE WHEN writer = pg_catalog.pg_current_xact_id()::xid THEN '' ELSE ':' || (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(writer::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text END), true);
  END IF;
  RETURN tx;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_transaction_id"(boolean) IS '{"continuum": 1, "log": ["public", "transaction"], "fingerprint": "1a8d58d91710245064b8"}';

REVOKE ALL ON FUNCTION "public"."continuum_transaction_id"(boolean) FROM PUBLIC;

CREATE OR REPLACE FUNCTION "public"."continuum_publish"(published text) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO pg_catalog, pg_temp AS $continuum$
#variable_conflict use_variable
DECLARE
  context jsonb := published::jsonb;
  tx bigint;
BEGIN
  IF context IS NULL THEN
    PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_context', '', true);
    RETURN;
  END IF;
  PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_context', pg_catalog.pg_current_xact_id()::text || ':' || published, true);
  tx := "public"."continuum_transaction_id"(false);
  IF tx IS NOT NULL THEN
    UPDATE "public"."transaction" AS l SET
      "user_id" = CASE WHEN (context -> 'actor') IS NOT NULL THEN (context ->> 'actor')::BIGINT ELSE l."user_id" END,
      "remote_addr" = CASE WHEN (context -> 'remote_addr') IS NOT NULL THEN (context ->> 'remote_addr') ELSE l."remote_addr" END
     WHERE l."id" = tx;
  END IF;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_publish"(text) IS '{"continuum": 1, "log": ["public", "transaction"], "fingerprint": "1a8d58d91710245064b8"}';

REVOKE ALL ON FUNCTION "public"."continuum_publish"(text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION "public"."continuum_renumber"(old_id bigint, beyond bigint) RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO pg_catalog, pg_temp AS $continuum$
#variable_conflict use_variable
DECLARE
  me text := pg_catalog.pg_current_xact_id()::text;
  new_id bigint;
  writer xid;
  recorder record;
BEGIN
  INSERT INTO "public"."transaction" AS t ("issued_at", "user_id", "remote_addr")
  SELECT pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', l."user_id", l."remote_addr" FROM "public"."transaction" AS l WHERE l."id" = old_id
  RETURNING t."id", t.xmin INTO new_id, writer;
  IF new_id <= beyond THEN
    RAISE EXCEPTION USING ERRCODE = 'CN002',
      MESSAGE = 'the transaction table handed out id ' || new_id::text
        || ', but versions with id ' || beyond::text || ' exist',
      HINT = 'Set the sequence of its id beyond the highest id in use.';
  END IF;
  FOR recorder IN
    SELECT DISTINCT d.description::jsonb -> 'renumber' ->> 0 AS schema,
           d.description::jsonb -> 'renumber' ->> 1 AS name
      FROM pg_catalog.pg_trigger AS t
      JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
      JOIN pg_catalog.pg_description AS d ON d.objoid = p.oid
       AND d.classoid = 'pg_catalog.pg_proc'::regclass AND d.objsubid = 0
     WHERE t.tgname = '00_continuum_insert' AND NOT t.tgisinternal AND t.tgparentid = 0
       AND CASE WHEN pg_catalog.starts_with(d.description, '{"continuum": ')
                THEN d.description::jsonb -> 'log' = '["public", "transaction"]'::jsonb END
       AND pg_catalog.has_table_privilege(p.proowner, '"public"."transaction"'::regclass, 'INSERT')
  LOOP
    EXECUTE 'SELECT ' || pg_catalog.quote_ident(recorder.schema) || '.'
      || pg_catalog.quote_ident(recorder.name) || '($1, $2, $3)'
      USING old_id, new_id, COALESCE(pg_catalog.current_setting('continuum.continuum_66da1e46_gaps', true) = me, false);
  END LOOP;
  DELETE FROM "public"."transaction" AS l WHERE l."id" = old_id;
  PERFORM pg_catalog.set_config('continuum.continuum_66da1e46', (me || ':' || new_id::text || CASE WHEN writer = pg_catalog.pg_current_xact_id()::xid THEN '' ELSE ':' || (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(writer::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text END), true);
  RETURN new_id;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_renumber"(bigint, bigint) IS '{"continuum": 1, "log": ["public", "transaction"], "fingerprint": "1a8d58d91710245064b8"}';

REVOKE ALL ON FUNCTION "public"."continuum_renumber"(bigint, bigint) FROM PUBLIC;

CREATE OR REPLACE FUNCTION "public"."continuum_pause"(tables text, keep boolean) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO pg_catalog, pg_temp AS $continuum$
#variable_conflict use_variable
DECLARE
  me text := pg_catalog.pg_current_xact_id()::text;
  memo text := pg_catalog.current_setting('continuum.continuum_66da1e46_paused', true);
  names text := tables;
BEGIN
  IF keep AND pg_catalog.split_part(memo, ':', 1) = me THEN
    memo := pg_catalog.substr(memo, pg_catalog.length(me) + 2);
    IF memo = '*' OR names = '*' THEN
      names := '*';
    ELSE
      names := (memo::jsonb || names::jsonb)::text;
    END IF;
  END IF;
  PERFORM pg_catalog.set_config('continuum.continuum_66da1e46_paused', CASE names WHEN '[]' THEN '' ELSE me || ':' || names END, true);
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_pause"(text, boolean) IS '{"continuum": 1, "log": ["public", "transaction"], "fingerprint": "1a8d58d91710245064b8"}';

REVOKE ALL ON FUNCTION "public"."continuum_pause"(text, boolean) FROM PUBLIC;

CREATE OR REPLACE FUNCTION "public"."continuum_paused"(live text) RETURNS boolean
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO pg_catalog, pg_temp AS $continuum$
#variable_conflict use_variable
DECLARE
  me text := pg_catalog.pg_current_xact_id()::text;
  memo text := pg_catalog.current_setting('continuum.continuum_66da1e46_paused', true);
BEGIN
  IF pg_catalog.split_part(memo, ':', 1) IS DISTINCT FROM me THEN
    RETURN false;
  END IF;
  IF NOT pg_catalog.has_function_privilege(session_user, '"public"."continuum_pause"(text, boolean)', 'EXECUTE') THEN
    RAISE EXCEPTION USING ERRCODE = '42501',
      MESSAGE = 'role ' || session_user::text || ' may not pause recording',
      HINT = 'GRANT EXECUTE ON FUNCTION ' || '"public"."continuum_pause"(text, boolean)'
        || ' to it, if it should.';
  END IF;
  memo := pg_catalog.substr(memo, pg_catalog.length(me) + 2);
  RETURN memo = '*' OR pg_catalog.jsonb_exists(memo::jsonb, live);
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_paused"(text) IS '{"continuum": 1, "log": ["public", "transaction"], "fingerprint": "1a8d58d91710245064b8"}';

REVOKE ALL ON FUNCTION "public"."continuum_paused"(text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION "public"."continuum_guard"() RETURNS trigger
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $continuum$
#variable_conflict use_variable
DECLARE
  memo text := pg_catalog.current_setting('continuum.continuum_66da1e46_unlocked', true);
BEGIN
  IF TG_OP <> 'TRUNCATE' THEN
    IF EXISTS (SELECT FROM "public"."transaction" AS l WHERE l."id" = OLD."id" AND (l.xmin = pg_catalog.pg_current_xact_id()::xid
  OR CASE WHEN pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296) < 2147483648 THEN pg_catalog.pg_xact_status(
    (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text::xid8) = 'in progress' ELSE false END)) THEN
      IF TG_OP = 'UPDATE' AND NEW."id" = OLD."id"
         AND (SELECT x FROM (SELECT NEW."issued_at") AS x) OPERATOR(pg_catalog.*=) (SELECT x FROM (SELECT OLD."issued_at") AS x) THEN
        RETURN NEW;
      ELSIF TG_OP = 'DELETE' AND pg_catalog.pg_trigger_depth() > 1 AND pg_catalog.has_function_privilege('"public"."continuum_renumber"(bigint, bigint)', 'EXECUTE') THEN
        RETURN OLD;
      END IF;
    END IF;
  END IF;
  IF memo = pg_catalog.pg_current_xact_id()::text
     AND pg_catalog.has_function_privilege(session_user, '"public"."continuum_unlock"(boolean)', 'EXECUTE') THEN
    PERFORM "public"."continuum_unlock"(true);
    IF TG_OP = 'UPDATE' THEN
      RETURN NEW;
    END IF;
    RETURN OLD;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'CN003',
    MESSAGE = TG_OP || ' of ' || 'public.transaction' || ' was refused: its rows are history, which is'
      || ' append-only',
    HINT = 'Removing history is done inside unlocked(..., reason=...), which leaves a trace.';
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_guard"() IS '{"continuum": 1, "log": ["public", "transaction"], "fingerprint": "1a8d58d91710245064b8"}';

REVOKE ALL ON FUNCTION "public"."continuum_guard"() FROM PUBLIC;

CREATE OR REPLACE TRIGGER "zz_continuum_guard" BEFORE UPDATE OR DELETE ON "public"."transaction"
  FOR EACH ROW EXECUTE FUNCTION "public"."continuum_guard"();

COMMENT ON TRIGGER "zz_continuum_guard" ON "public"."transaction" IS '{"continuum": 1, "log": ["public", "transaction"], "fingerprint": "1a8d58d91710245064b8"}';

CREATE OR REPLACE TRIGGER "zz_continuum_guard_truncate" BEFORE TRUNCATE ON "public"."transaction"
  FOR EACH STATEMENT EXECUTE FUNCTION "public"."continuum_guard"();

COMMENT ON TRIGGER "zz_continuum_guard_truncate" ON "public"."transaction" IS '{"continuum": 1, "log": ["public", "transaction"], "fingerprint": "1a8d58d91710245064b8"}';

CREATE OR REPLACE FUNCTION "public"."continuum_insert_article_version"() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO pg_catalog, pg_temp
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
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_insert_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "6f4795bad91f3e1f71bc"}';

REVOKE ALL ON FUNCTION "public"."continuum_insert_article_version"() FROM PUBLIC;

CREATE OR REPLACE FUNCTION "public"."continuum_update_article_version"() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO pg_catalog, pg_temp
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
        ELSIF newest_end < tx THEN
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
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (OLD."id", OLD."name", OLD."hits", newest_end, tx, 0);
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
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_update_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "6f4795bad91f3e1f71bc"}';

REVOKE ALL ON FUNCTION "public"."continuum_update_article_version"() FROM PUBLIC;

CREATE OR REPLACE FUNCTION "public"."continuum_delete_article_version"() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO pg_catalog, pg_temp
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
      END IF;
      INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
      VALUES (OLD."id", OLD."name", OLD."hits", tx, NULL, 2);
    END IF;
  END event;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_delete_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "6f4795bad91f3e1f71bc"}';

REVOKE ALL ON FUNCTION "public"."continuum_delete_article_version"() FROM PUBLIC;

CREATE OR REPLACE FUNCTION "public"."continuum_truncate_article_version"() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO pg_catalog, pg_temp
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
        END IF;
        INSERT INTO "public"."article_version" ("id", "name", "hits", "transaction_id", "end_transaction_id", "operation_type")
        VALUES (gone."id", gone."name", gone."hits", tx, NULL, 2);
      END IF;
    END event;
  END LOOP;
  RETURN NULL;
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_truncate_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "6f4795bad91f3e1f71bc"}';

REVOKE ALL ON FUNCTION "public"."continuum_truncate_article_version"() FROM PUBLIC;

CREATE OR REPLACE FUNCTION "public"."continuum_renumber_article_version"(old_id bigint, new_id bigint, gaps boolean) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO pg_catalog, pg_temp
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

COMMENT ON FUNCTION "public"."continuum_renumber_article_version"(bigint, bigint, boolean) IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "6f4795bad91f3e1f71bc"}';

REVOKE ALL ON FUNCTION "public"."continuum_renumber_article_version"(bigint, bigint, boolean) FROM PUBLIC;

CREATE OR REPLACE FUNCTION "public"."continuum_guard_article_version"() RETURNS trigger
LANGUAGE plpgsql
SET search_path TO pg_catalog, pg_temp AS $continuum$
#variable_conflict use_variable
DECLARE
  memo text := pg_catalog.current_setting('continuum.continuum_66da1e46_unlocked', true);
  other record;
BEGIN
  IF TG_OP <> 'TRUNCATE' THEN
    IF pg_catalog.pg_trigger_depth() > 1 AND pg_catalog.has_function_privilege('"public"."continuum_renumber"(bigint, bigint)', 'EXECUTE') THEN
      IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM "public"."transaction" AS l WHERE l."id" = OLD."transaction_id" AND (l.xmin = pg_catalog.pg_current_xact_id()::xid
  OR CASE WHEN pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296) < 2147483648 THEN pg_catalog.pg_xact_status(
    (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text::xid8) = 'in progress' ELSE false END)) THEN
          RETURN OLD;
        END IF;
      ELSE
        other := NEW;
        other."end_transaction_id" := OLD."end_transaction_id";
        IF other OPERATOR(pg_catalog.*=) OLD THEN
          IF OLD."end_transaction_id" IS NULL THEN
            PERFORM FROM "public"."transaction" AS l WHERE l."id" = NEW."end_transaction_id" AND (l.xmin = pg_catalog.pg_current_xact_id()::xid
  OR CASE WHEN pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296) < 2147483648 THEN pg_catalog.pg_xact_status(
    (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text::xid8) = 'in progress' ELSE false END);
            IF FOUND THEN
              RETURN NEW;
            END IF;
          ELSIF EXISTS (SELECT FROM "public"."transaction" AS l WHERE l."id" = OLD."end_transaction_id" AND (l.xmin = pg_catalog.pg_current_xact_id()::xid
  OR CASE WHEN pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296) < 2147483648 THEN pg_catalog.pg_xact_status(
    (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text::xid8) = 'in progress' ELSE false END))
             AND (NEW."end_transaction_id" IS NULL OR EXISTS (SELECT FROM "public"."transaction" AS l WHERE l."id" = NEW."end_transaction_id" AND (l.xmin = pg_catalog.pg_current_xact_id()::xid
  OR CASE WHEN pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296) < 2147483648 THEN pg_catalog.pg_xact_status(
    (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text::xid8) = 'in progress' ELSE false END))) THEN
            RETURN NEW;
          END IF;
        END IF;
        IF EXISTS (SELECT FROM "public"."transaction" AS l WHERE l."id" = OLD."transaction_id" AND (l.xmin = pg_catalog.pg_current_xact_id()::xid
  OR CASE WHEN pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296) < 2147483648 THEN pg_catalog.pg_xact_status(
    (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text::xid8) = 'in progress' ELSE false END))
           AND (NEW."transaction_id" = OLD."transaction_id" OR EXISTS (SELECT FROM "public"."transaction" AS l WHERE l."id" = NEW."transaction_id" AND (l.xmin = pg_catalog.pg_current_xact_id()::xid
  OR CASE WHEN pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296) < 2147483648 THEN pg_catalog.pg_xact_status(
    (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text::xid8) = 'in progress' ELSE false END))) THEN
          RETURN NEW;
        END IF;
      END IF;
    END IF;
  END IF;
  IF memo = pg_catalog.pg_current_xact_id()::text
     AND pg_catalog.has_function_privilege(session_user, '"public"."continuum_unlock"(boolean)', 'EXECUTE') THEN
    PERFORM "public"."continuum_unlock"(true);
    IF TG_OP = 'UPDATE' THEN
      RETURN NEW;
    END IF;
    RETURN OLD;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'CN003',
    MESSAGE = TG_OP || ' of ' || 'public.article_version' || ' was refused: its rows are history, which is'
      || ' append-only',
    HINT = 'Removing history is done inside unlocked(..., reason=...), which leaves a trace.';
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_guard_article_version"() IS '{"continuum": 1, "log": ["public", "transaction"], "of": ["public", "article"], "fingerprint": "6f4795bad91f3e1f71bc"}';

REVOKE ALL ON FUNCTION "public"."continuum_guard_article_version"() FROM PUBLIC;

CREATE OR REPLACE TRIGGER "zz_continuum_guard" BEFORE UPDATE OR DELETE ON "public"."article_version"
  FOR EACH ROW EXECUTE FUNCTION "public"."continuum_guard_article_version"();

COMMENT ON TRIGGER "zz_continuum_guard" ON "public"."article_version" IS '{"continuum": 1, "log": ["public", "transaction"], "of": ["public", "article"], "fingerprint": "6f4795bad91f3e1f71bc"}';

CREATE OR REPLACE TRIGGER "zz_continuum_guard_truncate" BEFORE TRUNCATE ON "public"."article_version"
  FOR EACH STATEMENT EXECUTE FUNCTION "public"."continuum_guard_article_version"();

COMMENT ON TRIGGER "zz_continuum_guard_truncate" ON "public"."article_version" IS '{"continuum": 1, "log": ["public", "transaction"], "of": ["public", "article"], "fingerprint": "6f4795bad91f3e1f71bc"}';

SELECT pg_catalog.set_config('continuum.lock_timeout', pg_catalog.current_setting('lock_timeout'), true), pg_catalog.set_config('lock_timeout', CASE pg_catalog.current_setting('lock_timeout') WHEN '0' THEN '10s' ELSE pg_catalog.current_setting('lock_timeout') END, true);

CREATE OR REPLACE TRIGGER "00_continuum_insert" AFTER INSERT ON "public"."article"
  FOR EACH ROW
  EXECUTE FUNCTION "public"."continuum_insert_article_version"();

COMMENT ON TRIGGER "00_continuum_insert" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "6f4795bad91f3e1f71bc"}';

CREATE OR REPLACE TRIGGER "00_continuum_update" AFTER UPDATE ON "public"."article"
  FOR EACH ROW
  WHEN (OLD.* OPERATOR(pg_catalog.*<>) NEW.*)
  EXECUTE FUNCTION "public"."continuum_update_article_version"();

COMMENT ON TRIGGER "00_continuum_update" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "6f4795bad91f3e1f71bc"}';

CREATE OR REPLACE TRIGGER "00_continuum_delete" AFTER DELETE ON "public"."article"
  FOR EACH ROW
  EXECUTE FUNCTION "public"."continuum_delete_article_version"();

COMMENT ON TRIGGER "00_continuum_delete" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "6f4795bad91f3e1f71bc"}';

CREATE OR REPLACE TRIGGER "00_continuum_truncate" BEFORE TRUNCATE ON "public"."article"
  FOR EACH STATEMENT
  EXECUTE FUNCTION "public"."continuum_truncate_article_version"();

COMMENT ON TRIGGER "00_continuum_truncate" ON "public"."article" IS '{"continuum": 1, "log": ["public", "transaction"], "renumber": ["public", "continuum_renumber_article_version"], "fingerprint": "6f4795bad91f3e1f71bc"}';

SELECT pg_catalog.set_config('lock_timeout', COALESCE(NULLIF(pg_catalog.current_setting('continuum.lock_timeout', true), ''), pg_catalog.current_setting('lock_timeout')), true);

DROP TRIGGER IF EXISTS "00_continuum_insert" ON "public"."article";

DROP TRIGGER IF EXISTS "00_continuum_update" ON "public"."article";

DROP TRIGGER IF EXISTS "00_continuum_delete" ON "public"."article";

DROP TRIGGER IF EXISTS "00_continuum_truncate" ON "public"."article";

DROP FUNCTION IF EXISTS "public"."continuum_insert_article_version"();

DROP FUNCTION IF EXISTS "public"."continuum_update_article_version"();

DROP FUNCTION IF EXISTS "public"."continuum_delete_article_version"();

DROP FUNCTION IF EXISTS "public"."continuum_truncate_article_version"();

DROP FUNCTION IF EXISTS "public"."continuum_renumber_article_version"(bigint, bigint, boolean);

DROP TRIGGER IF EXISTS "zz_continuum_guard" ON "public"."article_version";

DROP TRIGGER IF EXISTS "zz_continuum_guard_truncate" ON "public"."article_version";

DROP FUNCTION IF EXISTS "public"."continuum_guard_article_version"();

DROP TRIGGER IF EXISTS "zz_continuum_guard" ON "public"."transaction";

DROP TRIGGER IF EXISTS "zz_continuum_guard_truncate" ON "public"."transaction";

DROP FUNCTION IF EXISTS "public"."continuum_guard"();

DROP FUNCTION IF EXISTS "public"."continuum_transaction_id"(boolean);

DROP FUNCTION IF EXISTS "public"."continuum_publish"(text);

DROP FUNCTION IF EXISTS "public"."continuum_renumber"(bigint, bigint);

DROP FUNCTION IF EXISTS "public"."continuum_pause"(text, boolean);

DROP FUNCTION IF EXISTS "public"."continuum_paused"(text);

DROP FUNCTION IF EXISTS "public"."continuum_unlock"(boolean);

