SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_before_article` BEFORE INSERT ON `shop`.`article` FOR EACH ROW
BEGIN
  SET @`continuum_c1fa1875_3b00b7e1f3d0853d_generated` = NEW.`id` IS NULL OR NEW.`id` = 0;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "before", "name": "continuum_before_article", "fingerprint": "3cbb32721aa4a0667947", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": "end_transaction_id", "key": ["id"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_insert_article` AFTER INSERT ON `shop`.`article` FOR EACH ROW
BEGIN
  DECLARE listed, listed_before BOOLEAN DEFAULT TRUE;
  DECLARE present, wanted BOOLEAN;
  DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
  DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE newest_tx BIGINT;
  DECLARE same, newest_op, before_tx, newest_end BIGINT;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  event: BEGIN
    IF @`continuum_c1fa1875_3b00b7e1f3d0853d_generated` AND NEW.`id` <> 0 THEN
      SET listed = (NEW.`name` != _utf8mb4 X'69742773205c206472616674') IS TRUE;
      IF listed THEN
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
              AND LOCATE('3b00b7e1f3d0853d', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
          END IF;
          IF recording THEN
            IF tx IS NULL THEN
              CALL `continuum_begin`();
              SET tx = @`continuum_c1fa1875_id`;
            END IF;
          END IF;
        END IF;
        IF recording THEN
          INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
          VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0);
        END IF;
      END IF;
      LEAVE event;
    END IF;
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
        AND LOCATE('3b00b7e1f3d0853d', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
    END IF;
    SET listed = (NEW.`name` != _utf8mb4 X'69742773205c206472616674') IS TRUE;
    SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
     WHERE `article_version`.`id` = NEW.`id`;
    IF newest_tx IS NOT NULL THEN
      IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
        SET newest_tx = NULL;
        SELECT `article_version`.`transaction_id`, `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_end, newest_op
          FROM `article_version` WHERE `article_version`.`id` = NEW.`id`
         ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
      END IF;
    END IF;
    SET present = newest_tx IS NOT NULL AND newest_op <> 2 AND (newest_end IS NULL OR newest_end <=> tx);
    SET wanted = listed AND IF(present, TRUE, TRUE);
    IF (NOT recording OR NOT wanted) AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
      SELECT COUNT(*) INTO same FROM `article_version`
       WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
         AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
         FOR UPDATE;
      IF same AND recording AND newest_op <> 2 AND newest_end = tx THEN
        UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
        LEAVE event;
      END IF;
      IF newest_tx IS NOT NULL AND newest_end IS NULL AND newest_op <> 2 AND same = 0 THEN
        IF tx IS NULL THEN
          CALL `continuum_begin`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
        IF newest_tx > tx OR newest_end > tx THEN
          CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
        UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
        SET @`continuum_c1fa1875_gaps` = 1;
      END IF;
      LEAVE event;
    END IF;
    IF tx IS NULL THEN
      CALL `continuum_begin`();
      SET tx = @`continuum_c1fa1875_id`;
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
          DELETE FROM `article_version`
           WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
          UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
           WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx AND `article_version`.`end_transaction_id` = tx;
        ELSEIF listed AND TRUE THEN
          UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 1
           WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
        ELSE
          DELETE FROM `article_version`
           WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
          SET @`continuum_c1fa1875_gaps` = 1;
        END IF;
      ELSE
        IF listed AND TRUE THEN
          UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 0
           WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
        ELSE
          DELETE FROM `article_version`
           WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
          UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
           WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx AND `article_version`.`end_transaction_id` = tx;
        END IF;
      END IF;
    ELSEIF newest_end IS NULL THEN
      IF newest_op = 2 THEN
        UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
        INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
        VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0);
      ELSE
        SELECT COUNT(*) INTO same FROM `article_version`
         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
           AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
           FOR UPDATE;
        IF NOT same THEN
          UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
           WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
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
      IF same AND recording AND newest_op <> 2 AND newest_end = tx THEN
        UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
        LEAVE event;
      END IF;
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
    END IF;
  END event;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "insert", "name": "continuum_insert_article", "fingerprint": "3cbb32721aa4a0667947", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": "end_transaction_id", "key": ["id"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_update_article` AFTER UPDATE ON `shop`.`article` FOR EACH ROW
BEGIN
  IF NOT (OLD.`id` <=> NEW.`id` AND CAST(OLD.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)) THEN
    altered: BEGIN
      DECLARE listed, listed_before BOOLEAN DEFAULT TRUE;
      DECLARE present, wanted BOOLEAN;
      DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
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
                  AND LOCATE('3b00b7e1f3d0853d', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
              END IF;
              SET listed = (OLD.`name` != _utf8mb4 X'69742773205c206472616674') IS TRUE;
              SET listed_before = (OLD.`name` != _utf8mb4 X'69742773205c206472616674') IS TRUE;
              SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
               WHERE `article_version`.`id` = OLD.`id`;
              IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
                SET newest_tx = NULL;
                SELECT `article_version`.`transaction_id`, `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_end, newest_op
                  FROM `article_version` WHERE `article_version`.`id` = OLD.`id`
                 ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
              END IF;
              SET present = newest_tx IS NOT NULL AND newest_op <> 2 AND (newest_end IS NULL OR newest_end <=> tx);
              SET wanted = listed AND FALSE AND (present OR listed_before);
              IF (NOT recording OR NOT wanted) AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
                IF newest_tx IS NOT NULL AND newest_end IS NULL AND newest_op <> 2 THEN
                  IF tx IS NULL THEN
                    CALL `continuum_begin`();
                    SET tx = @`continuum_c1fa1875_id`;
                  END IF;
                  IF newest_tx > tx OR newest_end > tx THEN
                    CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
                    SET tx = @`continuum_c1fa1875_id`;
                  END IF;
                  UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                   WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx;
                  SET @`continuum_c1fa1875_gaps` = 1;
                END IF;
                LEAVE event;
              END IF;
              IF tx IS NULL THEN
                CALL `continuum_begin`();
                SET tx = @`continuum_c1fa1875_id`;
              END IF;
              IF newest_tx > tx OR newest_end > tx THEN
                CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
                SET tx = @`continuum_c1fa1875_id`;
              END IF;
              IF newest_tx = tx THEN
                SELECT MAX(`article_version`.`transaction_id`) INTO before_tx FROM `article_version`
                 WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` < tx;
                IF before_tx IS NOT NULL THEN
                  SELECT `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_end, newest_op
                    FROM `article_version` WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = before_tx;
                END IF;
                IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
                  IF listed AND FALSE THEN
                    UPDATE `article_version` SET `article_version`.`name` = OLD.`name`, `article_version`.`operation_type` = 2
                     WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
                  ELSE
                    DELETE FROM `article_version`
                     WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
                    SET @`continuum_c1fa1875_gaps` = 1;
                  END IF;
                ELSE
                  DELETE FROM `article_version`
                   WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
                  UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                   WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = before_tx AND `article_version`.`end_transaction_id` = tx;
                END IF;
              ELSEIF newest_tx IS NULL THEN
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (OLD.`id`, OLD.`name`, 0, tx, 0);
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2);
              ELSEIF newest_end IS NOT NULL THEN
                IF newest_end < tx THEN
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                  VALUES (OLD.`id`, OLD.`name`, newest_end, tx, 0);
                END IF;
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2);
              ELSEIF newest_op <> 2 THEN
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                 WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx;
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2);
              END IF;
            END event;
            SET newest_tx = NULL, newest_op = NULL, before_tx = NULL, newest_end = NULL;
          END IF;
          event: BEGIN
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
                AND LOCATE('3b00b7e1f3d0853d', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
            END IF;
            SET listed = (NEW.`name` != _utf8mb4 X'69742773205c206472616674') IS TRUE;
            SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
             WHERE `article_version`.`id` = NEW.`id`;
            IF newest_tx IS NOT NULL THEN
              IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
                SET newest_tx = NULL;
                SELECT `article_version`.`transaction_id`, `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_end, newest_op
                  FROM `article_version` WHERE `article_version`.`id` = NEW.`id`
                 ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
              END IF;
            END IF;
            SET present = newest_tx IS NOT NULL AND newest_op <> 2 AND (newest_end IS NULL OR newest_end <=> tx);
            SET wanted = listed AND IF(present, TRUE, TRUE);
            IF (NOT recording OR NOT wanted) AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
              SELECT COUNT(*) INTO same FROM `article_version`
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                 AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                 FOR UPDATE;
              IF same AND recording AND newest_op <> 2 AND newest_end = tx THEN
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                LEAVE event;
              END IF;
              IF newest_tx IS NOT NULL AND newest_end IS NULL AND newest_op <> 2 AND same = 0 THEN
                IF tx IS NULL THEN
                  CALL `continuum_begin`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
                IF newest_tx > tx OR newest_end > tx THEN
                  CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                SET @`continuum_c1fa1875_gaps` = 1;
              END IF;
              LEAVE event;
            END IF;
            IF tx IS NULL THEN
              CALL `continuum_begin`();
              SET tx = @`continuum_c1fa1875_id`;
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
                  DELETE FROM `article_version`
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                  UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx AND `article_version`.`end_transaction_id` = tx;
                ELSEIF listed AND TRUE THEN
                  UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 1
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                ELSE
                  DELETE FROM `article_version`
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                  SET @`continuum_c1fa1875_gaps` = 1;
                END IF;
              ELSE
                IF listed AND TRUE THEN
                  UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 0
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                ELSE
                  DELETE FROM `article_version`
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                  UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx AND `article_version`.`end_transaction_id` = tx;
                END IF;
              END IF;
            ELSEIF newest_end IS NULL THEN
              IF newest_op = 2 THEN
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0);
              ELSE
                SELECT COUNT(*) INTO same FROM `article_version`
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                   AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                   FOR UPDATE;
                IF NOT same THEN
                  UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
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
              IF same AND recording AND newest_op <> 2 AND newest_end = tx THEN
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                LEAVE event;
              END IF;
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
            END IF;
          END event;
        END IF;
      ELSE
        SELECT COUNT(*) INTO same FROM `article` AS c
         WHERE c.`id` = NEW.`id`
           AND CAST(c.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY);
        IF same THEN
          event: BEGIN
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
                AND LOCATE('3b00b7e1f3d0853d', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
            END IF;
            SET listed = (NEW.`name` != _utf8mb4 X'69742773205c206472616674') IS TRUE;
            SET listed_before = (OLD.`name` != _utf8mb4 X'69742773205c206472616674') IS TRUE;
            SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
             WHERE `article_version`.`id` = NEW.`id`;
            IF listed AND newest_tx IS NOT NULL AND recording THEN
              IF tx IS NULL THEN
                CALL `continuum_begin`();
                SET tx = @`continuum_c1fa1875_id`;
              END IF;
              IF newest_tx < tx AND recording THEN
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                   AND `article_version`.`end_transaction_id` IS NULL AND `article_version`.`operation_type` <> 2;
                IF ROW_COUNT() = 1 THEN
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                  VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
                  LEAVE event;
                END IF;
              END IF;
            END IF;
            IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
              SET newest_tx = NULL;
              SELECT `article_version`.`transaction_id`, `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_end, newest_op
                FROM `article_version` WHERE `article_version`.`id` = NEW.`id`
               ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
            END IF;
            SET present = newest_tx IS NOT NULL AND newest_op <> 2 AND (newest_end IS NULL OR newest_end <=> tx);
            SET wanted = listed AND IF(present OR listed_before, TRUE, TRUE);
            IF (NOT recording OR NOT wanted) AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
              SELECT COUNT(*) INTO same FROM `article_version`
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                 AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                 FOR UPDATE;
              IF same AND recording AND newest_op <> 2 AND newest_end = tx THEN
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                LEAVE event;
              END IF;
              IF newest_tx IS NOT NULL AND newest_end IS NULL AND newest_op <> 2 THEN
                IF tx IS NULL THEN
                  CALL `continuum_begin`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
                IF newest_tx > tx OR newest_end > tx THEN
                  CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                SET @`continuum_c1fa1875_gaps` = 1;
              END IF;
              LEAVE event;
            END IF;
            IF tx IS NULL THEN
              CALL `continuum_begin`();
              SET tx = @`continuum_c1fa1875_id`;
            END IF;
            IF newest_tx > tx OR newest_end > tx THEN
              CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
              SET tx = @`continuum_c1fa1875_id`;
            END IF;
            IF newest_tx = tx THEN
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
                  DELETE FROM `article_version`
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                  UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx AND `article_version`.`end_transaction_id` = tx;
                ELSEIF listed AND TRUE THEN
                  UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 1
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                ELSE
                  DELETE FROM `article_version`
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                  SET @`continuum_c1fa1875_gaps` = 1;
                END IF;
              ELSE
                IF listed AND TRUE THEN
                  UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 0
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                ELSE
                  DELETE FROM `article_version`
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                  UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx AND `article_version`.`end_transaction_id` = tx;
                END IF;
              END IF;
            ELSEIF newest_end IS NULL AND newest_op = 2 THEN
              UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0);
            ELSEIF newest_tx IS NULL OR newest_end < tx THEN
              IF NOT listed_before THEN
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0);
              ELSEIF newest_tx IS NULL THEN
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (OLD.`id`, OLD.`name`, 0, tx, 0);
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
              ELSE
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (OLD.`id`, OLD.`name`, newest_end, tx, 0);
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
                VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
              END IF;
            ELSEIF newest_end IS NULL THEN
              UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
            ELSE
              SELECT COUNT(*) INTO same FROM `article_version`
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                 AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                 FOR UPDATE;
              IF same AND recording AND newest_op <> 2 AND newest_end = tx THEN
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                LEAVE event;
              END IF;
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
              VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1);
            END IF;
          END event;
        END IF;
      END IF;
    END altered;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "update", "name": "continuum_update_article", "fingerprint": "3cbb32721aa4a0667947", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": "end_transaction_id", "key": ["id"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_delete_article` AFTER DELETE ON `shop`.`article` FOR EACH ROW
BEGIN
  DECLARE listed, listed_before BOOLEAN DEFAULT TRUE;
  DECLARE present, wanted BOOLEAN;
  DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
  DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE newest_tx BIGINT;
  DECLARE same, newest_op, before_tx, newest_end BIGINT;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  event: BEGIN
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
        AND LOCATE('3b00b7e1f3d0853d', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
    END IF;
    SET listed = (OLD.`name` != _utf8mb4 X'69742773205c206472616674') IS TRUE;
    SET listed_before = (OLD.`name` != _utf8mb4 X'69742773205c206472616674') IS TRUE;
    SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
     WHERE `article_version`.`id` = OLD.`id`;
    IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
      SET newest_tx = NULL;
      SELECT `article_version`.`transaction_id`, `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_end, newest_op
        FROM `article_version` WHERE `article_version`.`id` = OLD.`id`
       ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
    END IF;
    SET present = newest_tx IS NOT NULL AND newest_op <> 2 AND (newest_end IS NULL OR newest_end <=> tx);
    SET wanted = listed AND FALSE AND (present OR listed_before);
    IF (NOT recording OR NOT wanted) AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL AND newest_op <> 2 THEN
        IF tx IS NULL THEN
          CALL `continuum_begin`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
        IF newest_tx > tx OR newest_end > tx THEN
          CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
        UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
         WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx;
        SET @`continuum_c1fa1875_gaps` = 1;
      END IF;
      LEAVE event;
    END IF;
    IF tx IS NULL THEN
      CALL `continuum_begin`();
      SET tx = @`continuum_c1fa1875_id`;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
      SET tx = @`continuum_c1fa1875_id`;
    END IF;
    IF newest_tx = tx THEN
      SELECT MAX(`article_version`.`transaction_id`) INTO before_tx FROM `article_version`
       WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` < tx;
      IF before_tx IS NOT NULL THEN
        SELECT `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_end, newest_op
          FROM `article_version` WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = before_tx;
      END IF;
      IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
        IF listed AND FALSE THEN
          UPDATE `article_version` SET `article_version`.`name` = OLD.`name`, `article_version`.`operation_type` = 2
           WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
        ELSE
          DELETE FROM `article_version`
           WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
          SET @`continuum_c1fa1875_gaps` = 1;
        END IF;
      ELSE
        DELETE FROM `article_version`
         WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
        UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
         WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = before_tx AND `article_version`.`end_transaction_id` = tx;
      END IF;
    ELSEIF newest_tx IS NULL THEN
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (OLD.`id`, OLD.`name`, 0, tx, 0);
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2);
    ELSEIF newest_end IS NOT NULL THEN
      IF newest_end < tx THEN
        INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
        VALUES (OLD.`id`, OLD.`name`, newest_end, tx, 0);
      END IF;
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2);
    ELSEIF newest_op <> 2 THEN
      UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
       WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx;
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`)
      VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2);
    END IF;
  END event;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "delete", "name": "continuum_delete_article", "fingerprint": "3cbb32721aa4a0667947", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": "end_transaction_id", "key": ["id"]}';
  END made;
END;

