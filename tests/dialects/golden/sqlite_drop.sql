DROP TRIGGER IF EXISTS "live"."o'log_insert_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_new_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_update_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_rekey_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_delete_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_follow_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_miss_insert_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_miss_update_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_miss_rekey_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_miss_delete_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_hand_over_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_finish_set_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_finish_gone_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_finish_unknown_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_finish_paused_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_finish_touched_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_taken_back_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_note_born_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_note_written_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_end_born_A b%s";

DROP TRIGGER IF EXISTS "live"."o'log_end_moved_A b%s";

DROP TABLE IF EXISTS "main"."o'log_state";

DROP TABLE IF EXISTS "live"."o'log_state";

