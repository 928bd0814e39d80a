SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_before_article` BEFORE INSERT ON `shop`.`article` FOR EACH ROW
BEGIN
  SET @`continuum_c1fa1875_3b00b7e1f3d0853d_generated` = NEW.`id` IS NULL OR NEW.`id` = 0;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "before", "name": "continuum_before_article", "fingerprint": "f152cd5f756e4d7a0d9e", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": null, "key": ["id"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_insert_article` AFTER INSERT ON `shop`.`article` FOR EACH ROW
BEGIN
  DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
  DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE newest_tx BIGINT;
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
        INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
        VALUES (NEW.`id`, NEW.`name`, tx, 0);
      END IF;
      LEAVE event;
    END IF;
    SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
     WHERE `article_version`.`id` = NEW.`id`;
    IF newest_tx IS NULL AND recording THEN
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
      VALUES (NEW.`id`, NEW.`name`, tx, 0);
      LEAVE event;
    END IF;
    IF newest_tx IS NOT NULL THEN
      IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
        SET newest_tx = NULL;
        SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_op
          FROM `article_version` WHERE `article_version`.`id` = NEW.`id`
         ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
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
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
      VALUES (NEW.`id`, NEW.`name`, tx, 0);
    ELSEIF newest_tx = tx THEN
      SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO before_tx, newest_op
        FROM `article_version` WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` < tx
       ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
      IF before_tx IS NOT NULL AND newest_op <> 2 THEN
        SELECT COUNT(*) INTO same FROM `article_version`
         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx
           AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
           FOR UPDATE;
        IF same THEN
          DELETE FROM `article_version`
           WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
        ELSE
          UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 1
           WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
        END IF;
      ELSE
        UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 0
         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
      END IF;
    ELSE
      IF newest_op = 2 THEN
        INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
        VALUES (NEW.`id`, NEW.`name`, tx, 0);
      ELSE
        SELECT COUNT(*) INTO same FROM `article_version`
         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
           AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
           FOR UPDATE;
        IF NOT same THEN
          INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
          VALUES (NEW.`id`, NEW.`name`, tx, 1);
        END IF;
      END IF;
    END IF;
  END event;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "insert", "name": "continuum_insert_article", "fingerprint": "f152cd5f756e4d7a0d9e", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": null, "key": ["id"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_update_article` AFTER UPDATE ON `shop`.`article` FOR EACH ROW
BEGIN
  IF NOT (OLD.`id` <=> NEW.`id` AND CAST(OLD.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)) THEN
    altered: BEGIN
      DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
      DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
      DECLARE newest_tx BIGINT;
      DECLARE same, newest_op, before_tx BIGINT;
      DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
      IF NOT (OLD.`id` <=> NEW.`id`) THEN
        SELECT COUNT(*) INTO same FROM `article` AS c
         WHERE c.`id` = OLD.`id`;
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
                SELECT `article_version`.`transaction_id`, `article_version`.`operation_type`, CAST(`article_version`.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)
                  INTO newest_tx, newest_op, same
                  FROM `article_version` WHERE `article_version`.`id` = OLD.`id`
                 ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
                IF newest_tx < tx AND same AND newest_op <> 2 THEN
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                  VALUES (OLD.`id`, OLD.`name`, tx, 2);
                  LEAVE event;
                END IF;
              END IF;
              IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
                SET newest_tx = NULL;
                SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_op
                  FROM `article_version` WHERE `article_version`.`id` = OLD.`id`
                 ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
              END IF;
              IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
                LEAVE event;
              END IF;
              IF newest_tx > tx THEN
                CALL `continuum_renumber`(newest_tx);
                SET tx = @`continuum_c1fa1875_id`;
              END IF;
              IF newest_tx IS NULL THEN
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                VALUES (OLD.`id`, OLD.`name`, 0, 0);
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                VALUES (OLD.`id`, OLD.`name`, tx, 2);
              ELSEIF newest_tx = tx THEN
                SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO before_tx, newest_op
                  FROM `article_version` WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` < tx
                 ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
                IF before_tx IS NOT NULL AND newest_op <> 2 THEN
                  UPDATE `article_version` SET `article_version`.`name` = OLD.`name`, `article_version`.`operation_type` = 2
                   WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
                ELSE
                  DELETE FROM `article_version`
                   WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
                END IF;
              ELSEIF newest_op <> 2 THEN
                SELECT COUNT(*) INTO same FROM `article_version`
                 WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx
                   AND CAST(`article_version`.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)
                   FOR UPDATE;
                IF NOT same THEN
                  SELECT MAX(l.`id`) INTO before_tx FROM `transaction` AS l
                   WHERE l.`id` < tx AND l.`id` > newest_tx;
                  IF before_tx IS NOT NULL THEN
                    INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                    VALUES (OLD.`id`, OLD.`name`, before_tx, 0);
                  END IF;
                END IF;
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                VALUES (OLD.`id`, OLD.`name`, tx, 2);
              END IF;
            END event;
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
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
              VALUES (NEW.`id`, NEW.`name`, tx, 0);
              LEAVE event;
            END IF;
            IF newest_tx IS NOT NULL THEN
              IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
                SET newest_tx = NULL;
                SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_op
                  FROM `article_version` WHERE `article_version`.`id` = NEW.`id`
                 ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
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
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
              VALUES (NEW.`id`, NEW.`name`, tx, 0);
            ELSEIF newest_tx = tx THEN
              SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO before_tx, newest_op
                FROM `article_version` WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` < tx
               ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
              IF before_tx IS NOT NULL AND newest_op <> 2 THEN
                SELECT COUNT(*) INTO same FROM `article_version`
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx
                   AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                   FOR UPDATE;
                IF same THEN
                  DELETE FROM `article_version`
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                ELSE
                  UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 1
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                END IF;
              ELSE
                UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 0
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
              END IF;
            ELSE
              IF newest_op = 2 THEN
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                VALUES (NEW.`id`, NEW.`name`, tx, 0);
              ELSE
                SELECT COUNT(*) INTO same FROM `article_version`
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                   AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                   FOR UPDATE;
                IF NOT same THEN
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                  VALUES (NEW.`id`, NEW.`name`, tx, 1);
                END IF;
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
            SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
             WHERE `article_version`.`id` = NEW.`id`;
            IF newest_tx < tx AND recording THEN
              SELECT `article_version`.`transaction_id`, `article_version`.`operation_type`, CAST(`article_version`.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)
                INTO newest_tx, newest_op, same
                FROM `article_version` WHERE `article_version`.`id` = OLD.`id`
               ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
              IF newest_tx < tx AND same THEN
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                VALUES (NEW.`id`, NEW.`name`, tx, 1);
                LEAVE event;
              END IF;
            END IF;
            IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
              SET newest_tx = NULL;
              SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_op
                FROM `article_version` WHERE `article_version`.`id` = NEW.`id`
               ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
            END IF;
            IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
              LEAVE event;
            END IF;
            IF newest_tx > tx THEN
              CALL `continuum_renumber`(newest_tx);
              SET tx = @`continuum_c1fa1875_id`;
            END IF;
            IF newest_tx IS NULL THEN
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
              VALUES (OLD.`id`, OLD.`name`, 0, 0);
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
              VALUES (NEW.`id`, NEW.`name`, tx, 1);
            ELSEIF newest_tx = tx THEN
              SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO before_tx, newest_op
                FROM `article_version` WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` < tx
               ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
              IF before_tx IS NOT NULL AND newest_op <> 2 THEN
                SELECT COUNT(*) INTO same FROM `article_version`
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = before_tx
                   AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                   FOR UPDATE;
                IF same THEN
                  DELETE FROM `article_version`
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                ELSE
                  UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 1
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                END IF;
              ELSE
                UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 0
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
              END IF;
            ELSE
              SELECT COUNT(*) INTO same FROM `article_version`
               WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx
                 AND CAST(`article_version`.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)
                 FOR UPDATE;
              IF NOT same THEN
                SELECT MAX(l.`id`) INTO before_tx FROM `transaction` AS l
                 WHERE l.`id` < tx AND l.`id` > newest_tx;
                IF before_tx IS NOT NULL THEN
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
                  VALUES (OLD.`id`, OLD.`name`, before_tx, 0);
                END IF;
              END IF;
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
              VALUES (NEW.`id`, NEW.`name`, tx, 1);
            END IF;
          END event;
        END IF;
      END IF;
    END altered;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "update", "name": "continuum_update_article", "fingerprint": "f152cd5f756e4d7a0d9e", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": null, "key": ["id"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `shop`.`continuum_delete_article` AFTER DELETE ON `shop`.`article` FOR EACH ROW
BEGIN
  DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
  DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE newest_tx BIGINT;
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
      SELECT `article_version`.`transaction_id`, `article_version`.`operation_type`, CAST(`article_version`.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)
        INTO newest_tx, newest_op, same
        FROM `article_version` WHERE `article_version`.`id` = OLD.`id`
       ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
      IF newest_tx < tx AND same AND newest_op <> 2 THEN
        INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
        VALUES (OLD.`id`, OLD.`name`, tx, 2);
        LEAVE event;
      END IF;
    END IF;
    IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
      SET newest_tx = NULL;
      SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO newest_tx, newest_op
        FROM `article_version` WHERE `article_version`.`id` = OLD.`id`
       ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
    END IF;
    IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
      LEAVE event;
    END IF;
    IF newest_tx > tx THEN
      CALL `continuum_renumber`(newest_tx);
      SET tx = @`continuum_c1fa1875_id`;
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
      VALUES (OLD.`id`, OLD.`name`, 0, 0);
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
      VALUES (OLD.`id`, OLD.`name`, tx, 2);
    ELSEIF newest_tx = tx THEN
      SELECT `article_version`.`transaction_id`, `article_version`.`operation_type` INTO before_tx, newest_op
        FROM `article_version` WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` < tx
       ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 FOR UPDATE;
      IF before_tx IS NOT NULL AND newest_op <> 2 THEN
        UPDATE `article_version` SET `article_version`.`name` = OLD.`name`, `article_version`.`operation_type` = 2
         WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
      ELSE
        DELETE FROM `article_version`
         WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
      END IF;
    ELSEIF newest_op <> 2 THEN
      SELECT COUNT(*) INTO same FROM `article_version`
       WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx
         AND CAST(`article_version`.`name` AS BINARY) <=> CAST(OLD.`name` AS BINARY)
         FOR UPDATE;
      IF NOT same THEN
        SELECT MAX(l.`id`) INTO before_tx FROM `transaction` AS l
         WHERE l.`id` < tx AND l.`id` > newest_tx;
        IF before_tx IS NOT NULL THEN
          INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
          VALUES (OLD.`id`, OLD.`name`, before_tx, 0);
        END IF;
      END IF;
      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `operation_type`)
      VALUES (OLD.`id`, OLD.`name`, tx, 2);
    END IF;
  END event;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "delete", "name": "continuum_delete_article", "fingerprint": "f152cd5f756e4d7a0d9e", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": null, "key": ["id"]}';
  END made;
END;

