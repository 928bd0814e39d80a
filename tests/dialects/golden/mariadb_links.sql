SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_insert_link` AFTER INSERT ON `shop`.`link` FOR EACH ROW
BEGIN
  DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
  DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE newest_tx BIGINT;
  DECLARE same, newest_op, before_tx, newest_end BIGINT;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  event: BEGIN
    IF NOT recording THEN
      IF NOT (CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6))) THEN
        IF @`continuum_c1fa1875_unit` = @`continuum_c1fa1875_owner` THEN
          SELECT MAX(l.`id`) INTO tx FROM `transaction` AS l WHERE l.`id` = tx;
          SET @`continuum_c1fa1875_id` = tx, @`continuum_c1fa1875_moment` = IF(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) BETWEEN 0 AND 1000000 AND TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)) % 1000000 <> 0, TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)), NULL);
        ELSE
          CALL `continuum_resolve`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
      END IF;
      SET recording = @`continuum_c1fa1875_paused` IS NULL;
      IF NOT recording THEN
        SET recording = CONVERT(@`continuum_c1fa1875_paused` USING ascii) <> '*'
          AND LOCATE('05227c05f807ae29', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
      END IF;
      IF recording THEN
        IF tx IS NULL THEN
          CALL `continuum_begin`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
      END IF;
    END IF;
    SELECT MAX(`link_version`.`transaction_id`) INTO newest_tx FROM `link_version`
     WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two`;
    IF newest_tx IS NULL AND recording THEN
      INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (NEW.`one`, NEW.`two`, tx, NULL, 0);
      LEAVE event;
    END IF;
    IF newest_tx IS NOT NULL THEN
      IF newest_tx = tx THEN
        SELECT `link_version`.`end_transaction_id`, `link_version`.`operation_type` INTO newest_end, newest_op
          FROM `link_version` WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = tx;
      ELSE
        SET newest_tx = NULL;
        SELECT `link_version`.`transaction_id`, `link_version`.`end_transaction_id`, `link_version`.`operation_type` INTO newest_tx, newest_end, newest_op
          FROM `link_version` WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two`
         ORDER BY `link_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
      END IF;
    END IF;
    IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
      LEAVE event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
      SET tx = @`continuum_c1fa1875_id`;
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (NEW.`one`, NEW.`two`, tx, NULL, 0);
    ELSEIF newest_tx = tx THEN
      IF newest_op = 2 THEN
        SELECT MAX(`link_version`.`transaction_id`) INTO before_tx FROM `link_version`
         WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` < tx;
        IF before_tx IS NOT NULL THEN
          SELECT `link_version`.`end_transaction_id`, `link_version`.`operation_type` INTO newest_end, newest_op
            FROM `link_version` WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = before_tx;
        END IF;
        IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
          SELECT COUNT(*) INTO same FROM `link_version`
           WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = before_tx
             AND TRUE
             FOR UPDATE;
          IF same THEN
            DELETE FROM `link_version`
             WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = tx;
            UPDATE `link_version` SET `link_version`.`end_transaction_id` = NULL
             WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = before_tx AND `link_version`.`end_transaction_id` = tx;
          ELSE
            UPDATE `link_version` SET `link_version`.`operation_type` = 1
             WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = tx;
          END IF;
        ELSE
          UPDATE `link_version` SET `link_version`.`operation_type` = 0
           WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = tx;
        END IF;
      END IF;
    ELSEIF newest_end IS NULL THEN
      IF newest_op = 2 THEN
        UPDATE `link_version` SET `link_version`.`end_transaction_id` = tx
         WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = newest_tx;
        INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
        VALUES (NEW.`one`, NEW.`two`, tx, NULL, 0);
      END IF;
    ELSEIF newest_end < tx OR newest_op = 2 THEN
      INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (NEW.`one`, NEW.`two`, tx, NULL, 0);
    ELSE
      SELECT COUNT(*) INTO same FROM `link_version`
       WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = newest_tx
         AND TRUE
         FOR UPDATE;
      IF same THEN
        UPDATE `link_version` SET `link_version`.`end_transaction_id` = NULL
         WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = newest_tx;
      ELSE
        INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
        VALUES (NEW.`one`, NEW.`two`, tx, NULL, 1);
      END IF;
    END IF;
  END event;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "insert", "name": "continuum_insert_link", "fingerprint": "dc63652ad31b2fcad61c", "schema": "shop", "log": ["shop", "transaction"], "table": "link", "version_table": ["shop", "link_version"], "transaction": "transaction_id", "end": "end_transaction_id", "key": ["one", "two"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_update_link` AFTER UPDATE ON `shop`.`link` FOR EACH ROW
BEGIN
  IF NOT (OLD.`one` <=> NEW.`one` AND OLD.`two` <=> NEW.`two`) THEN
    altered: BEGIN
      DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
      DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
      DECLARE newest_tx BIGINT;
      DECLARE same, newest_op, before_tx, newest_end BIGINT;
      DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
      IF NOT (OLD.`one` <=> NEW.`one` AND OLD.`two` <=> NEW.`two`) THEN
        SELECT COUNT(*) INTO same FROM `link` AS c
         WHERE c.`one` = NEW.`one` AND c.`two` = NEW.`two`;
        IF same > 0 THEN
          event: BEGIN
            SELECT COUNT(*) INTO same FROM `link` AS c
             WHERE c.`one` = OLD.`one` AND c.`two` = OLD.`two`;
            IF same > 0 THEN
              LEAVE event;
            END IF;
            IF NOT recording THEN
              IF NOT (CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6))) THEN
                IF @`continuum_c1fa1875_unit` = @`continuum_c1fa1875_owner` THEN
                  SELECT MAX(l.`id`) INTO tx FROM `transaction` AS l WHERE l.`id` = tx;
                  SET @`continuum_c1fa1875_id` = tx, @`continuum_c1fa1875_moment` = IF(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) BETWEEN 0 AND 1000000 AND TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)) % 1000000 <> 0, TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)), NULL);
                ELSE
                  CALL `continuum_resolve`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
              END IF;
              SET recording = @`continuum_c1fa1875_paused` IS NULL;
              IF NOT recording THEN
                SET recording = CONVERT(@`continuum_c1fa1875_paused` USING ascii) <> '*'
                  AND LOCATE('05227c05f807ae29', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
              END IF;
              IF recording THEN
                IF tx IS NULL THEN
                  CALL `continuum_begin`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
              END IF;
            END IF;
            SELECT MAX(`link_version`.`transaction_id`) INTO newest_tx FROM `link_version`
             WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two`;
            IF newest_tx < tx AND recording THEN
              UPDATE `link_version` SET `link_version`.`end_transaction_id` = tx
               WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = newest_tx
                 AND `link_version`.`end_transaction_id` IS NULL AND `link_version`.`operation_type` <> 2;
              IF ROW_COUNT() = 1 THEN
                INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (OLD.`one`, OLD.`two`, tx, NULL, 2);
                LEAVE event;
              END IF;
            END IF;
            IF newest_tx = tx THEN
              SELECT `link_version`.`end_transaction_id`, `link_version`.`operation_type` INTO newest_end, newest_op
                FROM `link_version` WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = tx;
            ELSE
              SET newest_tx = NULL;
              SELECT `link_version`.`transaction_id`, `link_version`.`end_transaction_id`, `link_version`.`operation_type` INTO newest_tx, newest_end, newest_op
                FROM `link_version` WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two`
               ORDER BY `link_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
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
                UPDATE `link_version` SET `link_version`.`end_transaction_id` = tx
                 WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = newest_tx;
                SET @`continuum_c1fa1875_gaps` = 1;
              END IF;
              LEAVE event;
            END IF;
            IF newest_tx > tx OR newest_end > tx THEN
              CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
              SET tx = @`continuum_c1fa1875_id`;
            END IF;
            IF newest_tx IS NULL THEN
              INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (OLD.`one`, OLD.`two`, 0, tx, 0);
              INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (OLD.`one`, OLD.`two`, tx, NULL, 2);
            ELSEIF newest_tx = tx THEN
              SELECT MAX(`link_version`.`transaction_id`) INTO before_tx FROM `link_version`
               WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` < tx;
              IF before_tx IS NOT NULL THEN
                SELECT `link_version`.`end_transaction_id`, `link_version`.`operation_type` INTO newest_end, newest_op
                  FROM `link_version` WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = before_tx;
              END IF;
              IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
                UPDATE `link_version` SET `link_version`.`operation_type` = 2
                 WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = tx;
              ELSE
                DELETE FROM `link_version`
                 WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = tx;
                UPDATE `link_version` SET `link_version`.`end_transaction_id` = NULL
                 WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = before_tx AND `link_version`.`end_transaction_id` = tx;
              END IF;
            ELSEIF newest_end IS NULL THEN
              IF newest_op <> 2 THEN
                UPDATE `link_version` SET `link_version`.`end_transaction_id` = tx
                 WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = newest_tx;
                INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (OLD.`one`, OLD.`two`, tx, NULL, 2);
              END IF;
            ELSE
              IF newest_end < tx THEN
                INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (OLD.`one`, OLD.`two`, newest_end, tx, 0);
              END IF;
              INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (OLD.`one`, OLD.`two`, tx, NULL, 2);
            END IF;
          END event;
          SET newest_tx = NULL, newest_op = NULL, before_tx = NULL, newest_end = NULL;
          event: BEGIN
            IF NOT recording THEN
              IF NOT (CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6))) THEN
                IF @`continuum_c1fa1875_unit` = @`continuum_c1fa1875_owner` THEN
                  SELECT MAX(l.`id`) INTO tx FROM `transaction` AS l WHERE l.`id` = tx;
                  SET @`continuum_c1fa1875_id` = tx, @`continuum_c1fa1875_moment` = IF(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) BETWEEN 0 AND 1000000 AND TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)) % 1000000 <> 0, TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)), NULL);
                ELSE
                  CALL `continuum_resolve`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
              END IF;
              SET recording = @`continuum_c1fa1875_paused` IS NULL;
              IF NOT recording THEN
                SET recording = CONVERT(@`continuum_c1fa1875_paused` USING ascii) <> '*'
                  AND LOCATE('05227c05f807ae29', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
              END IF;
              IF recording THEN
                IF tx IS NULL THEN
                  CALL `continuum_begin`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
              END IF;
            END IF;
            SELECT MAX(`link_version`.`transaction_id`) INTO newest_tx FROM `link_version`
             WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two`;
            IF newest_tx IS NULL AND recording THEN
              INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`one`, NEW.`two`, tx, NULL, 0);
              LEAVE event;
            END IF;
            IF newest_tx IS NOT NULL THEN
              IF newest_tx = tx THEN
                SELECT `link_version`.`end_transaction_id`, `link_version`.`operation_type` INTO newest_end, newest_op
                  FROM `link_version` WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = tx;
              ELSE
                SET newest_tx = NULL;
                SELECT `link_version`.`transaction_id`, `link_version`.`end_transaction_id`, `link_version`.`operation_type` INTO newest_tx, newest_end, newest_op
                  FROM `link_version` WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two`
                 ORDER BY `link_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
              END IF;
            END IF;
            IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
              LEAVE event;
            END IF;
            IF newest_tx > tx OR newest_end > tx THEN
              CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
              SET tx = @`continuum_c1fa1875_id`;
            END IF;
            IF newest_tx IS NULL THEN
              INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`one`, NEW.`two`, tx, NULL, 0);
            ELSEIF newest_tx = tx THEN
              IF newest_op = 2 THEN
                SELECT MAX(`link_version`.`transaction_id`) INTO before_tx FROM `link_version`
                 WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` < tx;
                IF before_tx IS NOT NULL THEN
                  SELECT `link_version`.`end_transaction_id`, `link_version`.`operation_type` INTO newest_end, newest_op
                    FROM `link_version` WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = before_tx;
                END IF;
                IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
                  SELECT COUNT(*) INTO same FROM `link_version`
                   WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = before_tx
                     AND TRUE
                     FOR UPDATE;
                  IF same THEN
                    DELETE FROM `link_version`
                     WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = tx;
                    UPDATE `link_version` SET `link_version`.`end_transaction_id` = NULL
                     WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = before_tx AND `link_version`.`end_transaction_id` = tx;
                  ELSE
                    UPDATE `link_version` SET `link_version`.`operation_type` = 1
                     WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = tx;
                  END IF;
                ELSE
                  UPDATE `link_version` SET `link_version`.`operation_type` = 0
                   WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = tx;
                END IF;
              END IF;
            ELSEIF newest_end IS NULL THEN
              IF newest_op = 2 THEN
                UPDATE `link_version` SET `link_version`.`end_transaction_id` = tx
                 WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = newest_tx;
                INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (NEW.`one`, NEW.`two`, tx, NULL, 0);
              END IF;
            ELSEIF newest_end < tx OR newest_op = 2 THEN
              INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`one`, NEW.`two`, tx, NULL, 0);
            ELSE
              SELECT COUNT(*) INTO same FROM `link_version`
               WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = newest_tx
                 AND TRUE
                 FOR UPDATE;
              IF same THEN
                UPDATE `link_version` SET `link_version`.`end_transaction_id` = NULL
                 WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = newest_tx;
              ELSE
                INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (NEW.`one`, NEW.`two`, tx, NULL, 1);
              END IF;
            END IF;
          END event;
        END IF;
      ELSE
        SELECT COUNT(*) INTO same FROM `link` AS c
         WHERE c.`one` = NEW.`one` AND c.`two` = NEW.`two`
           AND TRUE;
        IF same THEN
          event: BEGIN
            IF NOT recording THEN
              IF NOT (CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6))) THEN
                IF @`continuum_c1fa1875_unit` = @`continuum_c1fa1875_owner` THEN
                  SELECT MAX(l.`id`) INTO tx FROM `transaction` AS l WHERE l.`id` = tx;
                  SET @`continuum_c1fa1875_id` = tx, @`continuum_c1fa1875_moment` = IF(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) BETWEEN 0 AND 1000000 AND TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)) % 1000000 <> 0, TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)), NULL);
                ELSE
                  CALL `continuum_resolve`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
              END IF;
              SET recording = @`continuum_c1fa1875_paused` IS NULL;
              IF NOT recording THEN
                SET recording = CONVERT(@`continuum_c1fa1875_paused` USING ascii) <> '*'
                  AND LOCATE('05227c05f807ae29', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
              END IF;
              IF recording THEN
                IF tx IS NULL THEN
                  CALL `continuum_begin`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
              END IF;
            END IF;
            SELECT MAX(`link_version`.`transaction_id`) INTO newest_tx FROM `link_version`
             WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two`;
            IF newest_tx < tx AND recording THEN
              UPDATE `link_version` SET `link_version`.`end_transaction_id` = tx
               WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = newest_tx
                 AND `link_version`.`end_transaction_id` IS NULL;
              IF ROW_COUNT() = 1 THEN
                INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (NEW.`one`, NEW.`two`, tx, NULL, 1);
                LEAVE event;
              END IF;
            END IF;
            IF newest_tx = tx THEN
              SELECT `link_version`.`end_transaction_id`, `link_version`.`operation_type` INTO newest_end, newest_op
                FROM `link_version` WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = tx;
            ELSE
              SET newest_tx = NULL;
              SELECT `link_version`.`transaction_id`, `link_version`.`end_transaction_id`, `link_version`.`operation_type` INTO newest_tx, newest_end, newest_op
                FROM `link_version` WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two`
               ORDER BY `link_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
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
                UPDATE `link_version` SET `link_version`.`end_transaction_id` = tx
                 WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = newest_tx;
                SET @`continuum_c1fa1875_gaps` = 1;
              END IF;
              LEAVE event;
            END IF;
            IF newest_tx > tx OR newest_end > tx THEN
              CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
              SET tx = @`continuum_c1fa1875_id`;
            END IF;
            IF newest_tx IS NULL THEN
              INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (OLD.`one`, OLD.`two`, 0, tx, 0);
              INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`one`, NEW.`two`, tx, NULL, 1);
            ELSEIF newest_tx = tx THEN
              SELECT MAX(`link_version`.`transaction_id`) INTO before_tx FROM `link_version`
               WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` < tx;
              IF before_tx IS NOT NULL THEN
                SELECT `link_version`.`end_transaction_id`, `link_version`.`operation_type` INTO newest_end, newest_op
                  FROM `link_version` WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = before_tx;
              END IF;
              IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
                SELECT COUNT(*) INTO same FROM `link_version`
                 WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = before_tx
                   AND TRUE
                   FOR UPDATE;
                IF same THEN
                  DELETE FROM `link_version`
                   WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = tx;
                  UPDATE `link_version` SET `link_version`.`end_transaction_id` = NULL
                   WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = before_tx AND `link_version`.`end_transaction_id` = tx;
                ELSE
                  UPDATE `link_version` SET `link_version`.`operation_type` = 1
                   WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = tx;
                END IF;
              ELSE
                UPDATE `link_version` SET `link_version`.`operation_type` = 0
                 WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = tx;
              END IF;
            ELSEIF newest_end IS NULL THEN
              UPDATE `link_version` SET `link_version`.`end_transaction_id` = tx
               WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = newest_tx;
              INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`one`, NEW.`two`, tx, NULL, 1);
            ELSEIF newest_end < tx THEN
              INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (OLD.`one`, OLD.`two`, newest_end, tx, 0);
              INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`one`, NEW.`two`, tx, NULL, 1);
            ELSE
              SELECT COUNT(*) INTO same FROM `link_version`
               WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = newest_tx
                 AND TRUE
                 FOR UPDATE;
              IF same THEN
                UPDATE `link_version` SET `link_version`.`end_transaction_id` = NULL
                 WHERE `link_version`.`one` = NEW.`one` AND `link_version`.`two` = NEW.`two` AND `link_version`.`transaction_id` = newest_tx;
              ELSE
                INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (NEW.`one`, NEW.`two`, tx, NULL, 1);
              END IF;
            END IF;
          END event;
        END IF;
      END IF;
    END altered;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "update", "name": "continuum_update_link", "fingerprint": "dc63652ad31b2fcad61c", "schema": "shop", "log": ["shop", "transaction"], "table": "link", "version_table": ["shop", "link_version"], "transaction": "transaction_id", "end": "end_transaction_id", "key": ["one", "two"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_delete_link` AFTER DELETE ON `shop`.`link` FOR EACH ROW
BEGIN
  DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
  DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE newest_tx BIGINT;
  DECLARE same, newest_op, before_tx, newest_end BIGINT;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  event: BEGIN
    SELECT COUNT(*) INTO same FROM `link` AS c
     WHERE c.`one` = OLD.`one` AND c.`two` = OLD.`two`;
    IF same > 0 THEN
      LEAVE event;
    END IF;
    IF NOT recording THEN
      IF NOT (CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6))) THEN
        IF @`continuum_c1fa1875_unit` = @`continuum_c1fa1875_owner` THEN
          SELECT MAX(l.`id`) INTO tx FROM `transaction` AS l WHERE l.`id` = tx;
          SET @`continuum_c1fa1875_id` = tx, @`continuum_c1fa1875_moment` = IF(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) BETWEEN 0 AND 1000000 AND TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)) % 1000000 <> 0, TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)), NULL);
        ELSE
          CALL `continuum_resolve`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
      END IF;
      SET recording = @`continuum_c1fa1875_paused` IS NULL;
      IF NOT recording THEN
        SET recording = CONVERT(@`continuum_c1fa1875_paused` USING ascii) <> '*'
          AND LOCATE('05227c05f807ae29', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
      END IF;
      IF recording THEN
        IF tx IS NULL THEN
          CALL `continuum_begin`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
      END IF;
    END IF;
    SELECT MAX(`link_version`.`transaction_id`) INTO newest_tx FROM `link_version`
     WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two`;
    IF newest_tx < tx AND recording THEN
      UPDATE `link_version` SET `link_version`.`end_transaction_id` = tx
       WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = newest_tx
         AND `link_version`.`end_transaction_id` IS NULL AND `link_version`.`operation_type` <> 2;
      IF ROW_COUNT() = 1 THEN
        INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
        VALUES (OLD.`one`, OLD.`two`, tx, NULL, 2);
        LEAVE event;
      END IF;
    END IF;
    IF newest_tx = tx THEN
      SELECT `link_version`.`end_transaction_id`, `link_version`.`operation_type` INTO newest_end, newest_op
        FROM `link_version` WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = tx;
    ELSE
      SET newest_tx = NULL;
      SELECT `link_version`.`transaction_id`, `link_version`.`end_transaction_id`, `link_version`.`operation_type` INTO newest_tx, newest_end, newest_op
        FROM `link_version` WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two`
       ORDER BY `link_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
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
        UPDATE `link_version` SET `link_version`.`end_transaction_id` = tx
         WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = newest_tx;
        SET @`continuum_c1fa1875_gaps` = 1;
      END IF;
      LEAVE event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
      SET tx = @`continuum_c1fa1875_id`;
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (OLD.`one`, OLD.`two`, 0, tx, 0);
      INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (OLD.`one`, OLD.`two`, tx, NULL, 2);
    ELSEIF newest_tx = tx THEN
      SELECT MAX(`link_version`.`transaction_id`) INTO before_tx FROM `link_version`
       WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` < tx;
      IF before_tx IS NOT NULL THEN
        SELECT `link_version`.`end_transaction_id`, `link_version`.`operation_type` INTO newest_end, newest_op
          FROM `link_version` WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = before_tx;
      END IF;
      IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
        UPDATE `link_version` SET `link_version`.`operation_type` = 2
         WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = tx;
      ELSE
        DELETE FROM `link_version`
         WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = tx;
        UPDATE `link_version` SET `link_version`.`end_transaction_id` = NULL
         WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = before_tx AND `link_version`.`end_transaction_id` = tx;
      END IF;
    ELSEIF newest_end IS NULL THEN
      IF newest_op <> 2 THEN
        UPDATE `link_version` SET `link_version`.`end_transaction_id` = tx
         WHERE `link_version`.`one` = OLD.`one` AND `link_version`.`two` = OLD.`two` AND `link_version`.`transaction_id` = newest_tx;
        INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
        VALUES (OLD.`one`, OLD.`two`, tx, NULL, 2);
      END IF;
    ELSE
      IF newest_end < tx THEN
        INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
        VALUES (OLD.`one`, OLD.`two`, newest_end, tx, 0);
      END IF;
      INSERT INTO `link_version` (`one`, `two`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (OLD.`one`, OLD.`two`, tx, NULL, 2);
    END IF;
  END event;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "delete", "name": "continuum_delete_link", "fingerprint": "dc63652ad31b2fcad61c", "schema": "shop", "log": ["shop", "transaction"], "table": "link", "version_table": ["shop", "link_version"], "transaction": "transaction_id", "end": "end_transaction_id", "key": ["one", "two"]}';
  END made;
END;

