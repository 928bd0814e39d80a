SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_insert_dog` AFTER INSERT ON `shop`.`dog` FOR EACH ROW
BEGIN
  DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
  DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE newest_tx BIGINT;
  DECLARE changed BIGINT;
  DECLARE deeper, level_tx, level_end, level_op BIGINT;
  DECLARE same, newest_op, before_tx BIGINT;
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
          AND LOCATE('eb6de5286b1a76e8', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
      END IF;
      IF recording THEN
        IF tx IS NULL THEN
          CALL `continuum_begin`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
      END IF;
    END IF;
    SELECT MAX(`dog_version`.`transaction_id`) INTO newest_tx FROM `archive`.`dog_version`
     WHERE `dog_version`.`dog_id` = NEW.`dog_id`;
    IF newest_tx IS NULL AND recording THEN
      INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
      VALUES (NEW.`dog_id`, NEW.`note`, tx, 0);
      LEAVE event;
    END IF;
    IF newest_tx IS NOT NULL THEN
      IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
        SET newest_tx = NULL;
        SELECT `dog_version`.`transaction_id`, `dog_version`.`operation_type` INTO newest_tx, newest_op
          FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = NEW.`dog_id`
         ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
      END IF;
    END IF;
    IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
      LEAVE event;
    END IF;
    IF newest_tx > tx THEN
      CALL `continuum_renumber`(newest_tx);
      SET tx = @`continuum_c1fa1875_id`;
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
      VALUES (NEW.`dog_id`, NEW.`note`, tx, 0);
    ELSEIF newest_tx = tx THEN
      SELECT `dog_version`.`transaction_id`, `dog_version`.`operation_type` INTO before_tx, newest_op
        FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` < tx
       ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
      IF before_tx IS NOT NULL AND newest_op <> 2 THEN
        SELECT COUNT(*) INTO same FROM `archive`.`dog_version`
         WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = before_tx
           AND CAST(`dog_version`.`note` AS BINARY) <=> CAST(NEW.`note` AS BINARY)
           FOR UPDATE;
        IF same THEN
          DELETE FROM `archive`.`dog_version`
           WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = tx;
        ELSE
          UPDATE `archive`.`dog_version` SET `dog_version`.`note` = NEW.`note`, `dog_version`.`operation_type` = 1
           WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = tx;
        END IF;
      ELSE
        UPDATE `archive`.`dog_version` SET `dog_version`.`note` = NEW.`note`, `dog_version`.`operation_type` = 0
         WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = tx;
      END IF;
    ELSE
      IF newest_op = 2 THEN
        INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
        VALUES (NEW.`dog_id`, NEW.`note`, tx, 0);
      ELSE
        SELECT COUNT(*) INTO same FROM `archive`.`dog_version`
         WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = newest_tx
           AND CAST(`dog_version`.`note` AS BINARY) <=> CAST(NEW.`note` AS BINARY)
           FOR UPDATE;
        IF NOT same THEN
          INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
          VALUES (NEW.`dog_id`, NEW.`note`, tx, 1);
        END IF;
      END IF;
    END IF;
  END event;
  IF tx IS NOT NULL THEN
    touch: BEGIN
      SELECT COUNT(*) INTO changed FROM `archive`.`dog_version`
       WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = tx;
      SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
       WHERE `article_version`.`id` = NEW.`dog_id`;
      IF newest_tx = tx THEN
        IF NOT changed THEN
          SELECT (SELECT COUNT(*) FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = tx) INTO deeper;
          IF deeper THEN
            LEAVE touch;
          END IF;
          SELECT `article_version`.`operation_type` INTO newest_op
            FROM `article_version` WHERE `article_version`.`id` = NEW.`dog_id` AND `article_version`.`transaction_id` = tx;
          IF newest_op <> 1 THEN
            LEAVE touch;
          END IF;
          SET before_tx = NULL;
          SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO before_tx, newest_op
            FROM `article_version` WHERE `article_version`.`id` = NEW.`dog_id` AND `article_version`.`transaction_id` < tx
           ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
          IF before_tx IS NOT NULL AND newest_op <> 2 THEN
            SELECT COUNT(*) INTO same FROM `article_version`, `article` AS c
             WHERE `article_version`.`id` = NEW.`dog_id` AND `article_version`.`transaction_id` = before_tx
               AND c.`id` = NEW.`dog_id`
               AND CAST(`article_version`.`name` AS BINARY) <=> CAST(c.`name` AS BINARY)
               LOCK IN SHARE MODE;
            IF same THEN
              DELETE FROM `article_version`
               WHERE `article_version`.`id` = NEW.`dog_id` AND `article_version`.`transaction_id` = tx;
            END IF;
          END IF;
        END IF;
      ELSEIF changed THEN
        SELECT COUNT(*) INTO same FROM `article` AS c
         WHERE c.`id` = NEW.`dog_id` LOCK IN SHARE MODE;
        IF same = 0 THEN
          LEAVE touch;
        END IF;
        SET newest_tx = NULL;
        SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_op
          FROM `article_version` WHERE `article_version`.`id` = NEW.`dog_id`
         ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
        IF newest_tx > tx THEN
          CALL `continuum_renumber`(newest_tx);
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
        IF newest_tx IS NULL THEN
          INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
          SELECT c.`id`, c.`name`, 0, 0
            FROM `article` AS c WHERE c.`id` = NEW.`dog_id` LOCK IN SHARE MODE;
          SELECT COUNT(*) INTO deeper FROM `cat` AS c
           WHERE c.`dog_id` = NEW.`dog_id`;
          IF deeper THEN
            SET level_tx = NULL, level_end = NULL;
            SELECT `dog_version`.`transaction_id`, `dog_version`.`end_transaction_id`, `dog_version`.`operation_type` INTO level_tx, level_end, level_op
              FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = NEW.`dog_id`
             ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
            IF NOT (level_tx IS NOT NULL AND level_end IS NULL) THEN
              INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `end_transaction_id`, `operation_type`)
              SELECT c.`dog_id`, c.`note`, COALESCE(level_end, 0), NULL, 0
                FROM `cat` AS c WHERE c.`dog_id` = NEW.`dog_id` LOCK IN SHARE MODE;
            END IF;
          END IF;
          INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
          SELECT c.`id`, c.`name`, tx, 1
            FROM `article` AS c WHERE c.`id` = NEW.`dog_id` LOCK IN SHARE MODE;
        ELSE
          INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
          SELECT c.`id`, c.`name`, tx, IF(newest_op = 2, 0, 1)
            FROM `article` AS c WHERE c.`id` = NEW.`dog_id` LOCK IN SHARE MODE;
        END IF;
      END IF;
    END touch;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "insert", "name": "continuum_insert_dog", "fingerprint": "f2fdd603b2e9d386f786", "schema": "shop", "log": ["shop", "transaction"], "table": "dog", "version_table": ["archive", "dog_version"], "transaction": "transaction_id", "end": null, "key": ["dog_id"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_update_dog` AFTER UPDATE ON `shop`.`dog` FOR EACH ROW
BEGIN
  IF NOT (OLD.`dog_id` <=> NEW.`dog_id` AND CAST(OLD.`note` AS BINARY) <=> CAST(NEW.`note` AS BINARY)) THEN
    altered: BEGIN
      DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
      DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
      DECLARE newest_tx BIGINT;
      DECLARE changed BIGINT;
      DECLARE deeper, level_tx, level_end, level_op BIGINT;
      DECLARE same, newest_op, before_tx BIGINT;
      DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
      IF NOT (OLD.`dog_id` <=> NEW.`dog_id`) THEN
        SELECT COUNT(*) INTO same FROM `dog` AS c
         WHERE c.`dog_id` = OLD.`dog_id`;
        IF same = 0 THEN
          IF same = 0 THEN
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
                    AND LOCATE('eb6de5286b1a76e8', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
                END IF;
                IF recording THEN
                  IF tx IS NULL THEN
                    CALL `continuum_begin`();
                    SET tx = @`continuum_c1fa1875_id`;
                  END IF;
                END IF;
              END IF;
              SELECT MAX(`dog_version`.`transaction_id`) INTO newest_tx FROM `archive`.`dog_version`
               WHERE `dog_version`.`dog_id` = OLD.`dog_id`;
              IF newest_tx < tx AND recording THEN
                SELECT `dog_version`.`transaction_id`, `dog_version`.`operation_type`, CAST(`dog_version`.`note` AS BINARY) <=> CAST(OLD.`note` AS BINARY)
                  INTO newest_tx, newest_op, same
                  FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = OLD.`dog_id`
                 ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
                IF newest_tx < tx AND same AND newest_op <> 2 THEN
                  INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
                  VALUES (OLD.`dog_id`, OLD.`note`, tx, 2);
                  LEAVE event;
                END IF;
              END IF;
              IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
                SET newest_tx = NULL;
                SELECT `dog_version`.`transaction_id`, `dog_version`.`operation_type` INTO newest_tx, newest_op
                  FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = OLD.`dog_id`
                 ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
              END IF;
              IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
                LEAVE event;
              END IF;
              IF newest_tx > tx THEN
                CALL `continuum_renumber`(newest_tx);
                SET tx = @`continuum_c1fa1875_id`;
              END IF;
              IF newest_tx IS NULL THEN
                INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
                VALUES (OLD.`dog_id`, OLD.`note`, 0, 0);
                INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
                VALUES (OLD.`dog_id`, OLD.`note`, tx, 2);
              ELSEIF newest_tx = tx THEN
                SELECT `dog_version`.`transaction_id`, `dog_version`.`operation_type` INTO before_tx, newest_op
                  FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = OLD.`dog_id` AND `dog_version`.`transaction_id` < tx
                 ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
                IF before_tx IS NOT NULL AND newest_op <> 2 THEN
                  UPDATE `archive`.`dog_version` SET `dog_version`.`note` = OLD.`note`, `dog_version`.`operation_type` = 2
                   WHERE `dog_version`.`dog_id` = OLD.`dog_id` AND `dog_version`.`transaction_id` = tx;
                ELSE
                  DELETE FROM `archive`.`dog_version`
                   WHERE `dog_version`.`dog_id` = OLD.`dog_id` AND `dog_version`.`transaction_id` = tx;
                END IF;
              ELSEIF newest_op <> 2 THEN
                SELECT COUNT(*) INTO same FROM `archive`.`dog_version`
                 WHERE `dog_version`.`dog_id` = OLD.`dog_id` AND `dog_version`.`transaction_id` = newest_tx
                   AND CAST(`dog_version`.`note` AS BINARY) <=> CAST(OLD.`note` AS BINARY)
                   FOR UPDATE;
                IF NOT same THEN
                  SELECT MAX(l.`id`) INTO before_tx FROM `transaction` AS l
                   WHERE l.`id` < tx AND l.`id` > newest_tx;
                  IF before_tx IS NOT NULL THEN
                    INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
                    VALUES (OLD.`dog_id`, OLD.`note`, before_tx, 0);
                  END IF;
                END IF;
                INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
                VALUES (OLD.`dog_id`, OLD.`note`, tx, 2);
              END IF;
            END event;
            IF tx IS NOT NULL THEN
              touch: BEGIN
                SELECT COUNT(*) INTO changed FROM `archive`.`dog_version`
                 WHERE `dog_version`.`dog_id` = OLD.`dog_id` AND `dog_version`.`transaction_id` = tx;
                SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
                 WHERE `article_version`.`id` = OLD.`dog_id`;
                IF newest_tx = tx THEN
                  IF NOT changed THEN
                    SELECT (SELECT COUNT(*) FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = OLD.`dog_id` AND `dog_version`.`transaction_id` = tx) INTO deeper;
                    IF deeper THEN
                      LEAVE touch;
                    END IF;
                    SELECT `article_version`.`operation_type` INTO newest_op
                      FROM `article_version` WHERE `article_version`.`id` = OLD.`dog_id` AND `article_version`.`transaction_id` = tx;
                    IF newest_op <> 1 THEN
                      LEAVE touch;
                    END IF;
                    SET before_tx = NULL;
                    SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO before_tx, newest_op
                      FROM `article_version` WHERE `article_version`.`id` = OLD.`dog_id` AND `article_version`.`transaction_id` < tx
                     ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
                    IF before_tx IS NOT NULL AND newest_op <> 2 THEN
                      SELECT COUNT(*) INTO same FROM `article_version`, `article` AS c
                       WHERE `article_version`.`id` = OLD.`dog_id` AND `article_version`.`transaction_id` = before_tx
                         AND c.`id` = OLD.`dog_id`
                         AND CAST(`article_version`.`name` AS BINARY) <=> CAST(c.`name` AS BINARY)
                         LOCK IN SHARE MODE;
                      IF same THEN
                        DELETE FROM `article_version`
                         WHERE `article_version`.`id` = OLD.`dog_id` AND `article_version`.`transaction_id` = tx;
                      END IF;
                    END IF;
                  END IF;
                ELSEIF changed THEN
                  SELECT COUNT(*) INTO same FROM `article` AS c
                   WHERE c.`id` = OLD.`dog_id` LOCK IN SHARE MODE;
                  IF same = 0 THEN
                    LEAVE touch;
                  END IF;
                  SET newest_tx = NULL;
                  SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_op
                    FROM `article_version` WHERE `article_version`.`id` = OLD.`dog_id`
                   ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
                  IF newest_tx > tx THEN
                    CALL `continuum_renumber`(newest_tx);
                    SET tx = @`continuum_c1fa1875_id`;
                  END IF;
                  IF newest_tx IS NULL THEN
                    INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                    SELECT c.`id`, c.`name`, 0, 0
                      FROM `article` AS c WHERE c.`id` = OLD.`dog_id` LOCK IN SHARE MODE;
                    SELECT COUNT(*) INTO deeper FROM `cat` AS c
                     WHERE c.`dog_id` = OLD.`dog_id`;
                    IF deeper THEN
                      SET level_tx = NULL, level_end = NULL;
                      SELECT `dog_version`.`transaction_id`, `dog_version`.`end_transaction_id`, `dog_version`.`operation_type` INTO level_tx, level_end, level_op
                        FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = OLD.`dog_id`
                       ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
                      IF NOT (level_tx IS NOT NULL AND level_end IS NULL) THEN
                        INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `end_transaction_id`, `operation_type`)
                        SELECT c.`dog_id`, c.`note`, COALESCE(level_end, 0), NULL, 0
                          FROM `cat` AS c WHERE c.`dog_id` = OLD.`dog_id` LOCK IN SHARE MODE;
                      END IF;
                    END IF;
                    INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                    SELECT c.`id`, c.`name`, tx, 1
                      FROM `article` AS c WHERE c.`id` = OLD.`dog_id` LOCK IN SHARE MODE;
                  ELSE
                    INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                    SELECT c.`id`, c.`name`, tx, IF(newest_op = 2, 0, 1)
                      FROM `article` AS c WHERE c.`id` = OLD.`dog_id` LOCK IN SHARE MODE;
                  END IF;
                END IF;
              END touch;
            END IF;
            SET newest_tx = NULL, newest_op = NULL, before_tx = NULL;
          END IF;
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
                  AND LOCATE('eb6de5286b1a76e8', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
              END IF;
              IF recording THEN
                IF tx IS NULL THEN
                  CALL `continuum_begin`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
              END IF;
            END IF;
            SELECT MAX(`dog_version`.`transaction_id`) INTO newest_tx FROM `archive`.`dog_version`
             WHERE `dog_version`.`dog_id` = NEW.`dog_id`;
            IF newest_tx IS NULL AND recording THEN
              INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
              VALUES (NEW.`dog_id`, NEW.`note`, tx, 0);
              LEAVE event;
            END IF;
            IF newest_tx IS NOT NULL THEN
              IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
                SET newest_tx = NULL;
                SELECT `dog_version`.`transaction_id`, `dog_version`.`operation_type` INTO newest_tx, newest_op
                  FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = NEW.`dog_id`
                 ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
              END IF;
            END IF;
            IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
              LEAVE event;
            END IF;
            IF newest_tx > tx THEN
              CALL `continuum_renumber`(newest_tx);
              SET tx = @`continuum_c1fa1875_id`;
            END IF;
            IF newest_tx IS NULL THEN
              INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
              VALUES (NEW.`dog_id`, NEW.`note`, tx, 0);
            ELSEIF newest_tx = tx THEN
              SELECT `dog_version`.`transaction_id`, `dog_version`.`operation_type` INTO before_tx, newest_op
                FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` < tx
               ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
              IF before_tx IS NOT NULL AND newest_op <> 2 THEN
                SELECT COUNT(*) INTO same FROM `archive`.`dog_version`
                 WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = before_tx
                   AND CAST(`dog_version`.`note` AS BINARY) <=> CAST(NEW.`note` AS BINARY)
                   FOR UPDATE;
                IF same THEN
                  DELETE FROM `archive`.`dog_version`
                   WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = tx;
                ELSE
                  UPDATE `archive`.`dog_version` SET `dog_version`.`note` = NEW.`note`, `dog_version`.`operation_type` = 1
                   WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = tx;
                END IF;
              ELSE
                UPDATE `archive`.`dog_version` SET `dog_version`.`note` = NEW.`note`, `dog_version`.`operation_type` = 0
                 WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = tx;
              END IF;
            ELSE
              IF newest_op = 2 THEN
                INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
                VALUES (NEW.`dog_id`, NEW.`note`, tx, 0);
              ELSE
                SELECT COUNT(*) INTO same FROM `archive`.`dog_version`
                 WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = newest_tx
                   AND CAST(`dog_version`.`note` AS BINARY) <=> CAST(NEW.`note` AS BINARY)
                   FOR UPDATE;
                IF NOT same THEN
                  INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
                  VALUES (NEW.`dog_id`, NEW.`note`, tx, 1);
                END IF;
              END IF;
            END IF;
          END event;
          IF tx IS NOT NULL THEN
            touch: BEGIN
              SELECT COUNT(*) INTO changed FROM `archive`.`dog_version`
               WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = tx;
              SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
               WHERE `article_version`.`id` = NEW.`dog_id`;
              IF newest_tx = tx THEN
                IF NOT changed THEN
                  SELECT (SELECT COUNT(*) FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = tx) INTO deeper;
                  IF deeper THEN
                    LEAVE touch;
                  END IF;
                  SELECT `article_version`.`operation_type` INTO newest_op
                    FROM `article_version` WHERE `article_version`.`id` = NEW.`dog_id` AND `article_version`.`transaction_id` = tx;
                  IF newest_op <> 1 THEN
                    LEAVE touch;
                  END IF;
                  SET before_tx = NULL;
                  SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO before_tx, newest_op
                    FROM `article_version` WHERE `article_version`.`id` = NEW.`dog_id` AND `article_version`.`transaction_id` < tx
                   ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
                  IF before_tx IS NOT NULL AND newest_op <> 2 THEN
                    SELECT COUNT(*) INTO same FROM `article_version`, `article` AS c
                     WHERE `article_version`.`id` = NEW.`dog_id` AND `article_version`.`transaction_id` = before_tx
                       AND c.`id` = NEW.`dog_id`
                       AND CAST(`article_version`.`name` AS BINARY) <=> CAST(c.`name` AS BINARY)
                       LOCK IN SHARE MODE;
                    IF same THEN
                      DELETE FROM `article_version`
                       WHERE `article_version`.`id` = NEW.`dog_id` AND `article_version`.`transaction_id` = tx;
                    END IF;
                  END IF;
                END IF;
              ELSEIF changed THEN
                SELECT COUNT(*) INTO same FROM `article` AS c
                 WHERE c.`id` = NEW.`dog_id` LOCK IN SHARE MODE;
                IF same = 0 THEN
                  LEAVE touch;
                END IF;
                SET newest_tx = NULL;
                SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_op
                  FROM `article_version` WHERE `article_version`.`id` = NEW.`dog_id`
                 ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
                IF newest_tx > tx THEN
                  CALL `continuum_renumber`(newest_tx);
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
                IF newest_tx IS NULL THEN
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                  SELECT c.`id`, c.`name`, 0, 0
                    FROM `article` AS c WHERE c.`id` = NEW.`dog_id` LOCK IN SHARE MODE;
                  SELECT COUNT(*) INTO deeper FROM `cat` AS c
                   WHERE c.`dog_id` = NEW.`dog_id`;
                  IF deeper THEN
                    SET level_tx = NULL, level_end = NULL;
                    SELECT `dog_version`.`transaction_id`, `dog_version`.`end_transaction_id`, `dog_version`.`operation_type` INTO level_tx, level_end, level_op
                      FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = NEW.`dog_id`
                     ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
                    IF NOT (level_tx IS NOT NULL AND level_end IS NULL) THEN
                      INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `end_transaction_id`, `operation_type`)
                      SELECT c.`dog_id`, c.`note`, COALESCE(level_end, 0), NULL, 0
                        FROM `cat` AS c WHERE c.`dog_id` = NEW.`dog_id` LOCK IN SHARE MODE;
                    END IF;
                  END IF;
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                  SELECT c.`id`, c.`name`, tx, 1
                    FROM `article` AS c WHERE c.`id` = NEW.`dog_id` LOCK IN SHARE MODE;
                ELSE
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                  SELECT c.`id`, c.`name`, tx, IF(newest_op = 2, 0, 1)
                    FROM `article` AS c WHERE c.`id` = NEW.`dog_id` LOCK IN SHARE MODE;
                END IF;
              END IF;
            END touch;
          END IF;
        END IF;
      ELSE
        SELECT COUNT(*) INTO same FROM `dog` AS c
         WHERE c.`dog_id` = NEW.`dog_id`
           AND CAST(c.`note` AS BINARY) <=> CAST(NEW.`note` AS BINARY);
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
                  AND LOCATE('eb6de5286b1a76e8', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
              END IF;
              IF recording THEN
                IF tx IS NULL THEN
                  CALL `continuum_begin`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
              END IF;
            END IF;
            SELECT MAX(`dog_version`.`transaction_id`) INTO newest_tx FROM `archive`.`dog_version`
             WHERE `dog_version`.`dog_id` = NEW.`dog_id`;
            IF newest_tx < tx AND recording THEN
              SELECT `dog_version`.`transaction_id`, `dog_version`.`operation_type`, CAST(`dog_version`.`note` AS BINARY) <=> CAST(OLD.`note` AS BINARY)
                INTO newest_tx, newest_op, same
                FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = OLD.`dog_id`
               ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
              IF newest_tx < tx AND same THEN
                INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
                VALUES (NEW.`dog_id`, NEW.`note`, tx, 1);
                LEAVE event;
              END IF;
            END IF;
            IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
              SET newest_tx = NULL;
              SELECT `dog_version`.`transaction_id`, `dog_version`.`operation_type` INTO newest_tx, newest_op
                FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = NEW.`dog_id`
               ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
            END IF;
            IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
              LEAVE event;
            END IF;
            IF newest_tx > tx THEN
              CALL `continuum_renumber`(newest_tx);
              SET tx = @`continuum_c1fa1875_id`;
            END IF;
            IF newest_tx IS NULL THEN
              INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
              VALUES (OLD.`dog_id`, OLD.`note`, 0, 0);
              INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
              VALUES (NEW.`dog_id`, NEW.`note`, tx, 1);
            ELSEIF newest_tx = tx THEN
              SELECT `dog_version`.`transaction_id`, `dog_version`.`operation_type` INTO before_tx, newest_op
                FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` < tx
               ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
              IF before_tx IS NOT NULL AND newest_op <> 2 THEN
                SELECT COUNT(*) INTO same FROM `archive`.`dog_version`
                 WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = before_tx
                   AND CAST(`dog_version`.`note` AS BINARY) <=> CAST(NEW.`note` AS BINARY)
                   FOR UPDATE;
                IF same THEN
                  DELETE FROM `archive`.`dog_version`
                   WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = tx;
                ELSE
                  UPDATE `archive`.`dog_version` SET `dog_version`.`note` = NEW.`note`, `dog_version`.`operation_type` = 1
                   WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = tx;
                END IF;
              ELSE
                UPDATE `archive`.`dog_version` SET `dog_version`.`note` = NEW.`note`, `dog_version`.`operation_type` = 0
                 WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = tx;
              END IF;
            ELSE
              SELECT COUNT(*) INTO same FROM `archive`.`dog_version`
               WHERE `dog_version`.`dog_id` = OLD.`dog_id` AND `dog_version`.`transaction_id` = newest_tx
                 AND CAST(`dog_version`.`note` AS BINARY) <=> CAST(OLD.`note` AS BINARY)
                 FOR UPDATE;
              IF NOT same THEN
                SELECT MAX(l.`id`) INTO before_tx FROM `transaction` AS l
                 WHERE l.`id` < tx AND l.`id` > newest_tx;
                IF before_tx IS NOT NULL THEN
                  INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
                  VALUES (OLD.`dog_id`, OLD.`note`, before_tx, 0);
                END IF;
              END IF;
              INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
              VALUES (NEW.`dog_id`, NEW.`note`, tx, 1);
            END IF;
          END event;
          IF tx IS NOT NULL THEN
            touch: BEGIN
              SELECT COUNT(*) INTO changed FROM `archive`.`dog_version`
               WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = tx;
              SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
               WHERE `article_version`.`id` = NEW.`dog_id`;
              IF newest_tx = tx THEN
                IF NOT changed THEN
                  SELECT (SELECT COUNT(*) FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = NEW.`dog_id` AND `dog_version`.`transaction_id` = tx) INTO deeper;
                  IF deeper THEN
                    LEAVE touch;
                  END IF;
                  SELECT `article_version`.`operation_type` INTO newest_op
                    FROM `article_version` WHERE `article_version`.`id` = NEW.`dog_id` AND `article_version`.`transaction_id` = tx;
                  IF newest_op <> 1 THEN
                    LEAVE touch;
                  END IF;
                  SET before_tx = NULL;
                  SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO before_tx, newest_op
                    FROM `article_version` WHERE `article_version`.`id` = NEW.`dog_id` AND `article_version`.`transaction_id` < tx
                   ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
                  IF before_tx IS NOT NULL AND newest_op <> 2 THEN
                    SELECT COUNT(*) INTO same FROM `article_version`, `article` AS c
                     WHERE `article_version`.`id` = NEW.`dog_id` AND `article_version`.`transaction_id` = before_tx
                       AND c.`id` = NEW.`dog_id`
                       AND CAST(`article_version`.`name` AS BINARY) <=> CAST(c.`name` AS BINARY)
                       LOCK IN SHARE MODE;
                    IF same THEN
                      DELETE FROM `article_version`
                       WHERE `article_version`.`id` = NEW.`dog_id` AND `article_version`.`transaction_id` = tx;
                    END IF;
                  END IF;
                END IF;
              ELSEIF changed THEN
                SELECT COUNT(*) INTO same FROM `article` AS c
                 WHERE c.`id` = NEW.`dog_id` LOCK IN SHARE MODE;
                IF same = 0 THEN
                  LEAVE touch;
                END IF;
                SET newest_tx = NULL;
                SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_op
                  FROM `article_version` WHERE `article_version`.`id` = NEW.`dog_id`
                 ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
                IF newest_tx > tx THEN
                  CALL `continuum_renumber`(newest_tx);
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
                IF newest_tx IS NULL THEN
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                  SELECT c.`id`, c.`name`, 0, 0
                    FROM `article` AS c WHERE c.`id` = NEW.`dog_id` LOCK IN SHARE MODE;
                  SELECT COUNT(*) INTO deeper FROM `cat` AS c
                   WHERE c.`dog_id` = NEW.`dog_id`;
                  IF deeper THEN
                    SET level_tx = NULL, level_end = NULL;
                    SELECT `dog_version`.`transaction_id`, `dog_version`.`end_transaction_id`, `dog_version`.`operation_type` INTO level_tx, level_end, level_op
                      FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = NEW.`dog_id`
                     ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
                    IF NOT (level_tx IS NOT NULL AND level_end IS NULL) THEN
                      INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `end_transaction_id`, `operation_type`)
                      SELECT c.`dog_id`, c.`note`, COALESCE(level_end, 0), NULL, 0
                        FROM `cat` AS c WHERE c.`dog_id` = NEW.`dog_id` LOCK IN SHARE MODE;
                    END IF;
                  END IF;
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                  SELECT c.`id`, c.`name`, tx, 1
                    FROM `article` AS c WHERE c.`id` = NEW.`dog_id` LOCK IN SHARE MODE;
                ELSE
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                  SELECT c.`id`, c.`name`, tx, IF(newest_op = 2, 0, 1)
                    FROM `article` AS c WHERE c.`id` = NEW.`dog_id` LOCK IN SHARE MODE;
                END IF;
              END IF;
            END touch;
          END IF;
        END IF;
      END IF;
    END altered;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "update", "name": "continuum_update_dog", "fingerprint": "f2fdd603b2e9d386f786", "schema": "shop", "log": ["shop", "transaction"], "table": "dog", "version_table": ["archive", "dog_version"], "transaction": "transaction_id", "end": null, "key": ["dog_id"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_delete_dog` AFTER DELETE ON `shop`.`dog` FOR EACH ROW
BEGIN
  DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
  DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE newest_tx BIGINT;
  DECLARE changed BIGINT;
  DECLARE deeper, level_tx, level_end, level_op BIGINT;
  DECLARE same, newest_op, before_tx BIGINT;
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
          AND LOCATE('eb6de5286b1a76e8', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
      END IF;
      IF recording THEN
        IF tx IS NULL THEN
          CALL `continuum_begin`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
      END IF;
    END IF;
    SELECT MAX(`dog_version`.`transaction_id`) INTO newest_tx FROM `archive`.`dog_version`
     WHERE `dog_version`.`dog_id` = OLD.`dog_id`;
    IF newest_tx < tx AND recording THEN
      SELECT `dog_version`.`transaction_id`, `dog_version`.`operation_type`, CAST(`dog_version`.`note` AS BINARY) <=> CAST(OLD.`note` AS BINARY)
        INTO newest_tx, newest_op, same
        FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = OLD.`dog_id`
       ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
      IF newest_tx < tx AND same AND newest_op <> 2 THEN
        INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
        VALUES (OLD.`dog_id`, OLD.`note`, tx, 2);
        LEAVE event;
      END IF;
    END IF;
    IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
      SET newest_tx = NULL;
      SELECT `dog_version`.`transaction_id`, `dog_version`.`operation_type` INTO newest_tx, newest_op
        FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = OLD.`dog_id`
       ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
    END IF;
    IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
      LEAVE event;
    END IF;
    IF newest_tx > tx THEN
      CALL `continuum_renumber`(newest_tx);
      SET tx = @`continuum_c1fa1875_id`;
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
      VALUES (OLD.`dog_id`, OLD.`note`, 0, 0);
      INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
      VALUES (OLD.`dog_id`, OLD.`note`, tx, 2);
    ELSEIF newest_tx = tx THEN
      SELECT `dog_version`.`transaction_id`, `dog_version`.`operation_type` INTO before_tx, newest_op
        FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = OLD.`dog_id` AND `dog_version`.`transaction_id` < tx
       ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
      IF before_tx IS NOT NULL AND newest_op <> 2 THEN
        UPDATE `archive`.`dog_version` SET `dog_version`.`note` = OLD.`note`, `dog_version`.`operation_type` = 2
         WHERE `dog_version`.`dog_id` = OLD.`dog_id` AND `dog_version`.`transaction_id` = tx;
      ELSE
        DELETE FROM `archive`.`dog_version`
         WHERE `dog_version`.`dog_id` = OLD.`dog_id` AND `dog_version`.`transaction_id` = tx;
      END IF;
    ELSEIF newest_op <> 2 THEN
      SELECT COUNT(*) INTO same FROM `archive`.`dog_version`
       WHERE `dog_version`.`dog_id` = OLD.`dog_id` AND `dog_version`.`transaction_id` = newest_tx
         AND CAST(`dog_version`.`note` AS BINARY) <=> CAST(OLD.`note` AS BINARY)
         FOR UPDATE;
      IF NOT same THEN
        SELECT MAX(l.`id`) INTO before_tx FROM `transaction` AS l
         WHERE l.`id` < tx AND l.`id` > newest_tx;
        IF before_tx IS NOT NULL THEN
          INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
          VALUES (OLD.`dog_id`, OLD.`note`, before_tx, 0);
        END IF;
      END IF;
      INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `operation_type`)
      VALUES (OLD.`dog_id`, OLD.`note`, tx, 2);
    END IF;
  END event;
  IF tx IS NOT NULL THEN
    touch: BEGIN
      SELECT COUNT(*) INTO changed FROM `archive`.`dog_version`
       WHERE `dog_version`.`dog_id` = OLD.`dog_id` AND `dog_version`.`transaction_id` = tx;
      SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
       WHERE `article_version`.`id` = OLD.`dog_id`;
      IF newest_tx = tx THEN
        IF NOT changed THEN
          SELECT (SELECT COUNT(*) FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = OLD.`dog_id` AND `dog_version`.`transaction_id` = tx) INTO deeper;
          IF deeper THEN
            LEAVE touch;
          END IF;
          SELECT `article_version`.`operation_type` INTO newest_op
            FROM `article_version` WHERE `article_version`.`id` = OLD.`dog_id` AND `article_version`.`transaction_id` = tx;
          IF newest_op <> 1 THEN
            LEAVE touch;
          END IF;
          SET before_tx = NULL;
          SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO before_tx, newest_op
            FROM `article_version` WHERE `article_version`.`id` = OLD.`dog_id` AND `article_version`.`transaction_id` < tx
           ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
          IF before_tx IS NOT NULL AND newest_op <> 2 THEN
            SELECT COUNT(*) INTO same FROM `article_version`, `article` AS c
             WHERE `article_version`.`id` = OLD.`dog_id` AND `article_version`.`transaction_id` = before_tx
               AND c.`id` = OLD.`dog_id`
               AND CAST(`article_version`.`name` AS BINARY) <=> CAST(c.`name` AS BINARY)
               LOCK IN SHARE MODE;
            IF same THEN
              DELETE FROM `article_version`
               WHERE `article_version`.`id` = OLD.`dog_id` AND `article_version`.`transaction_id` = tx;
            END IF;
          END IF;
        END IF;
      ELSEIF changed THEN
        SELECT COUNT(*) INTO same FROM `article` AS c
         WHERE c.`id` = OLD.`dog_id` LOCK IN SHARE MODE;
        IF same = 0 THEN
          LEAVE touch;
        END IF;
        SET newest_tx = NULL;
        SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_op
          FROM `article_version` WHERE `article_version`.`id` = OLD.`dog_id`
         ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
        IF newest_tx > tx THEN
          CALL `continuum_renumber`(newest_tx);
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
        IF newest_tx IS NULL THEN
          INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
          SELECT c.`id`, c.`name`, 0, 0
            FROM `article` AS c WHERE c.`id` = OLD.`dog_id` LOCK IN SHARE MODE;
          SELECT COUNT(*) INTO deeper FROM `cat` AS c
           WHERE c.`dog_id` = OLD.`dog_id`;
          IF deeper THEN
            SET level_tx = NULL, level_end = NULL;
            SELECT `dog_version`.`transaction_id`, `dog_version`.`end_transaction_id`, `dog_version`.`operation_type` INTO level_tx, level_end, level_op
              FROM `archive`.`dog_version` WHERE `dog_version`.`dog_id` = OLD.`dog_id`
             ORDER BY `dog_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
            IF NOT (level_tx IS NOT NULL AND level_end IS NULL) THEN
              INSERT INTO `archive`.`dog_version` (`dog_id`, `note`, `transaction_id`, `end_transaction_id`, `operation_type`)
              SELECT c.`dog_id`, c.`note`, COALESCE(level_end, 0), NULL, 0
                FROM `cat` AS c WHERE c.`dog_id` = OLD.`dog_id` LOCK IN SHARE MODE;
            END IF;
          END IF;
          INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
          SELECT c.`id`, c.`name`, tx, 1
            FROM `article` AS c WHERE c.`id` = OLD.`dog_id` LOCK IN SHARE MODE;
        ELSE
          INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
          SELECT c.`id`, c.`name`, tx, IF(newest_op = 2, 0, 1)
            FROM `article` AS c WHERE c.`id` = OLD.`dog_id` LOCK IN SHARE MODE;
        END IF;
      END IF;
    END touch;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "delete", "name": "continuum_delete_dog", "fingerprint": "f2fdd603b2e9d386f786", "schema": "shop", "log": ["shop", "transaction"], "table": "dog", "version_table": ["archive", "dog_version"], "transaction": "transaction_id", "end": null, "key": ["dog_id"]}';
  END made;
END;

