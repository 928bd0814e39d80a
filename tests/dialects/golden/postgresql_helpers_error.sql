CREATE OR REPLACE FUNCTION "public"."continuum_transaction_id"(make boolean DEFAULT true) RETURNS bigint
LANGUAGE plpgsql AS $continuum$
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

COMMENT ON FUNCTION "public"."continuum_transaction_id"(boolean) IS '{"continuum": 1, "log": ["public", "transaction"], "fingerprint": "6120747da6dfcc229737"}';

CREATE OR REPLACE FUNCTION "public"."continuum_publish"(published text) RETURNS void
LANGUAGE plpgsql AS $continuum$
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

COMMENT ON FUNCTION "public"."continuum_publish"(text) IS '{"continuum": 1, "log": ["public", "transaction"], "fingerprint": "6120747da6dfcc229737"}';

CREATE OR REPLACE FUNCTION "public"."continuum_renumber"(old_id bigint, beyond bigint) RETURNS bigint
LANGUAGE plpgsql AS $continuum$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'CN001',
    MESSAGE = 'transaction ' || old_id::text
      || ' changes a row that transaction ' || beyond::text || ' has changed before it',
    HINT = 'Run the transaction again, or use on_inversion="renumber".';
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_renumber"(bigint, bigint) IS '{"continuum": 1, "log": ["public", "transaction"], "fingerprint": "6120747da6dfcc229737"}';

CREATE OR REPLACE FUNCTION "public"."continuum_pause"(tables text, keep boolean) RETURNS void
LANGUAGE plpgsql AS $continuum$
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

COMMENT ON FUNCTION "public"."continuum_pause"(text, boolean) IS '{"continuum": 1, "log": ["public", "transaction"], "fingerprint": "6120747da6dfcc229737"}';

CREATE OR REPLACE FUNCTION "public"."continuum_paused"(live text) RETURNS boolean
LANGUAGE plpgsql AS $continuum$
#variable_conflict use_variable
DECLARE
  me text := pg_catalog.pg_current_xact_id()::text;
  memo text := pg_catalog.current_setting('continuum.continuum_66da1e46_paused', true);
BEGIN
  IF pg_catalog.split_part(memo, ':', 1) IS DISTINCT FROM me THEN
    RETURN false;
  END IF;
  memo := pg_catalog.substr(memo, pg_catalog.length(me) + 2);
  RETURN memo = '*' OR pg_catalog.jsonb_exists(memo::jsonb, live);
END
$continuum$;

COMMENT ON FUNCTION "public"."continuum_paused"(text) IS '{"continuum": 1, "log": ["public", "transaction"], "fingerprint": "6120747da6dfcc229737"}';

