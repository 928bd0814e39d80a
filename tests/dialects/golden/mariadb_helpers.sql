CREATE TABLE IF NOT EXISTS `shop`.`continuum_unit` (
  connection BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  started BIGINT UNSIGNED GENERATED ALWAYS AS ROW START,
  ended_PARTITION BIGINT UNSIGNED GENERATED ALWAYS AS ROW END,
  PERIOD FOR SYSTEM_TIME (started, ended_PARTITION)
) ENGINE=InnoDB WITH SYSTEM VERSIONING;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE PROCEDURE `shop`.`continuum_resolve`()
MODIFIES SQL DATA COMMENT '{"continuum": 1, "fingerprint": "87a607f405d7f86a4e7d", "schemas": ["elsewhere", "shop"]}'
BEGIN
  DECLARE moment BIGINT DEFAULT TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
  DECLARE me BIGINT DEFAULT @`continuum_c1fa1875_unit`;
  DECLARE owner BIGINT DEFAULT @`continuum_c1fa1875_owner`;
  DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE existing BIGINT;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  IF me IS NULL THEN
    SAVEPOINT continuum_identity;
    INSERT INTO `continuum_unit` (connection) VALUES (CONNECTION_ID());
    SELECT -1 - CAST(u.started AS SIGNED) INTO me FROM `continuum_unit` AS u
     WHERE u.connection = CONNECTION_ID();
    ROLLBACK TO SAVEPOINT continuum_identity;
    RELEASE SAVEPOINT continuum_identity;
  END IF;
  IF owner = me THEN
    SELECT l.`id` INTO existing FROM `transaction` AS l WHERE l.`id` = tx;
  END IF;
  SET @`continuum_c1fa1875_id` = existing, @`continuum_c1fa1875_owner` = me;
  SET @`continuum_c1fa1875_moment` = IF(me IS NULL, moment, IF(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) BETWEEN 0 AND 1000000 AND moment % 1000000 <> 0, moment, NULL));
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE PROCEDURE `shop`.`continuum_begin`()
MODIFIES SQL DATA COMMENT '{"continuum": 1, "fingerprint": "522393e9f7cc0bca7b29", "schemas": ["elsewhere", "shop"]}'
BEGIN
  DECLARE context LONGTEXT CHARACTER SET utf8mb4 DEFAULT @`continuum_c1fa1875_context`;
  INSERT INTO `transaction` (`issued_at`) VALUES (UTC_TIMESTAMP(6) + INTERVAL TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) MICROSECOND);
  SET @`continuum_c1fa1875_id` = LAST_INSERT_ID(), @`continuum_c1fa1875_gaps` = NULL;
  IF context IS NOT NULL THEN
    UPDATE `transaction` AS l SET l.`user_id` = IF(JSON_CONTAINS_PATH(context, 'one', '$."user_id"'), IF(JSON_TYPE(JSON_EXTRACT(context, '$."user_id"')) = 'NULL', NULL, JSON_UNQUOTE(JSON_EXTRACT(context, '$."user_id"'))), l.`user_id`),
      l.`meta` = IF(JSON_CONTAINS_PATH(context, 'one', '$."meta"'), IF(JSON_TYPE(JSON_EXTRACT(context, '$."meta"')) = 'NULL', NULL, JSON_EXTRACT(context, '$."meta"')), l.`meta`)
     WHERE l.`id` = LAST_INSERT_ID();
  END IF;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE PROCEDURE `shop`.`continuum_renumber`(beyond BIGINT)
MODIFIES SQL DATA COMMENT '{"continuum": 1, "fingerprint": "b28e70da1d1f61e48aa4", "schemas": ["elsewhere", "shop"]}'
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
  BEGIN
    DECLARE CONTINUE HANDLER FOR SQLSTATE '42S02' BEGIN END;
    IF gaps THEN
      UPDATE `archive`.`history` AS p SET p.`until` = new_id WHERE p.`until` = old_id;
    ELSE
      UPDATE `archive`.`history` AS h JOIN `archive`.`history` AS p ON p.`old code` = h.`old code` AND p.`number` = h.`number`
         SET p.`until` = new_id WHERE h.`tx` = old_id AND p.`until` = old_id;
    END IF;
    UPDATE `archive`.`history` SET `tx` = new_id WHERE `history`.`tx` = old_id;
  END;
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
  BEGIN
    DECLARE CONTINUE HANDLER FOR SQLSTATE '42S02' BEGIN END;
    IF gaps THEN
      UPDATE `link_version` AS p SET p.`end_transaction_id` = new_id WHERE p.`end_transaction_id` = old_id;
    ELSE
      UPDATE `link_version` AS h JOIN `link_version` AS p ON p.`one` = h.`one` AND p.`two` = h.`two`
         SET p.`end_transaction_id` = new_id WHERE h.`transaction_id` = old_id AND p.`end_transaction_id` = old_id;
    END IF;
    UPDATE `link_version` SET `transaction_id` = new_id WHERE `link_version`.`transaction_id` = old_id;
  END;
  UPDATE `transaction_changes` AS s SET s.`transaction_id` = new_id WHERE s.`transaction_id` = old_id;
  DELETE FROM `transaction` WHERE `transaction`.`id` = old_id;
  SET @`continuum_c1fa1875_id` = new_id;
END;

