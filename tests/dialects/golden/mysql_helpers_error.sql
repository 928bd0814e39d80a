SET @continuum_sql_mode = @@SESSION.sql_mode, @@SESSION.sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION';

DROP PROCEDURE IF EXISTS `shop`.`continuum_resolve`;

CREATE PROCEDURE `shop`.`continuum_resolve`()
MODIFIES SQL DATA COMMENT '{"continuum": 1, "fingerprint": "213af86b06dbcb624abd", "schemas": ["shop"]}'
BEGIN
  DECLARE moment BIGINT DEFAULT TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
  DECLARE me BIGINT DEFAULT @`continuum_c1fa1875_unit`;
  DECLARE owner BIGINT DEFAULT @`continuum_c1fa1875_owner`;
  DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE existing BIGINT;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  IF me IS NULL THEN
    SET me = NULL;
  END IF;
  IF owner = me THEN
    SELECT l.`id` INTO existing FROM `transaction` AS l WHERE l.`id` = tx;
  END IF;
  SET @`continuum_c1fa1875_id` = existing, @`continuum_c1fa1875_owner` = me;
  SET @`continuum_c1fa1875_moment` = IF(me IS NULL, moment, IF(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) BETWEEN 0 AND 1000000 AND moment % 1000000 <> 0, moment, NULL));
END;

DROP PROCEDURE IF EXISTS `shop`.`continuum_begin`;

CREATE PROCEDURE `shop`.`continuum_begin`()
MODIFIES SQL DATA COMMENT '{"continuum": 1, "fingerprint": "522393e9f7cc0bca7b29", "schemas": ["shop"]}'
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

DROP PROCEDURE IF EXISTS `shop`.`continuum_renumber`;

CREATE PROCEDURE `shop`.`continuum_renumber`(beyond BIGINT)
MODIFIES SQL DATA COMMENT '{"continuum": 1, "fingerprint": "053b29225b7b731f93aa", "schemas": ["shop"]}'
BEGIN
  DECLARE running BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE message VARCHAR(128) DEFAULT CONCAT('continuum: transaction ', running,
    ' changes a row that transaction ', beyond, ' has changed before it');
  SIGNAL SQLSTATE 'CN001' SET MESSAGE_TEXT = message;
END;

SET @@SESSION.sql_mode = @continuum_sql_mode;

