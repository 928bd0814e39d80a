DROP TRIGGER IF EXISTS "00_continuum_insert" ON "live"."A b%s";

DROP TRIGGER IF EXISTS "00_continuum_update" ON "live"."A b%s";

DROP TRIGGER IF EXISTS "00_continuum_delete" ON "live"."A b%s";

DROP TRIGGER IF EXISTS "00_continuum_truncate" ON "live"."A b%s";

DROP FUNCTION IF EXISTS "audit"."continuum_insert_A b%s_history"();

DROP FUNCTION IF EXISTS "audit"."continuum_update_A b%s_history"();

DROP FUNCTION IF EXISTS "audit"."continuum_delete_A b%s_history"();

DROP FUNCTION IF EXISTS "audit"."continuum_truncate_A b%s_history"();

DROP FUNCTION IF EXISTS "audit"."continuum_renumber_A b%s_history"(bigint, bigint, boolean);

DROP FUNCTION IF EXISTS "audit"."o'log_transaction_id"(boolean);

DROP FUNCTION IF EXISTS "audit"."o'log_publish"(text);

DROP FUNCTION IF EXISTS "audit"."o'log_renumber"(bigint, bigint);

DROP FUNCTION IF EXISTS "audit"."o'log_pause"(text, boolean);

DROP FUNCTION IF EXISTS "audit"."o'log_paused"(text);

