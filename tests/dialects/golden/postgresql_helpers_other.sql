CREATE OR REPLACE FUNCTION "audit"."o'log_transaction_id"(make boolean DEFAULT true) RETURNS bigint
LANGUAGE plpgsql AS $continuum$
#variable_conflict use_variable
DECLARE
  me text;
  memo text := pg_catalog.current_setting('continuum.o_log_e7782733', true);
  tx bigint;
  writer xid;
BEGIN
  IF make THEN
    me := pg_catalog.pg_current_xact_id()::text;
  ELSE
    me := pg_catalog.pg_current_xact_id_if_assigned()::text;
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = me THEN
    SELECT l."number", l.xmin INTO tx, writer FROM "audit"."o'log" AS l
     WHERE l."number" = pg_catalog.split_part(memo, ':', 2)::bigint AND (l.xmin = pg_catalog.pg_current_xact_id()::xid
       OR CASE WHEN pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296) < 2147483648 THEN pg_catalog.pg_xact_status(
         (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text::xid8) = 'in progress' ELSE false END);
  END IF;
  IF tx IS NULL AND memo <> '' AND me IS NOT NULL THEN
    SELECT l."number", l.xmin INTO tx, writer FROM "audit"."o'log" AS l
     WHERE l."at" >= pg_catalog.now() AT TIME ZONE 'UTC' AND (l.xmin = pg_catalog.pg_current_xact_id()::xid
       OR CASE WHEN pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296) < 2147483648 THEN pg_catalog.pg_xact_status(
         (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(l.xmin::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text::xid8) = 'in progress' ELSE false END)
     ORDER BY l."number" DESC LIMIT 1;
  END IF;
  IF tx IS NULL THEN
    IF NOT make THEN
      RETURN NULL;
    END IF;
    DECLARE
      published text := pg_catalog.current_setting('continuum.o_log_e7782733_context', true);
      context jsonb;
    BEGIN
      IF pg_catalog.split_part(published, ':', 1) = me THEN
        context := pg_catalog.substr(published, pg_catalog.length(me) + 2)::jsonb;
        EXECUTE 'INSERT INTO "audit"."o''log" AS l ("at"'
        || CASE WHEN (context -> 'it''s') IS NOT NULL THEN ', "co""l"' ELSE '' END
        || CASE WHEN (context -> 'meta') IS NOT NULL THEN ', "meta"' ELSE '' END
        || CASE WHEN (context -> 'tags') IS NOT NULL THEN ', "tags"' ELSE '' END
        || CASE WHEN (context -> 'amount') IS NOT NULL THEN ', "amount"' ELSE '' END
        || ') VALUES (pg_catalog.clock_timestamp() AT TIME ZONE ''UTC'''
        || CASE WHEN (context -> 'it''s') IS NOT NULL THEN ', ($1 ->> ''it''''s'')' ELSE '' END
        || CASE WHEN (context -> 'meta') IS NOT NULL THEN ', NULLIF($1 -> ''meta'', ''null''::jsonb)::JSON' ELSE '' END
        || CASE WHEN (context -> 'tags') IS NOT NULL THEN ', CASE pg_catalog.jsonb_typeof($1 -> ''tags'') WHEN ''array'' THEN ARRAY(SELECT pg_catalog.jsonb_array_elements_text($1 -> ''tags''))::VARCHAR[] END' ELSE '' END
        || CASE WHEN (context -> 'amount') IS NOT NULL THEN ', ($1 ->> ''amount'')::NUMERIC(10, 2)' ELSE '' END
        || ') RETURNING l."number", l.xmin'
        INTO tx, writer USING context;
      ELSE
        INSERT INTO "audit"."o'log" AS l ("at")
        VALUES (pg_catalog.clock_timestamp() AT TIME ZONE 'UTC') RETURNING l."number", l.xmin INTO tx, writer;
      END IF;
    END;
  END IF;
  IF memo IS DISTINCT FROM (me || ':' || tx::text || CASE WHEN writer = pg_catalog.pg_current_xact_id()::xid THEN '' ELSE ':' || (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(writer::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text END) THEN
    PERFORM pg_catalog.set_config('continuum.o_log_e7782733', (me || ':' || tx::text || CASE WHEN writer = pg_catalog.pg_current_xact_id()::xid THEN '' ELSE ':' || (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(writer::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text END), true);
  END IF;
  RETURN tx;
END
$continuum$;

COMMENT ON FUNCTION "audit"."o'log_transaction_id"(boolean) IS '{"continuum": 1, "log": ["audit", "o''log"], "fingerprint": "23ec0c407f4f52d7fff5"}';

CREATE OR REPLACE FUNCTION "audit"."o'log_publish"(published text) RETURNS void
LANGUAGE plpgsql AS $continuum$
#variable_conflict use_variable
DECLARE
  context jsonb := published::jsonb;
  tx bigint;
BEGIN
  IF context IS NULL THEN
    PERFORM pg_catalog.set_config('continuum.o_log_e7782733_context', '', true);
    RETURN;
  END IF;
  PERFORM pg_catalog.set_config('continuum.o_log_e7782733_context', pg_catalog.pg_current_xact_id()::text || ':' || published, true);
  tx := "audit"."o'log_transaction_id"(false);
  IF tx IS NOT NULL THEN
    UPDATE "audit"."o'log" AS l SET
      "co""l" = CASE WHEN (context -> 'it''s') IS NOT NULL THEN (context ->> 'it''s') ELSE l."co""l" END,
      "meta" = CASE WHEN (context -> 'meta') IS NOT NULL THEN NULLIF(context -> 'meta', 'null'::jsonb)::JSON ELSE l."meta" END,
      "tags" = CASE WHEN (context -> 'tags') IS NOT NULL THEN CASE pg_catalog.jsonb_typeof(context -> 'tags') WHEN 'array' THEN ARRAY(SELECT pg_catalog.jsonb_array_elements_text(context -> 'tags'))::VARCHAR[] END ELSE l."tags" END,
      "amount" = CASE WHEN (context -> 'amount') IS NOT NULL THEN (context ->> 'amount')::NUMERIC(10, 2) ELSE l."amount" END
     WHERE l."number" = tx;
  END IF;
END
$continuum$;

COMMENT ON FUNCTION "audit"."o'log_publish"(text) IS '{"continuum": 1, "log": ["audit", "o''log"], "fingerprint": "23ec0c407f4f52d7fff5"}';

CREATE OR REPLACE FUNCTION "audit"."o'log_renumber"(old_id bigint, beyond bigint) RETURNS bigint
LANGUAGE plpgsql AS $continuum$
#variable_conflict use_variable
DECLARE
  me text := pg_catalog.pg_current_xact_id()::text;
  new_id bigint;
  writer xid;
  recorder record;
BEGIN
  INSERT INTO "audit"."o'log" AS t ("at", "co""l", "meta", "tags", "amount")
  SELECT pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', l."co""l", l."meta", l."tags", l."amount" FROM "audit"."o'log" AS l WHERE l."number" = old_id
  RETURNING t."number", t.xmin INTO new_id, writer;
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
                THEN d.description::jsonb -> 'log' = '["audit", "o''log"]'::jsonb END
       AND pg_catalog.has_table_privilege(p.proowner, '"audit"."o''log"'::regclass, 'INSERT')
  LOOP
    EXECUTE 'SELECT ' || pg_catalog.quote_ident(recorder.schema) || '.'
      || pg_catalog.quote_ident(recorder.name) || '($1, $2, $3)'
      USING old_id, new_id, COALESCE(pg_catalog.current_setting('continuum.o_log_e7782733_gaps', true) = me, false);
  END LOOP;
  UPDATE "audit"."transaction_meta" AS s SET "transaction_id" = new_id WHERE s."transaction_id" = old_id;
  DELETE FROM "audit"."o'log" AS l WHERE l."number" = old_id;
  PERFORM pg_catalog.set_config('continuum.o_log_e7782733', (me || ':' || new_id::text || CASE WHEN writer = pg_catalog.pg_current_xact_id()::xid THEN '' ELSE ':' || (pg_catalog.pg_current_xact_id()::text::bigint + pg_catalog.mod(writer::text::bigint - pg_catalog.pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296))::text END), true);
  RETURN new_id;
END
$continuum$;

COMMENT ON FUNCTION "audit"."o'log_renumber"(bigint, bigint) IS '{"continuum": 1, "log": ["audit", "o''log"], "fingerprint": "23ec0c407f4f52d7fff5"}';

CREATE OR REPLACE FUNCTION "audit"."o'log_pause"(tables text, keep boolean) RETURNS void
LANGUAGE plpgsql AS $continuum$
#variable_conflict use_variable
DECLARE
  me text := pg_catalog.pg_current_xact_id()::text;
  memo text := pg_catalog.current_setting('continuum.o_log_e7782733_paused', true);
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
  PERFORM pg_catalog.set_config('continuum.o_log_e7782733_paused', CASE names WHEN '[]' THEN '' ELSE me || ':' || names END, true);
END
$continuum$;

COMMENT ON FUNCTION "audit"."o'log_pause"(text, boolean) IS '{"continuum": 1, "log": ["audit", "o''log"], "fingerprint": "23ec0c407f4f52d7fff5"}';

CREATE OR REPLACE FUNCTION "audit"."o'log_paused"(live text) RETURNS boolean
LANGUAGE plpgsql AS $continuum$
#variable_conflict use_variable
DECLARE
  me text := pg_catalog.pg_current_xact_id()::text;
  memo text := pg_catalog.current_setting('continuum.o_log_e7782733_paused', true);
BEGIN
  IF pg_catalog.split_part(memo, ':', 1) IS DISTINCT FROM me THEN
    RETURN false;
  END IF;
  memo := pg_catalog.substr(memo, pg_catalog.length(me) + 2);
  RETURN memo = '*' OR pg_catalog.jsonb_exists(memo::jsonb, live);
END
$continuum$;

COMMENT ON FUNCTION "audit"."o'log_paused"(text) IS '{"continuum": 1, "log": ["audit", "o''log"], "fingerprint": "23ec0c407f4f52d7fff5"}';

