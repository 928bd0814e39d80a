CREATE TABLE IF NOT EXISTS `shop`.`continuum_unit` (
  connection BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  started BIGINT UNSIGNED GENERATED ALWAYS AS ROW START,
  ended_PARTITION BIGINT UNSIGNED GENERATED ALWAYS AS ROW END,
  PERIOD FOR SYSTEM_TIME (started, ended_PARTITION)
) ENGINE=InnoDB WITH SYSTEM VERSIONING;

CREATE OR REPLACE TABLE `shop`.`continuum_running` (
  connection BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  owner BIGINT,
  transaction_id BIGINT,
  next_id BIGINT,
  unlocked BIGINT,
  recording BIGINT,
  paused LONGTEXT CHARACTER SET ascii
) ENGINE=InnoDB;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE PROCEDURE `shop`.`continuum_resolve`()
MODIFIES SQL DATA COMMENT '{"continuum": 1, "fingerprint": "6a00c08e239fd16bebef", "schemas": ["shop"]}'
BEGIN
  DECLARE me BIGINT DEFAULT @`continuum_c1fa1875_unit`;
  DECLARE existing BIGINT;
  DECLARE pauses LONGTEXT CHARACTER SET ascii;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  IF me IS NULL THEN
    SAVEPOINT continuum_identity;
    INSERT INTO `continuum_unit` (connection) VALUES (CONNECTION_ID());
    SELECT -1 - CAST(u.started AS SIGNED) INTO me FROM `continuum_unit` AS u
     WHERE u.connection = CONNECTION_ID();
    ROLLBACK TO SAVEPOINT continuum_identity;
    RELEASE SAVEPOINT continuum_identity;
  END IF;
  SET me = COALESCE(me, -TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)));
  SELECT l.`id`, r.paused INTO existing, pauses
    FROM `continuum_running` AS r LEFT JOIN `transaction` AS l ON l.`id` = r.transaction_id
   WHERE r.connection = CONNECTION_ID() AND r.owner = me;
  SET @`continuum_c1fa1875_id` = existing, @`continuum_c1fa1875_owner` = me, @`continuum_c1fa1875_paused` = pauses, @`continuum_c1fa1875_moment` = NULL;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE PROCEDURE `shop`.`continuum_begin`()
MODIFIES SQL DATA COMMENT '{"continuum": 1, "fingerprint": "6cf9cf762f3b87b7feb8", "schemas": ["shop"]}'
BEGIN
  DECLARE context LONGTEXT CHARACTER SET utf8mb4 DEFAULT @`continuum_c1fa1875_context`;
  INSERT INTO `transaction` (`issued_at`) VALUES (UTC_TIMESTAMP(6) + INTERVAL TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) MICROSECOND);
  SET @`continuum_c1fa1875_id` = LAST_INSERT_ID(), @`continuum_c1fa1875_gaps` = NULL;
  INSERT INTO `continuum_running` (connection, owner, transaction_id)
  VALUES (CONNECTION_ID(), @`continuum_c1fa1875_owner`, @`continuum_c1fa1875_id`)
  ON DUPLICATE KEY UPDATE paused = IF(owner <=> @`continuum_c1fa1875_owner`, paused, NULL), unlocked = NULL,
    next_id = NULL, recording = NULL, owner = @`continuum_c1fa1875_owner`, transaction_id = @`continuum_c1fa1875_id`;
  IF context IS NOT NULL THEN
    UPDATE `transaction` AS l SET l.`user_id` = IF(JSON_CONTAINS_PATH(context, 'one', '$."user_id"'), IF(JSON_TYPE(JSON_EXTRACT(context, '$."user_id"')) = 'NULL', NULL, JSON_UNQUOTE(JSON_EXTRACT(context, '$."user_id"'))), l.`user_id`),
      l.`meta` = IF(JSON_CONTAINS_PATH(context, 'one', '$."meta"'), IF(JSON_TYPE(JSON_EXTRACT(context, '$."meta"')) = 'NULL', NULL, JSON_EXTRACT(context, '$."meta"')), l.`meta`)
     WHERE l.`id` = LAST_INSERT_ID();
  END IF;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE PROCEDURE `shop`.`continuum_renumber`(beyond BIGINT)
MODIFIES SQL DATA COMMENT '{"continuum": 1, "fingerprint": "550b58efe83891a46849", "schemas": ["shop"]}'
BEGIN
  DECLARE old_id BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE gaps BOOLEAN DEFAULT @`continuum_c1fa1875_gaps`;
  DECLARE new_id BIGINT;
  DECLARE message VARCHAR(128);
  INSERT INTO `transaction` (`issued_at`, `user_id`, `meta`) SELECT UTC_TIMESTAMP(6) + INTERVAL TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) MICROSECOND, l.`user_id`, l.`meta` FROM `transaction` AS l WHERE l.`id` = old_id;
  SET new_id = LAST_INSERT_ID();
  IF new_id <= beyond THEN
    SET message = CONCAT('continuum: the transaction table handed out id ', new_id,
      ', but versions with id ', beyond, ' exist');
    SIGNAL SQLSTATE 'CN002' SET MESSAGE_TEXT = message;
  END IF;
  UPDATE `continuum_running` AS r SET r.next_id = new_id, r.recording = old_id WHERE r.connection = CONNECTION_ID();
  BEGIN
    DECLARE CONTINUE HANDLER FOR SQLSTATE '42S02' BEGIN END;
    IF gaps THEN
      UPDATE `article_version` AS p SET p.`end_transaction_id` = new_id WHERE p.`end_transaction_id` = old_id;
    ELSE
      UPDATE `article_version` AS h JOIN `article_version` AS p ON p.`id` = h.`id`
         SET p.`end_transaction_id` = new_id WHERE h.`transaction_id` = old_id AND p.`end_transaction_id` = old_id;
    END IF;
    UPDATE `article_version` SET `transaction_id` = new_id WHERE `article_version`.`transaction_id` = old_id;
  END;
  UPDATE `transaction_changes` AS s SET s.`transaction_id` = new_id WHERE s.`transaction_id` = old_id;
  DELETE FROM `transaction` WHERE `transaction`.`id` = old_id;
  UPDATE `continuum_running` AS r SET r.transaction_id = new_id, r.next_id = NULL, r.recording = NULL, r.unlocked = IF(r.unlocked IS NULL, NULL, new_id) WHERE r.connection = CONNECTION_ID();
  SET @`continuum_c1fa1875_id` = new_id;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE PROCEDURE `shop`.`continuum_publish`()
MODIFIES SQL DATA COMMENT '{"continuum": 1, "fingerprint": "3e210b2ba52b22229ffc", "schemas": ["shop"]}'
BEGIN
  DECLARE context LONGTEXT CHARACTER SET utf8mb4;
  CALL `continuum_resolve`();
  SET context = @`continuum_c1fa1875_context`;
  IF @`continuum_c1fa1875_id` IS NOT NULL AND context IS NOT NULL THEN
    UPDATE `transaction` AS l SET l.`user_id` = IF(JSON_CONTAINS_PATH(context, 'one', '$."user_id"'), IF(JSON_TYPE(JSON_EXTRACT(context, '$."user_id"')) = 'NULL', NULL, JSON_UNQUOTE(JSON_EXTRACT(context, '$."user_id"'))), l.`user_id`),
      l.`meta` = IF(JSON_CONTAINS_PATH(context, 'one', '$."meta"'), IF(JSON_TYPE(JSON_EXTRACT(context, '$."meta"')) = 'NULL', NULL, JSON_EXTRACT(context, '$."meta"')), l.`meta`)
     WHERE l.`id` = @`continuum_c1fa1875_id`;
  END IF;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE PROCEDURE `shop`.`continuum_current`(make BOOLEAN)
MODIFIES SQL DATA COMMENT '{"continuum": 1, "fingerprint": "82c06d76de8db7c3227d", "schemas": ["shop"]}'
BEGIN
  CALL `continuum_resolve`();
  IF make AND @`continuum_c1fa1875_id` IS NULL THEN
    CALL `continuum_begin`();
  END IF;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE PROCEDURE `shop`.`continuum_pause`(tables_paused LONGTEXT CHARACTER SET ascii, keep BOOLEAN)
MODIFIES SQL DATA COMMENT '{"continuum": 1, "fingerprint": "723e8ebcd6a55e365a9b", "schemas": ["shop"]}'
BEGIN
  DECLARE pauses LONGTEXT CHARACTER SET ascii DEFAULT tables_paused;
  CALL `continuum_resolve`();
  IF keep THEN
    SET pauses = IF(COALESCE(@`continuum_c1fa1875_paused`, '') = '*' OR pauses = '*', '*',
      CONCAT(COALESCE(@`continuum_c1fa1875_paused`, ','), pauses));
  END IF;
  INSERT INTO `continuum_running` (connection, owner, paused)
  VALUES (CONNECTION_ID(), @`continuum_c1fa1875_owner`, pauses)
  ON DUPLICATE KEY UPDATE transaction_id = IF(owner <=> @`continuum_c1fa1875_owner`, transaction_id, NULL),
    owner = @`continuum_c1fa1875_owner`, paused = pauses;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE PROCEDURE `shop`.`continuum_unlock`(allowed BOOLEAN)
MODIFIES SQL DATA COMMENT '{"continuum": 1, "fingerprint": "f08d85b9d6b882f61606", "schemas": ["shop"]}'
BEGIN
  CALL `continuum_current`(allowed);
  UPDATE `continuum_running` AS r SET r.unlocked = IF(allowed, @`continuum_c1fa1875_id`, NULL)
   WHERE r.connection = CONNECTION_ID();
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_guard_update` BEFORE UPDATE ON `shop`.`transaction` FOR EACH ROW
BEGIN
  DECLARE tx, next_id, unlocked BIGINT;
  DECLARE message VARCHAR(128) CHARACTER SET utf8mb4 DEFAULT 'continuum: append-only: UPDATE of transaction was refused: its rows are history';
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  CALL `continuum_resolve`();
  SELECT r.transaction_id, r.next_id, r.unlocked INTO tx, next_id, unlocked
    FROM `continuum_running` AS r
   WHERE r.connection = CONNECTION_ID() AND r.owner = @`continuum_c1fa1875_owner`;
  IF COALESCE(FALSE, FALSE) OR NOT COALESCE(unlocked = tx, FALSE) AND NOT COALESCE(
      OLD.`id` = tx AND NEW.`id` = tx
      AND CAST(OLD.`issued_at` AS BINARY) <=> CAST(NEW.`issued_at` AS BINARY), FALSE) THEN
    SIGNAL SQLSTATE 'CN003' SET MESSAGE_TEXT = message;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "guard_update", "name": "continuum_guard_update", "schema": "shop", "log": ["shop", "transaction"], "fingerprint": "20dd723d24a9d83fdcc9"}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_guard_delete` BEFORE DELETE ON `shop`.`transaction` FOR EACH ROW
BEGIN
  DECLARE tx, next_id, unlocked BIGINT;
  DECLARE message VARCHAR(128) CHARACTER SET utf8mb4 DEFAULT 'continuum: append-only: DELETE of transaction was refused: its rows are history';
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  CALL `continuum_resolve`();
  SELECT r.transaction_id, r.next_id, r.unlocked INTO tx, next_id, unlocked
    FROM `continuum_running` AS r
   WHERE r.connection = CONNECTION_ID() AND r.owner = @`continuum_c1fa1875_owner`;
  IF COALESCE(FALSE, FALSE) OR NOT COALESCE(unlocked = tx, FALSE) AND NOT COALESCE(
      OLD.`id` = tx AND next_id IS NOT NULL, FALSE) THEN
    SIGNAL SQLSTATE 'CN003' SET MESSAGE_TEXT = message;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "guard_delete", "name": "continuum_guard_delete", "schema": "shop", "log": ["shop", "transaction"], "fingerprint": "20dd723d24a9d83fdcc9"}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_guard_update_transaction_changes` BEFORE UPDATE ON `shop`.`transaction_changes` FOR EACH ROW
BEGIN
  DECLARE tx, next_id, unlocked BIGINT;
  DECLARE message VARCHAR(128) CHARACTER SET utf8mb4 DEFAULT 'continuum: append-only: UPDATE of transaction_changes was refused: its rows are history';
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  CALL `continuum_resolve`();
  SELECT r.transaction_id, r.next_id, r.unlocked INTO tx, next_id, unlocked
    FROM `continuum_running` AS r
   WHERE r.connection = CONNECTION_ID() AND r.owner = @`continuum_c1fa1875_owner`;
  IF COALESCE(FALSE, FALSE) OR NOT COALESCE(unlocked = tx, FALSE) AND NOT COALESCE(
      OLD.`transaction_id` IN (tx, next_id) AND NEW.`transaction_id` IN (tx, next_id), FALSE) THEN
    SIGNAL SQLSTATE 'CN003' SET MESSAGE_TEXT = message;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "guard_update", "name": "continuum_guard_update_transaction_changes", "schema": "shop", "log": ["shop", "transaction"], "fingerprint": "20dd723d24a9d83fdcc9", "of": ["shop", "transaction"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_guard_delete_transaction_changes` BEFORE DELETE ON `shop`.`transaction_changes` FOR EACH ROW
BEGIN
  DECLARE tx, next_id, unlocked BIGINT;
  DECLARE message VARCHAR(128) CHARACTER SET utf8mb4 DEFAULT 'continuum: append-only: DELETE of transaction_changes was refused: its rows are history';
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  CALL `continuum_resolve`();
  SELECT r.transaction_id, r.next_id, r.unlocked INTO tx, next_id, unlocked
    FROM `continuum_running` AS r
   WHERE r.connection = CONNECTION_ID() AND r.owner = @`continuum_c1fa1875_owner`;
  IF COALESCE(FALSE, FALSE) OR NOT COALESCE(unlocked = tx, FALSE) AND NOT COALESCE(
      OLD.`transaction_id` = tx, FALSE) THEN
    SIGNAL SQLSTATE 'CN003' SET MESSAGE_TEXT = message;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "guard_delete", "name": "continuum_guard_delete_transaction_changes", "schema": "shop", "log": ["shop", "transaction"], "fingerprint": "20dd723d24a9d83fdcc9", "of": ["shop", "transaction"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_before_article` BEFORE INSERT ON `shop`.`article` FOR EACH ROW
BEGIN
  SET @`continuum_c1fa1875_3b00b7e1f3d0853d_generated` = NEW.`id` IS NULL OR NEW.`id` = 0;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "before", "name": "continuum_before_article", "fingerprint": "668f882050c01a62edfb", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": "end_transaction_id", "key": ["id"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_insert_article` AFTER INSERT ON `shop`.`article` FOR EACH ROW
BEGIN
  DECLARE recording BOOLEAN DEFAULT FALSE;
  DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE newest_tx BIGINT;
  DECLARE same, newest_op, before_tx, newest_end BIGINT;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  event: BEGIN
    IF NOT recording THEN
      CALL `continuum_resolve`();
      SET tx = @`continuum_c1fa1875_id`;
      SET recording = @`continuum_c1fa1875_paused` IS NULL;
      IF NOT recording THEN
        SET recording = CONVERT(@`continuum_c1fa1875_paused` USING ascii) <> '*'
          AND LOCATE('3b00b7e1f3d0853d', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
      END IF;
      IF recording THEN
        IF tx IS NULL THEN
          CALL `continuum_begin`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
      END IF;
    END IF;
    IF @`continuum_c1fa1875_3b00b7e1f3d0853d_generated` AND NEW.`id` <> 0 THEN
      IF recording THEN
        INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
        VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0);
      END IF;
      LEAVE event;
    END IF;
    SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
     WHERE `article_version`.`id` = NEW.`id`;
    IF newest_tx IS NULL AND recording THEN
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0);
      LEAVE event;
    END IF;
    IF newest_tx IS NOT NULL THEN
      IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
        SET newest_tx = NULL;
        SELECT `article_version`.`transaction_id`, `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_end, newest_op
          FROM `article_version` WHERE `article_version`.`id` = NEW.`id`
         ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
      END IF;
    END IF;
    IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
      SELECT COUNT(*) INTO same FROM `article_version`
       WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
         AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
         FOR UPDATE;
      IF newest_tx IS NOT NULL AND newest_end IS NULL AND newest_op <> 2 AND same = 0 THEN
        IF tx IS NULL THEN
          CALL `continuum_begin`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
        IF newest_tx > tx OR newest_end > tx THEN
          CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
        UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
        UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
        UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
        SET @`continuum_c1fa1875_gaps` = 1;
      END IF;
      LEAVE event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
      SET tx = @`continuum_c1fa1875_id`;
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0);
    ELSEIF newest_tx = tx THEN
      SELECT MAX(`article_version`.`transaction_id`) INTO before_tx FROM `article_version`
       WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` < tx;
      IF before_tx IS NOT NULL THEN
        SELECT `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_end, newest_op
          FROM `article_version` WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx;
      END IF;
      IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
        SELECT COUNT(*) INTO same FROM `article_version`
         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx
           AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
           FOR UPDATE;
        IF same THEN
          UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
          DELETE FROM `article_version`
           WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
          UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
           WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx AND `article_version`.`end_transaction_id` = tx;
          UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
        ELSE
          UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
          UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 1
           WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
          UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
        END IF;
      ELSE
        UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
        UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 0
         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
        UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
      END IF;
    ELSEIF newest_end IS NULL THEN
      IF newest_op = 2 THEN
        UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
        UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
        UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
        INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
        VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0);
      ELSE
        SELECT COUNT(*) INTO same FROM `article_version`
         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
           AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
           FOR UPDATE;
        IF NOT same THEN
          UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
          UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
           WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
          UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
          INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
          VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
        END IF;
      END IF;
    ELSEIF newest_end < tx OR newest_op = 2 THEN
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0);
    ELSE
      SELECT COUNT(*) INTO same FROM `article_version`
       WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
         AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
         FOR UPDATE;
      IF same THEN
        UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
        UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
        UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
      ELSE
        INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
        VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
      END IF;
    END IF;
  END event;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "insert", "name": "continuum_insert_article", "fingerprint": "668f882050c01a62edfb", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": "end_transaction_id", "key": ["id"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_update_article` AFTER UPDATE ON `shop`.`article` FOR EACH ROW
BEGIN
  IF NOT (OLD.`id` <=> NEW.`id` AND CAST(OLD.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)) THEN
    altered: BEGIN
      DECLARE recording BOOLEAN DEFAULT FALSE;
      DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
      DECLARE newest_tx BIGINT;
      DECLARE same, newest_op, before_tx, newest_end BIGINT;
      DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
      IF NOT (OLD.`id` <=> NEW.`id`) THEN
        SELECT COUNT(*) INTO same FROM `article` AS c
         WHERE c.`id` = OLD.`id`;
        IF same = 0 THEN
          IF same = 0 THEN
            event: BEGIN
              IF NOT recording THEN
                CALL `continuum_resolve`();
                SET tx = @`continuum_c1fa1875_id`;
                SET recording = @`continuum_c1fa1875_paused` IS NULL;
                IF NOT recording THEN
                  SET recording = CONVERT(@`continuum_c1fa1875_paused` USING ascii) <> '*'
                    AND LOCATE('3b00b7e1f3d0853d', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
                END IF;
                IF recording THEN
                  IF tx IS NULL THEN
                    CALL `continuum_begin`();
                    SET tx = @`continuum_c1fa1875_id`;
                  END IF;
                END IF;
              END IF;
              SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
               WHERE `article_version`.`id` = OLD.`id`;
              IF newest_tx < tx AND recording THEN
                UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                 WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx
                   AND `article_version`.`end_transaction_id` IS NULL AND `article_version`.`operation_type` <> 2;
                SET same = ROW_COUNT();
                UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
                IF same = 1 THEN
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                  VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2);
                  LEAVE event;
                END IF;
              END IF;
              IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
                SET newest_tx = NULL;
                SELECT `article_version`.`transaction_id`, `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_end, newest_op
                  FROM `article_version` WHERE `article_version`.`id` = OLD.`id`
                 ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
              END IF;
              IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
                IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
                  IF tx IS NULL THEN
                    CALL `continuum_begin`();
                    SET tx = @`continuum_c1fa1875_id`;
                  END IF;
                  IF newest_tx > tx OR newest_end > tx THEN
                    CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
                    SET tx = @`continuum_c1fa1875_id`;
                  END IF;
                  UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                  UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                   WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx;
                  UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
                  SET @`continuum_c1fa1875_gaps` = 1;
                END IF;
                LEAVE event;
              END IF;
              IF newest_tx > tx OR newest_end > tx THEN
                CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
                SET tx = @`continuum_c1fa1875_id`;
              END IF;
              IF newest_tx IS NULL THEN
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (OLD.`id`, OLD.`name`, 0, tx, 0);
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2);
              ELSEIF newest_tx = tx THEN
                SELECT MAX(`article_version`.`transaction_id`) INTO before_tx FROM `article_version`
                 WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` < tx;
                IF before_tx IS NOT NULL THEN
                  SELECT `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_end, newest_op
                    FROM `article_version` WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = before_tx;
                END IF;
                IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
                  UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                  UPDATE `article_version` SET `article_version`.`name` = OLD.`name`, `article_version`.`operation_type` = 2
                   WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
                  UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
                ELSE
                  UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                  DELETE FROM `article_version`
                   WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
                  UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                   WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = before_tx AND `article_version`.`end_transaction_id` = tx;
                  UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
                END IF;
              ELSEIF newest_end IS NULL THEN
                IF newest_op <> 2 THEN
                  UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                  UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                   WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx;
                  UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                  VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2);
                END IF;
              ELSE
                IF newest_end < tx THEN
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                  VALUES (OLD.`id`, OLD.`name`, newest_end, tx, 0);
                END IF;
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2);
              END IF;
            END event;
            SET newest_tx = NULL, newest_op = NULL, before_tx = NULL, newest_end = NULL;
          END IF;
          event: BEGIN
            IF NOT recording THEN
              CALL `continuum_resolve`();
              SET tx = @`continuum_c1fa1875_id`;
              SET recording = @`continuum_c1fa1875_paused` IS NULL;
              IF NOT recording THEN
                SET recording = CONVERT(@`continuum_c1fa1875_paused` USING ascii) <> '*'
                  AND LOCATE('3b00b7e1f3d0853d', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
              END IF;
              IF recording THEN
                IF tx IS NULL THEN
                  CALL `continuum_begin`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
              END IF;
            END IF;
            SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
             WHERE `article_version`.`id` = NEW.`id`;
            IF newest_tx IS NULL AND recording THEN
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0);
              LEAVE event;
            END IF;
            IF newest_tx IS NOT NULL THEN
              IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
                SET newest_tx = NULL;
                SELECT `article_version`.`transaction_id`, `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_end, newest_op
                  FROM `article_version` WHERE `article_version`.`id` = NEW.`id`
                 ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
              END IF;
            END IF;
            IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
              SELECT COUNT(*) INTO same FROM `article_version`
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                 AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                 FOR UPDATE;
              IF newest_tx IS NOT NULL AND newest_end IS NULL AND newest_op <> 2 AND same = 0 THEN
                IF tx IS NULL THEN
                  CALL `continuum_begin`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
                IF newest_tx > tx OR newest_end > tx THEN
                  CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
                UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
                SET @`continuum_c1fa1875_gaps` = 1;
              END IF;
              LEAVE event;
            END IF;
            IF newest_tx > tx OR newest_end > tx THEN
              CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
              SET tx = @`continuum_c1fa1875_id`;
            END IF;
            IF newest_tx IS NULL THEN
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0);
            ELSEIF newest_tx = tx THEN
              SELECT MAX(`article_version`.`transaction_id`) INTO before_tx FROM `article_version`
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` < tx;
              IF before_tx IS NOT NULL THEN
                SELECT `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_end, newest_op
                  FROM `article_version` WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx;
              END IF;
              IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
                SELECT COUNT(*) INTO same FROM `article_version`
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx
                   AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                   FOR UPDATE;
                IF same THEN
                  UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                  DELETE FROM `article_version`
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                  UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx AND `article_version`.`end_transaction_id` = tx;
                  UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
                ELSE
                  UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                  UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 1
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                  UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
                END IF;
              ELSE
                UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 0
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
              END IF;
            ELSEIF newest_end IS NULL THEN
              IF newest_op = 2 THEN
                UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0);
              ELSE
                SELECT COUNT(*) INTO same FROM `article_version`
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                   AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                   FOR UPDATE;
                IF NOT same THEN
                  UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                  UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                  UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                  VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
                END IF;
              END IF;
            ELSEIF newest_end < tx OR newest_op = 2 THEN
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0);
            ELSE
              SELECT COUNT(*) INTO same FROM `article_version`
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                 AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                 FOR UPDATE;
              IF same THEN
                UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
              ELSE
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
              END IF;
            END IF;
          END event;
        END IF;
      ELSE
        SELECT COUNT(*) INTO same FROM `article` AS c
         WHERE c.`id` = NEW.`id`
           AND CAST(c.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY);
        IF same THEN
          event: BEGIN
            IF NOT recording THEN
              CALL `continuum_resolve`();
              SET tx = @`continuum_c1fa1875_id`;
              SET recording = @`continuum_c1fa1875_paused` IS NULL;
              IF NOT recording THEN
                SET recording = CONVERT(@`continuum_c1fa1875_paused` USING ascii) <> '*'
                  AND LOCATE('3b00b7e1f3d0853d', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
              END IF;
              IF recording THEN
                IF tx IS NULL THEN
                  CALL `continuum_begin`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
              END IF;
            END IF;
            SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
             WHERE `article_version`.`id` = NEW.`id`;
            IF newest_tx < tx AND recording THEN
              UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
              UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                 AND `article_version`.`end_transaction_id` IS NULL;
              SET same = ROW_COUNT();
              UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
              IF same = 1 THEN
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
                LEAVE event;
              END IF;
            END IF;
            IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
              SET newest_tx = NULL;
              SELECT `article_version`.`transaction_id`, `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_end, newest_op
                FROM `article_version` WHERE `article_version`.`id` = NEW.`id`
               ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
            END IF;
            IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
              IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
                IF tx IS NULL THEN
                  CALL `continuum_begin`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
                IF newest_tx > tx OR newest_end > tx THEN
                  CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
                UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
                SET @`continuum_c1fa1875_gaps` = 1;
              END IF;
              LEAVE event;
            END IF;
            IF newest_tx > tx OR newest_end > tx THEN
              CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
              SET tx = @`continuum_c1fa1875_id`;
            END IF;
            IF newest_tx IS NULL THEN
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (OLD.`id`, OLD.`name`, 0, tx, 0);
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
            ELSEIF newest_tx = tx THEN
              SELECT MAX(`article_version`.`transaction_id`) INTO before_tx FROM `article_version`
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` < tx;
              IF before_tx IS NOT NULL THEN
                SELECT `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_end, newest_op
                  FROM `article_version` WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx;
              END IF;
              IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
                SELECT COUNT(*) INTO same FROM `article_version`
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx
                   AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                   FOR UPDATE;
                IF same THEN
                  UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                  DELETE FROM `article_version`
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                  UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx AND `article_version`.`end_transaction_id` = tx;
                  UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
                ELSE
                  UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                  UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 1
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                  UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
                END IF;
              ELSE
                UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 0
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
              END IF;
            ELSEIF newest_end IS NULL THEN
              UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
              UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
              UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
            ELSEIF newest_end < tx THEN
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (OLD.`id`, OLD.`name`, newest_end, tx, 0);
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
            ELSE
              SELECT COUNT(*) INTO same FROM `article_version`
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                 AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                 FOR UPDATE;
              IF same THEN
                UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
              ELSE
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
              END IF;
            END IF;
          END event;
        END IF;
      END IF;
    END altered;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "update", "name": "continuum_update_article", "fingerprint": "668f882050c01a62edfb", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": "end_transaction_id", "key": ["id"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_delete_article` AFTER DELETE ON `shop`.`article` FOR EACH ROW
BEGIN
  DECLARE recording BOOLEAN DEFAULT FALSE;
  DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE newest_tx BIGINT;
  DECLARE same, newest_op, before_tx, newest_end BIGINT;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  event: BEGIN
    IF NOT recording THEN
      CALL `continuum_resolve`();
      SET tx = @`continuum_c1fa1875_id`;
      SET recording = @`continuum_c1fa1875_paused` IS NULL;
      IF NOT recording THEN
        SET recording = CONVERT(@`continuum_c1fa1875_paused` USING ascii) <> '*'
          AND LOCATE('3b00b7e1f3d0853d', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
      END IF;
      IF recording THEN
        IF tx IS NULL THEN
          CALL `continuum_begin`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
      END IF;
    END IF;
    SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
     WHERE `article_version`.`id` = OLD.`id`;
    IF newest_tx < tx AND recording THEN
      UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
      UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
       WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx
         AND `article_version`.`end_transaction_id` IS NULL AND `article_version`.`operation_type` <> 2;
      SET same = ROW_COUNT();
      UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
      IF same = 1 THEN
        INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
        VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2);
        LEAVE event;
      END IF;
    END IF;
    IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
      SET newest_tx = NULL;
      SELECT `article_version`.`transaction_id`, `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_end, newest_op
        FROM `article_version` WHERE `article_version`.`id` = OLD.`id`
       ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
    END IF;
    IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
        IF tx IS NULL THEN
          CALL `continuum_begin`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
        IF newest_tx > tx OR newest_end > tx THEN
          CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
        UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
        UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
         WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx;
        UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
        SET @`continuum_c1fa1875_gaps` = 1;
      END IF;
      LEAVE event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
      SET tx = @`continuum_c1fa1875_id`;
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (OLD.`id`, OLD.`name`, 0, tx, 0);
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2);
    ELSEIF newest_tx = tx THEN
      SELECT MAX(`article_version`.`transaction_id`) INTO before_tx FROM `article_version`
       WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` < tx;
      IF before_tx IS NOT NULL THEN
        SELECT `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_end, newest_op
          FROM `article_version` WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = before_tx;
      END IF;
      IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
        UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
        UPDATE `article_version` SET `article_version`.`name` = OLD.`name`, `article_version`.`operation_type` = 2
         WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
        UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
      ELSE
        UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
        DELETE FROM `article_version`
         WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
        UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
         WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = before_tx AND `article_version`.`end_transaction_id` = tx;
        UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
      END IF;
    ELSEIF newest_end IS NULL THEN
      IF newest_op <> 2 THEN
        UPDATE `continuum_running` AS r SET r.recording = r.transaction_id WHERE r.connection = CONNECTION_ID();
        UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
         WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx;
        UPDATE `continuum_running` AS r SET r.recording = NULL WHERE r.connection = CONNECTION_ID();
        INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
        VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2);
      END IF;
    ELSE
      IF newest_end < tx THEN
        INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
        VALUES (OLD.`id`, OLD.`name`, newest_end, tx, 0);
      END IF;
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2);
    END IF;
  END event;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "delete", "name": "continuum_delete_article", "fingerprint": "668f882050c01a62edfb", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": "end_transaction_id", "key": ["id"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_guard_update_article_version` BEFORE UPDATE ON `shop`.`article_version` FOR EACH ROW
BEGIN
  DECLARE recording BOOLEAN;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  SELECT r.recording = r.transaction_id INTO recording
    FROM `continuum_running` AS r WHERE r.connection = CONNECTION_ID();
  IF recording IS NOT TRUE THEN
    BEGIN
      DECLARE tx, next_id, unlocked BIGINT;
      DECLARE message VARCHAR(128) CHARACTER SET utf8mb4 DEFAULT 'continuum: append-only: UPDATE of article_version was refused: its rows are history';
      DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
      CALL `continuum_resolve`();
      SELECT r.transaction_id, r.next_id, r.unlocked INTO tx, next_id, unlocked
        FROM `continuum_running` AS r
       WHERE r.connection = CONNECTION_ID() AND r.owner = @`continuum_c1fa1875_owner`;
      IF COALESCE(FALSE, FALSE) OR NOT COALESCE(unlocked = tx, FALSE) AND NOT COALESCE(
          FALSE, FALSE) THEN
        SIGNAL SQLSTATE 'CN003' SET MESSAGE_TEXT = message;
      END IF;
    END;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "guard_update", "name": "continuum_guard_update_article_version", "schema": "shop", "log": ["shop", "transaction"], "fingerprint": "668f882050c01a62edfb", "of": ["shop", "article"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_guard_delete_article_version` BEFORE DELETE ON `shop`.`article_version` FOR EACH ROW
BEGIN
  DECLARE recording BOOLEAN;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  SELECT r.recording = r.transaction_id INTO recording
    FROM `continuum_running` AS r WHERE r.connection = CONNECTION_ID();
  IF recording IS NOT TRUE THEN
    BEGIN
      DECLARE tx, next_id, unlocked BIGINT;
      DECLARE message VARCHAR(128) CHARACTER SET utf8mb4 DEFAULT 'continuum: append-only: DELETE of article_version was refused: its rows are history';
      DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
      CALL `continuum_resolve`();
      SELECT r.transaction_id, r.next_id, r.unlocked INTO tx, next_id, unlocked
        FROM `continuum_running` AS r
       WHERE r.connection = CONNECTION_ID() AND r.owner = @`continuum_c1fa1875_owner`;
      IF COALESCE(FALSE, FALSE) OR NOT COALESCE(unlocked = tx, FALSE) AND NOT COALESCE(
          FALSE, FALSE) THEN
        SIGNAL SQLSTATE 'CN003' SET MESSAGE_TEXT = message;
      END IF;
    END;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "guard_delete", "name": "continuum_guard_delete_article_version", "schema": "shop", "log": ["shop", "transaction"], "fingerprint": "668f882050c01a62edfb", "of": ["shop", "article"]}';
  END made;
END;

DROP TRIGGER IF EXISTS `shop`.`continuum_before_article`;

DROP TRIGGER IF EXISTS `shop`.`continuum_before_article_a`;

DROP TRIGGER IF EXISTS `shop`.`continuum_before_article_b`;

DROP TRIGGER IF EXISTS `shop`.`continuum_insert_article`;

DROP TRIGGER IF EXISTS `shop`.`continuum_insert_article_a`;

DROP TRIGGER IF EXISTS `shop`.`continuum_insert_article_b`;

DROP TRIGGER IF EXISTS `shop`.`continuum_update_article`;

DROP TRIGGER IF EXISTS `shop`.`continuum_update_article_a`;

DROP TRIGGER IF EXISTS `shop`.`continuum_update_article_b`;

DROP TRIGGER IF EXISTS `shop`.`continuum_delete_article`;

DROP TRIGGER IF EXISTS `shop`.`continuum_delete_article_a`;

DROP TRIGGER IF EXISTS `shop`.`continuum_delete_article_b`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_update_article_version`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_update_article_version_a`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_update_article_version_b`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_delete_article_version`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_delete_article_version_a`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_delete_article_version_b`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_update`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_update_a`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_update_b`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_delete`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_delete_a`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_delete_b`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_update_transaction_changes`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_update_transaction_changes_a`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_update_transaction_changes_b`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_delete_transaction_changes`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_delete_transaction_changes_a`;

DROP TRIGGER IF EXISTS `shop`.`continuum_guard_delete_transaction_changes_b`;

DROP PROCEDURE IF EXISTS `shop`.`continuum_resolve`;

DROP PROCEDURE IF EXISTS `shop`.`continuum_begin`;

DROP PROCEDURE IF EXISTS `shop`.`continuum_renumber`;

DROP PROCEDURE IF EXISTS `shop`.`continuum_publish`;

DROP PROCEDURE IF EXISTS `shop`.`continuum_pause`;

DROP PROCEDURE IF EXISTS `shop`.`continuum_current`;

DROP PROCEDURE IF EXISTS `shop`.`continuum_unlock`;

DROP TABLE IF EXISTS `shop`.`continuum_running`;

DROP TABLE IF EXISTS `shop`.`continuum_unit`;

