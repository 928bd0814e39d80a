SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `elsewhere`.`continuum_insert_it's ``all``` AFTER INSERT ON `elsewhere`.`it's ``all``` FOR EACH ROW
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
          SELECT MAX(l.`id`) INTO tx FROM `shop`.`transaction` AS l WHERE l.`id` = tx;
          SET @`continuum_c1fa1875_id` = tx, @`continuum_c1fa1875_moment` = IF(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) BETWEEN 0 AND 1000000 AND TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)) % 1000000 <> 0, TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)), NULL);
        ELSE
          CALL `shop`.`continuum_resolve`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
      END IF;
      SET recording = @`continuum_c1fa1875_paused` IS NULL;
      IF NOT recording THEN
        SET recording = CONVERT(@`continuum_c1fa1875_paused` USING ascii) <> '*'
          AND LOCATE('4e387392564c9c53', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
      END IF;
      IF recording THEN
        IF tx IS NULL THEN
          CALL `shop`.`continuum_begin`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
      END IF;
    END IF;
    SELECT MAX(`history`.`tx`) INTO newest_tx FROM `archive`.`history`
     WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number`;
    IF newest_tx IS NULL AND recording THEN
      INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
      VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 0);
      LEAVE event;
    END IF;
    IF newest_tx IS NOT NULL THEN
      IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
        SET newest_tx = NULL;
        SELECT `history`.`tx`, `history`.`until`, `history`.`what` INTO newest_tx, newest_end, newest_op
          FROM `archive`.`history` WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number`
         ORDER BY `history`.`tx` DESC LIMIT 1 FOR UPDATE;
      END IF;
    END IF;
    IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
      SELECT COUNT(*) INTO same FROM `archive`.`history`
       WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx
         AND CAST(`history`.`old code` AS BINARY) <=> CAST(NEW.`code` AS BINARY) AND `history`.`price` <=> NEW.`price` AND `history`.`weight` <=> NEW.`weight` AND CAST(`history`.`weight` AS BINARY) <=> CAST(NEW.`weight` AS BINARY) AND CAST(CAST(`history`.`data` AS CHAR) AS BINARY) <=> CAST(CAST(NEW.`data` AS CHAR) AS BINARY) AND CAST(`history`.`image` AS BINARY) <=> CAST(NEW.`image` AS BINARY) AND CAST(`history`.`kind` AS BINARY) <=> CAST(NEW.`kind` AS BINARY) AND NOT CASE WHEN `history`.`own` IS NULL OR NEW.`own` IS NULL THEN (`history`.`own` IS NULL) <> (NEW.`own` IS NULL) ELSE (SOUNDEX(`history`.`own`) <> SOUNDEX(NEW.`own`)) END
         FOR UPDATE;
      IF newest_tx IS NOT NULL AND newest_end IS NULL AND newest_op <> 2 AND same = 0 THEN
        IF tx IS NULL THEN
          CALL `shop`.`continuum_begin`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
        IF newest_tx > tx OR newest_end > tx THEN
          CALL `shop`.`continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
        UPDATE `archive`.`history` SET `history`.`until` = tx
         WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx;
        SET @`continuum_c1fa1875_gaps` = 1;
      END IF;
      LEAVE event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      CALL `shop`.`continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
      SET tx = @`continuum_c1fa1875_id`;
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
      VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 0);
    ELSEIF newest_tx = tx THEN
      SELECT MAX(`history`.`tx`) INTO before_tx FROM `archive`.`history`
       WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` < tx;
      IF before_tx IS NOT NULL THEN
        SELECT `history`.`until`, `history`.`what` INTO newest_end, newest_op
          FROM `archive`.`history` WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = before_tx;
      END IF;
      IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
        SELECT COUNT(*) INTO same FROM `archive`.`history`
         WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = before_tx
           AND CAST(`history`.`old code` AS BINARY) <=> CAST(NEW.`code` AS BINARY) AND `history`.`price` <=> NEW.`price` AND `history`.`weight` <=> NEW.`weight` AND CAST(`history`.`weight` AS BINARY) <=> CAST(NEW.`weight` AS BINARY) AND CAST(CAST(`history`.`data` AS CHAR) AS BINARY) <=> CAST(CAST(NEW.`data` AS CHAR) AS BINARY) AND CAST(`history`.`image` AS BINARY) <=> CAST(NEW.`image` AS BINARY) AND CAST(`history`.`kind` AS BINARY) <=> CAST(NEW.`kind` AS BINARY) AND NOT CASE WHEN `history`.`own` IS NULL OR NEW.`own` IS NULL THEN (`history`.`own` IS NULL) <> (NEW.`own` IS NULL) ELSE (SOUNDEX(`history`.`own`) <> SOUNDEX(NEW.`own`)) END
           FOR UPDATE;
        IF same THEN
          DELETE FROM `archive`.`history`
           WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = tx;
          UPDATE `archive`.`history` SET `history`.`until` = NULL
           WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = before_tx AND `history`.`until` = tx;
        ELSE
          UPDATE `archive`.`history` SET `history`.`old code` = NEW.`code`, `history`.`price` = NEW.`price`, `history`.`weight` = NEW.`weight`, `history`.`data` = NEW.`data`, `history`.`image` = NEW.`image`, `history`.`kind` = NEW.`kind`, `history`.`seen` = NEW.`seen`, `history`.`own` = NEW.`own`, `history`.`what` = 1
           WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = tx;
        END IF;
      ELSE
        UPDATE `archive`.`history` SET `history`.`old code` = NEW.`code`, `history`.`price` = NEW.`price`, `history`.`weight` = NEW.`weight`, `history`.`data` = NEW.`data`, `history`.`image` = NEW.`image`, `history`.`kind` = NEW.`kind`, `history`.`seen` = NEW.`seen`, `history`.`own` = NEW.`own`, `history`.`what` = 0
         WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = tx;
      END IF;
    ELSEIF newest_end IS NULL THEN
      IF newest_op = 2 THEN
        UPDATE `archive`.`history` SET `history`.`until` = tx
         WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx;
        INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
        VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 0);
      ELSE
        SELECT COUNT(*) INTO same FROM `archive`.`history`
         WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx
           AND CAST(`history`.`old code` AS BINARY) <=> CAST(NEW.`code` AS BINARY) AND `history`.`price` <=> NEW.`price` AND `history`.`weight` <=> NEW.`weight` AND CAST(`history`.`weight` AS BINARY) <=> CAST(NEW.`weight` AS BINARY) AND CAST(CAST(`history`.`data` AS CHAR) AS BINARY) <=> CAST(CAST(NEW.`data` AS CHAR) AS BINARY) AND CAST(`history`.`image` AS BINARY) <=> CAST(NEW.`image` AS BINARY) AND CAST(`history`.`kind` AS BINARY) <=> CAST(NEW.`kind` AS BINARY) AND NOT CASE WHEN `history`.`own` IS NULL OR NEW.`own` IS NULL THEN (`history`.`own` IS NULL) <> (NEW.`own` IS NULL) ELSE (SOUNDEX(`history`.`own`) <> SOUNDEX(NEW.`own`)) END
           FOR UPDATE;
        IF NOT same THEN
          UPDATE `archive`.`history` SET `history`.`until` = tx
           WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx;
          INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
          VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 1);
        END IF;
      END IF;
    ELSEIF newest_end < tx OR newest_op = 2 THEN
      INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
      VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 0);
    ELSE
      SELECT COUNT(*) INTO same FROM `archive`.`history`
       WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx
         AND CAST(`history`.`old code` AS BINARY) <=> CAST(NEW.`code` AS BINARY) AND `history`.`price` <=> NEW.`price` AND `history`.`weight` <=> NEW.`weight` AND CAST(`history`.`weight` AS BINARY) <=> CAST(NEW.`weight` AS BINARY) AND CAST(CAST(`history`.`data` AS CHAR) AS BINARY) <=> CAST(CAST(NEW.`data` AS CHAR) AS BINARY) AND CAST(`history`.`image` AS BINARY) <=> CAST(NEW.`image` AS BINARY) AND CAST(`history`.`kind` AS BINARY) <=> CAST(NEW.`kind` AS BINARY) AND NOT CASE WHEN `history`.`own` IS NULL OR NEW.`own` IS NULL THEN (`history`.`own` IS NULL) <> (NEW.`own` IS NULL) ELSE (SOUNDEX(`history`.`own`) <> SOUNDEX(NEW.`own`)) END
         FOR UPDATE;
      IF same THEN
        UPDATE `archive`.`history` SET `history`.`until` = NULL
         WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx;
      ELSE
        INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
        VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 1);
      END IF;
    END IF;
  END event;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "insert", "name": "continuum_insert_it|u0027s |u0060all|u0060", "fingerprint": "f4fcd6ab49ffafe6c297", "schema": "elsewhere", "log": ["shop", "transaction"], "table": "it|u0027s |u0060all|u0060", "version_table": ["archive", "history"], "transaction": "tx", "end": "until", "key": ["old code", "number"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `elsewhere`.`continuum_update_it's ``all``` AFTER UPDATE ON `elsewhere`.`it's ``all``` FOR EACH ROW
BEGIN
  IF NOT (CAST(OLD.`code` AS BINARY) <=> CAST(NEW.`code` AS BINARY) AND OLD.`number` <=> NEW.`number` AND OLD.`price` <=> NEW.`price` AND CAST(CAST(OLD.`data` AS CHAR) AS BINARY) <=> CAST(CAST(NEW.`data` AS CHAR) AS BINARY) AND CAST(OLD.`image` AS BINARY) <=> CAST(NEW.`image` AS BINARY) AND CAST(OLD.`kind` AS BINARY) <=> CAST(NEW.`kind` AS BINARY) AND NOT CASE WHEN OLD.`own` IS NULL OR NEW.`own` IS NULL THEN (OLD.`own` IS NULL) <> (NEW.`own` IS NULL) ELSE (SOUNDEX(OLD.`own`) <> SOUNDEX(NEW.`own`)) END AND OLD.`seen` <=> NEW.`seen` AND OLD.`weight` <=> NEW.`weight`) OR 0 IN (OLD.`weight`) THEN
    altered: BEGIN
      DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
      DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
      DECLARE newest_tx BIGINT;
      DECLARE same, newest_op, before_tx, newest_end BIGINT;
      DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
      IF 0 IN (OLD.`weight`) THEN
        IF CAST(OLD.`code` AS BINARY) <=> CAST(NEW.`code` AS BINARY) AND OLD.`number` <=> NEW.`number` AND OLD.`price` <=> NEW.`price` AND OLD.`weight` <=> NEW.`weight` AND CAST(OLD.`weight` AS BINARY) <=> CAST(NEW.`weight` AS BINARY) AND CAST(CAST(OLD.`data` AS CHAR) AS BINARY) <=> CAST(CAST(NEW.`data` AS CHAR) AS BINARY) AND CAST(OLD.`image` AS BINARY) <=> CAST(NEW.`image` AS BINARY) AND CAST(OLD.`kind` AS BINARY) <=> CAST(NEW.`kind` AS BINARY) AND NOT CASE WHEN OLD.`own` IS NULL OR NEW.`own` IS NULL THEN (OLD.`own` IS NULL) <> (NEW.`own` IS NULL) ELSE (SOUNDEX(OLD.`own`) <> SOUNDEX(NEW.`own`)) END AND OLD.`seen` <=> NEW.`seen` THEN
          LEAVE altered;
        END IF;
      END IF;
      IF NOT (CAST(OLD.`code` AS BINARY) <=> CAST(NEW.`code` AS BINARY) AND OLD.`number` <=> NEW.`number`) THEN
        SELECT COUNT(*) INTO same FROM `it's ``all``` AS c
         WHERE c.`code` = OLD.`code` AND c.`number` = OLD.`number`;
        IF same = 0 OR OLD.`code` = NEW.`code` AND OLD.`number` = NEW.`number` THEN
          IF same = 0 THEN
            event: BEGIN
              IF NOT recording THEN
                IF NOT (CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6))) THEN
                  IF @`continuum_c1fa1875_unit` = @`continuum_c1fa1875_owner` THEN
                    SELECT MAX(l.`id`) INTO tx FROM `shop`.`transaction` AS l WHERE l.`id` = tx;
                    SET @`continuum_c1fa1875_id` = tx, @`continuum_c1fa1875_moment` = IF(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) BETWEEN 0 AND 1000000 AND TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)) % 1000000 <> 0, TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)), NULL);
                  ELSE
                    CALL `shop`.`continuum_resolve`();
                    SET tx = @`continuum_c1fa1875_id`;
                  END IF;
                END IF;
                SET recording = @`continuum_c1fa1875_paused` IS NULL;
                IF NOT recording THEN
                  SET recording = CONVERT(@`continuum_c1fa1875_paused` USING ascii) <> '*'
                    AND LOCATE('4e387392564c9c53', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
                END IF;
                IF recording THEN
                  IF tx IS NULL THEN
                    CALL `shop`.`continuum_begin`();
                    SET tx = @`continuum_c1fa1875_id`;
                  END IF;
                END IF;
              END IF;
              SELECT MAX(`history`.`tx`) INTO newest_tx FROM `archive`.`history`
               WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number`;
              IF newest_tx < tx AND recording THEN
                UPDATE `archive`.`history` SET `history`.`until` = tx
                 WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` = newest_tx
                   AND `history`.`until` IS NULL AND `history`.`what` <> 2;
                IF ROW_COUNT() = 1 THEN
                  INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
                  VALUES (OLD.`code`, OLD.`number`, NULL, NULL, NULL, NULL, NULL, NULL, NULL, tx, NULL, 2);
                  LEAVE event;
                END IF;
              END IF;
              IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
                SET newest_tx = NULL;
                SELECT `history`.`tx`, `history`.`until`, `history`.`what` INTO newest_tx, newest_end, newest_op
                  FROM `archive`.`history` WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number`
                 ORDER BY `history`.`tx` DESC LIMIT 1 FOR UPDATE;
              END IF;
              IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
                IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
                  IF tx IS NULL THEN
                    CALL `shop`.`continuum_begin`();
                    SET tx = @`continuum_c1fa1875_id`;
                  END IF;
                  IF newest_tx > tx OR newest_end > tx THEN
                    CALL `shop`.`continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
                    SET tx = @`continuum_c1fa1875_id`;
                  END IF;
                  UPDATE `archive`.`history` SET `history`.`until` = tx
                   WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` = newest_tx;
                  SET @`continuum_c1fa1875_gaps` = 1;
                END IF;
                LEAVE event;
              END IF;
              IF newest_tx > tx OR newest_end > tx THEN
                CALL `shop`.`continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
                SET tx = @`continuum_c1fa1875_id`;
              END IF;
              IF newest_tx IS NULL THEN
                INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
                VALUES (OLD.`code`, OLD.`number`, OLD.`price`, OLD.`weight`, OLD.`data`, OLD.`image`, OLD.`kind`, OLD.`seen`, OLD.`own`, 0, tx, 0);
                INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
                VALUES (OLD.`code`, OLD.`number`, NULL, NULL, NULL, NULL, NULL, NULL, NULL, tx, NULL, 2);
              ELSEIF newest_tx = tx THEN
                SELECT MAX(`history`.`tx`) INTO before_tx FROM `archive`.`history`
                 WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` < tx;
                IF before_tx IS NOT NULL THEN
                  SELECT `history`.`until`, `history`.`what` INTO newest_end, newest_op
                    FROM `archive`.`history` WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` = before_tx;
                END IF;
                IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
                  UPDATE `archive`.`history` SET `history`.`old code` = OLD.`code`, `history`.`price` = NULL, `history`.`weight` = NULL, `history`.`data` = NULL, `history`.`image` = NULL, `history`.`kind` = NULL, `history`.`seen` = NULL, `history`.`own` = NULL, `history`.`what` = 2
                   WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` = tx;
                ELSE
                  DELETE FROM `archive`.`history`
                   WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` = tx;
                  UPDATE `archive`.`history` SET `history`.`until` = NULL
                   WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` = before_tx AND `history`.`until` = tx;
                END IF;
              ELSEIF newest_end IS NULL THEN
                IF newest_op <> 2 THEN
                  UPDATE `archive`.`history` SET `history`.`until` = tx
                   WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` = newest_tx;
                  INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
                  VALUES (OLD.`code`, OLD.`number`, NULL, NULL, NULL, NULL, NULL, NULL, NULL, tx, NULL, 2);
                END IF;
              ELSE
                IF newest_end < tx THEN
                  INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
                  VALUES (OLD.`code`, OLD.`number`, OLD.`price`, OLD.`weight`, OLD.`data`, OLD.`image`, OLD.`kind`, OLD.`seen`, OLD.`own`, newest_end, tx, 0);
                END IF;
                INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
                VALUES (OLD.`code`, OLD.`number`, NULL, NULL, NULL, NULL, NULL, NULL, NULL, tx, NULL, 2);
              END IF;
            END event;
            SET newest_tx = NULL, newest_op = NULL, before_tx = NULL, newest_end = NULL;
          END IF;
          event: BEGIN
            IF NOT recording THEN
              IF NOT (CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6))) THEN
                IF @`continuum_c1fa1875_unit` = @`continuum_c1fa1875_owner` THEN
                  SELECT MAX(l.`id`) INTO tx FROM `shop`.`transaction` AS l WHERE l.`id` = tx;
                  SET @`continuum_c1fa1875_id` = tx, @`continuum_c1fa1875_moment` = IF(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) BETWEEN 0 AND 1000000 AND TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)) % 1000000 <> 0, TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)), NULL);
                ELSE
                  CALL `shop`.`continuum_resolve`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
              END IF;
              SET recording = @`continuum_c1fa1875_paused` IS NULL;
              IF NOT recording THEN
                SET recording = CONVERT(@`continuum_c1fa1875_paused` USING ascii) <> '*'
                  AND LOCATE('4e387392564c9c53', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
              END IF;
              IF recording THEN
                IF tx IS NULL THEN
                  CALL `shop`.`continuum_begin`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
              END IF;
            END IF;
            SELECT MAX(`history`.`tx`) INTO newest_tx FROM `archive`.`history`
             WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number`;
            IF newest_tx IS NULL AND recording THEN
              INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
              VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 0);
              LEAVE event;
            END IF;
            IF newest_tx IS NOT NULL THEN
              IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
                SET newest_tx = NULL;
                SELECT `history`.`tx`, `history`.`until`, `history`.`what` INTO newest_tx, newest_end, newest_op
                  FROM `archive`.`history` WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number`
                 ORDER BY `history`.`tx` DESC LIMIT 1 FOR UPDATE;
              END IF;
            END IF;
            IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
              SELECT COUNT(*) INTO same FROM `archive`.`history`
               WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx
                 AND CAST(`history`.`old code` AS BINARY) <=> CAST(NEW.`code` AS BINARY) AND `history`.`price` <=> NEW.`price` AND `history`.`weight` <=> NEW.`weight` AND CAST(`history`.`weight` AS BINARY) <=> CAST(NEW.`weight` AS BINARY) AND CAST(CAST(`history`.`data` AS CHAR) AS BINARY) <=> CAST(CAST(NEW.`data` AS CHAR) AS BINARY) AND CAST(`history`.`image` AS BINARY) <=> CAST(NEW.`image` AS BINARY) AND CAST(`history`.`kind` AS BINARY) <=> CAST(NEW.`kind` AS BINARY) AND NOT CASE WHEN `history`.`own` IS NULL OR NEW.`own` IS NULL THEN (`history`.`own` IS NULL) <> (NEW.`own` IS NULL) ELSE (SOUNDEX(`history`.`own`) <> SOUNDEX(NEW.`own`)) END
                 FOR UPDATE;
              IF newest_tx IS NOT NULL AND newest_end IS NULL AND newest_op <> 2 AND same = 0 THEN
                IF tx IS NULL THEN
                  CALL `shop`.`continuum_begin`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
                IF newest_tx > tx OR newest_end > tx THEN
                  CALL `shop`.`continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
                UPDATE `archive`.`history` SET `history`.`until` = tx
                 WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx;
                SET @`continuum_c1fa1875_gaps` = 1;
              END IF;
              LEAVE event;
            END IF;
            IF newest_tx > tx OR newest_end > tx THEN
              CALL `shop`.`continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
              SET tx = @`continuum_c1fa1875_id`;
            END IF;
            IF newest_tx IS NULL THEN
              INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
              VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 0);
            ELSEIF newest_tx = tx THEN
              SELECT MAX(`history`.`tx`) INTO before_tx FROM `archive`.`history`
               WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` < tx;
              IF before_tx IS NOT NULL THEN
                SELECT `history`.`until`, `history`.`what` INTO newest_end, newest_op
                  FROM `archive`.`history` WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = before_tx;
              END IF;
              IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
                SELECT COUNT(*) INTO same FROM `archive`.`history`
                 WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = before_tx
                   AND CAST(`history`.`old code` AS BINARY) <=> CAST(NEW.`code` AS BINARY) AND `history`.`price` <=> NEW.`price` AND `history`.`weight` <=> NEW.`weight` AND CAST(`history`.`weight` AS BINARY) <=> CAST(NEW.`weight` AS BINARY) AND CAST(CAST(`history`.`data` AS CHAR) AS BINARY) <=> CAST(CAST(NEW.`data` AS CHAR) AS BINARY) AND CAST(`history`.`image` AS BINARY) <=> CAST(NEW.`image` AS BINARY) AND CAST(`history`.`kind` AS BINARY) <=> CAST(NEW.`kind` AS BINARY) AND NOT CASE WHEN `history`.`own` IS NULL OR NEW.`own` IS NULL THEN (`history`.`own` IS NULL) <> (NEW.`own` IS NULL) ELSE (SOUNDEX(`history`.`own`) <> SOUNDEX(NEW.`own`)) END
                   FOR UPDATE;
                IF same THEN
                  DELETE FROM `archive`.`history`
                   WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = tx;
                  UPDATE `archive`.`history` SET `history`.`until` = NULL
                   WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = before_tx AND `history`.`until` = tx;
                ELSE
                  UPDATE `archive`.`history` SET `history`.`old code` = NEW.`code`, `history`.`price` = NEW.`price`, `history`.`weight` = NEW.`weight`, `history`.`data` = NEW.`data`, `history`.`image` = NEW.`image`, `history`.`kind` = NEW.`kind`, `history`.`seen` = NEW.`seen`, `history`.`own` = NEW.`own`, `history`.`what` = 1
                   WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = tx;
                END IF;
              ELSE
                UPDATE `archive`.`history` SET `history`.`old code` = NEW.`code`, `history`.`price` = NEW.`price`, `history`.`weight` = NEW.`weight`, `history`.`data` = NEW.`data`, `history`.`image` = NEW.`image`, `history`.`kind` = NEW.`kind`, `history`.`seen` = NEW.`seen`, `history`.`own` = NEW.`own`, `history`.`what` = 0
                 WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = tx;
              END IF;
            ELSEIF newest_end IS NULL THEN
              IF newest_op = 2 THEN
                UPDATE `archive`.`history` SET `history`.`until` = tx
                 WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx;
                INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
                VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 0);
              ELSE
                SELECT COUNT(*) INTO same FROM `archive`.`history`
                 WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx
                   AND CAST(`history`.`old code` AS BINARY) <=> CAST(NEW.`code` AS BINARY) AND `history`.`price` <=> NEW.`price` AND `history`.`weight` <=> NEW.`weight` AND CAST(`history`.`weight` AS BINARY) <=> CAST(NEW.`weight` AS BINARY) AND CAST(CAST(`history`.`data` AS CHAR) AS BINARY) <=> CAST(CAST(NEW.`data` AS CHAR) AS BINARY) AND CAST(`history`.`image` AS BINARY) <=> CAST(NEW.`image` AS BINARY) AND CAST(`history`.`kind` AS BINARY) <=> CAST(NEW.`kind` AS BINARY) AND NOT CASE WHEN `history`.`own` IS NULL OR NEW.`own` IS NULL THEN (`history`.`own` IS NULL) <> (NEW.`own` IS NULL) ELSE (SOUNDEX(`history`.`own`) <> SOUNDEX(NEW.`own`)) END
                   FOR UPDATE;
                IF NOT same THEN
                  UPDATE `archive`.`history` SET `history`.`until` = tx
                   WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx;
                  INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
                  VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 1);
                END IF;
              END IF;
            ELSEIF newest_end < tx OR newest_op = 2 THEN
              INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
              VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 0);
            ELSE
              SELECT COUNT(*) INTO same FROM `archive`.`history`
               WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx
                 AND CAST(`history`.`old code` AS BINARY) <=> CAST(NEW.`code` AS BINARY) AND `history`.`price` <=> NEW.`price` AND `history`.`weight` <=> NEW.`weight` AND CAST(`history`.`weight` AS BINARY) <=> CAST(NEW.`weight` AS BINARY) AND CAST(CAST(`history`.`data` AS CHAR) AS BINARY) <=> CAST(CAST(NEW.`data` AS CHAR) AS BINARY) AND CAST(`history`.`image` AS BINARY) <=> CAST(NEW.`image` AS BINARY) AND CAST(`history`.`kind` AS BINARY) <=> CAST(NEW.`kind` AS BINARY) AND NOT CASE WHEN `history`.`own` IS NULL OR NEW.`own` IS NULL THEN (`history`.`own` IS NULL) <> (NEW.`own` IS NULL) ELSE (SOUNDEX(`history`.`own`) <> SOUNDEX(NEW.`own`)) END
                 FOR UPDATE;
              IF same THEN
                UPDATE `archive`.`history` SET `history`.`until` = NULL
                 WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx;
              ELSE
                INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
                VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 1);
              END IF;
            END IF;
          END event;
        END IF;
      ELSEIF NOT (OLD.`price` <=> NEW.`price` AND OLD.`weight` <=> NEW.`weight` AND CAST(OLD.`weight` AS BINARY) <=> CAST(NEW.`weight` AS BINARY) AND CAST(CAST(OLD.`data` AS CHAR) AS BINARY) <=> CAST(CAST(NEW.`data` AS CHAR) AS BINARY) AND CAST(OLD.`image` AS BINARY) <=> CAST(NEW.`image` AS BINARY) AND CAST(OLD.`kind` AS BINARY) <=> CAST(NEW.`kind` AS BINARY) AND NOT CASE WHEN OLD.`own` IS NULL OR NEW.`own` IS NULL THEN (OLD.`own` IS NULL) <> (NEW.`own` IS NULL) ELSE (SOUNDEX(OLD.`own`) <> SOUNDEX(NEW.`own`)) END) THEN
        SELECT COUNT(*) INTO same FROM `it's ``all``` AS c
         WHERE c.`code` = NEW.`code` AND c.`number` = NEW.`number`
           AND CAST(c.`code` AS BINARY) <=> CAST(NEW.`code` AS BINARY) AND c.`price` <=> NEW.`price` AND c.`weight` <=> NEW.`weight` AND CAST(c.`weight` AS BINARY) <=> CAST(NEW.`weight` AS BINARY) AND CAST(CAST(c.`data` AS CHAR) AS BINARY) <=> CAST(CAST(NEW.`data` AS CHAR) AS BINARY) AND CAST(c.`image` AS BINARY) <=> CAST(NEW.`image` AS BINARY) AND CAST(c.`kind` AS BINARY) <=> CAST(NEW.`kind` AS BINARY) AND NOT CASE WHEN c.`own` IS NULL OR NEW.`own` IS NULL THEN (c.`own` IS NULL) <> (NEW.`own` IS NULL) ELSE (SOUNDEX(c.`own`) <> SOUNDEX(NEW.`own`)) END;
        IF same THEN
          event: BEGIN
            IF NOT recording THEN
              IF NOT (CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6))) THEN
                IF @`continuum_c1fa1875_unit` = @`continuum_c1fa1875_owner` THEN
                  SELECT MAX(l.`id`) INTO tx FROM `shop`.`transaction` AS l WHERE l.`id` = tx;
                  SET @`continuum_c1fa1875_id` = tx, @`continuum_c1fa1875_moment` = IF(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) BETWEEN 0 AND 1000000 AND TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)) % 1000000 <> 0, TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)), NULL);
                ELSE
                  CALL `shop`.`continuum_resolve`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
              END IF;
              SET recording = @`continuum_c1fa1875_paused` IS NULL;
              IF NOT recording THEN
                SET recording = CONVERT(@`continuum_c1fa1875_paused` USING ascii) <> '*'
                  AND LOCATE('4e387392564c9c53', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
              END IF;
              IF recording THEN
                IF tx IS NULL THEN
                  CALL `shop`.`continuum_begin`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
              END IF;
            END IF;
            SELECT MAX(`history`.`tx`) INTO newest_tx FROM `archive`.`history`
             WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number`;
            IF newest_tx < tx AND recording THEN
              UPDATE `archive`.`history` SET `history`.`until` = tx
               WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx
                 AND `history`.`until` IS NULL;
              IF ROW_COUNT() = 1 THEN
                INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
                VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 1);
                LEAVE event;
              END IF;
            END IF;
            IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
              SET newest_tx = NULL;
              SELECT `history`.`tx`, `history`.`until`, `history`.`what` INTO newest_tx, newest_end, newest_op
                FROM `archive`.`history` WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number`
               ORDER BY `history`.`tx` DESC LIMIT 1 FOR UPDATE;
            END IF;
            IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
              IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
                IF tx IS NULL THEN
                  CALL `shop`.`continuum_begin`();
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
                IF newest_tx > tx OR newest_end > tx THEN
                  CALL `shop`.`continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
                UPDATE `archive`.`history` SET `history`.`until` = tx
                 WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx;
                SET @`continuum_c1fa1875_gaps` = 1;
              END IF;
              LEAVE event;
            END IF;
            IF newest_tx > tx OR newest_end > tx THEN
              CALL `shop`.`continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
              SET tx = @`continuum_c1fa1875_id`;
            END IF;
            IF newest_tx IS NULL THEN
              INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
              VALUES (OLD.`code`, OLD.`number`, OLD.`price`, OLD.`weight`, OLD.`data`, OLD.`image`, OLD.`kind`, OLD.`seen`, OLD.`own`, 0, tx, 0);
              INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
              VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 1);
            ELSEIF newest_tx = tx THEN
              SELECT MAX(`history`.`tx`) INTO before_tx FROM `archive`.`history`
               WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` < tx;
              IF before_tx IS NOT NULL THEN
                SELECT `history`.`until`, `history`.`what` INTO newest_end, newest_op
                  FROM `archive`.`history` WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = before_tx;
              END IF;
              IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
                SELECT COUNT(*) INTO same FROM `archive`.`history`
                 WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = before_tx
                   AND CAST(`history`.`old code` AS BINARY) <=> CAST(NEW.`code` AS BINARY) AND `history`.`price` <=> NEW.`price` AND `history`.`weight` <=> NEW.`weight` AND CAST(`history`.`weight` AS BINARY) <=> CAST(NEW.`weight` AS BINARY) AND CAST(CAST(`history`.`data` AS CHAR) AS BINARY) <=> CAST(CAST(NEW.`data` AS CHAR) AS BINARY) AND CAST(`history`.`image` AS BINARY) <=> CAST(NEW.`image` AS BINARY) AND CAST(`history`.`kind` AS BINARY) <=> CAST(NEW.`kind` AS BINARY) AND NOT CASE WHEN `history`.`own` IS NULL OR NEW.`own` IS NULL THEN (`history`.`own` IS NULL) <> (NEW.`own` IS NULL) ELSE (SOUNDEX(`history`.`own`) <> SOUNDEX(NEW.`own`)) END
                   FOR UPDATE;
                IF same THEN
                  DELETE FROM `archive`.`history`
                   WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = tx;
                  UPDATE `archive`.`history` SET `history`.`until` = NULL
                   WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = before_tx AND `history`.`until` = tx;
                ELSE
                  UPDATE `archive`.`history` SET `history`.`old code` = NEW.`code`, `history`.`price` = NEW.`price`, `history`.`weight` = NEW.`weight`, `history`.`data` = NEW.`data`, `history`.`image` = NEW.`image`, `history`.`kind` = NEW.`kind`, `history`.`seen` = NEW.`seen`, `history`.`own` = NEW.`own`, `history`.`what` = 1
                   WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = tx;
                END IF;
              ELSE
                UPDATE `archive`.`history` SET `history`.`old code` = NEW.`code`, `history`.`price` = NEW.`price`, `history`.`weight` = NEW.`weight`, `history`.`data` = NEW.`data`, `history`.`image` = NEW.`image`, `history`.`kind` = NEW.`kind`, `history`.`seen` = NEW.`seen`, `history`.`own` = NEW.`own`, `history`.`what` = 0
                 WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = tx;
              END IF;
            ELSEIF newest_end IS NULL THEN
              UPDATE `archive`.`history` SET `history`.`until` = tx
               WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx;
              INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
              VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 1);
            ELSEIF newest_end < tx THEN
              INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
              VALUES (OLD.`code`, OLD.`number`, OLD.`price`, OLD.`weight`, OLD.`data`, OLD.`image`, OLD.`kind`, OLD.`seen`, OLD.`own`, newest_end, tx, 0);
              INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
              VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 1);
            ELSE
              SELECT COUNT(*) INTO same FROM `archive`.`history`
               WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx
                 AND CAST(`history`.`old code` AS BINARY) <=> CAST(NEW.`code` AS BINARY) AND `history`.`price` <=> NEW.`price` AND `history`.`weight` <=> NEW.`weight` AND CAST(`history`.`weight` AS BINARY) <=> CAST(NEW.`weight` AS BINARY) AND CAST(CAST(`history`.`data` AS CHAR) AS BINARY) <=> CAST(CAST(NEW.`data` AS CHAR) AS BINARY) AND CAST(`history`.`image` AS BINARY) <=> CAST(NEW.`image` AS BINARY) AND CAST(`history`.`kind` AS BINARY) <=> CAST(NEW.`kind` AS BINARY) AND NOT CASE WHEN `history`.`own` IS NULL OR NEW.`own` IS NULL THEN (`history`.`own` IS NULL) <> (NEW.`own` IS NULL) ELSE (SOUNDEX(`history`.`own`) <> SOUNDEX(NEW.`own`)) END
                 FOR UPDATE;
              IF same THEN
                UPDATE `archive`.`history` SET `history`.`until` = NULL
                 WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = newest_tx;
              ELSE
                INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
                VALUES (NEW.`code`, NEW.`number`, NEW.`price`, NEW.`weight`, NEW.`data`, NEW.`image`, NEW.`kind`, NEW.`seen`, NEW.`own`, tx, NULL, 1);
              END IF;
            END IF;
          END event;
        END IF;
      ELSE
        IF NOT (OLD.`seen` <=> NEW.`seen`) THEN
          IF NOT (CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6))) THEN
            IF @`continuum_c1fa1875_unit` = @`continuum_c1fa1875_owner` THEN
              SELECT MAX(l.`id`) INTO tx FROM `shop`.`transaction` AS l WHERE l.`id` = tx;
              SET @`continuum_c1fa1875_id` = tx, @`continuum_c1fa1875_moment` = IF(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) BETWEEN 0 AND 1000000 AND TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)) % 1000000 <> 0, TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)), NULL);
            ELSE
              CALL `shop`.`continuum_resolve`();
              SET tx = @`continuum_c1fa1875_id`;
            END IF;
          END IF;
          UPDATE `archive`.`history` SET `history`.`price` = NEW.`price`, `history`.`weight` = NEW.`weight`, `history`.`data` = NEW.`data`, `history`.`image` = NEW.`image`, `history`.`kind` = NEW.`kind`, `history`.`seen` = NEW.`seen`, `history`.`own` = NEW.`own`
           WHERE `history`.`old code` = NEW.`code` AND `history`.`number` = NEW.`number` AND `history`.`tx` = tx AND `history`.`what` <> 2;
        END IF;
      END IF;
    END altered;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "update", "name": "continuum_update_it|u0027s |u0060all|u0060", "fingerprint": "f4fcd6ab49ffafe6c297", "schema": "elsewhere", "log": ["shop", "transaction"], "table": "it|u0027s |u0060all|u0060", "version_table": ["archive", "history"], "transaction": "tx", "end": "until", "key": ["old code", "number"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `elsewhere`.`continuum_delete_it's ``all``` AFTER DELETE ON `elsewhere`.`it's ``all``` FOR EACH ROW
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
          SELECT MAX(l.`id`) INTO tx FROM `shop`.`transaction` AS l WHERE l.`id` = tx;
          SET @`continuum_c1fa1875_id` = tx, @`continuum_c1fa1875_moment` = IF(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) BETWEEN 0 AND 1000000 AND TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)) % 1000000 <> 0, TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6)), NULL);
        ELSE
          CALL `shop`.`continuum_resolve`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
      END IF;
      SET recording = @`continuum_c1fa1875_paused` IS NULL;
      IF NOT recording THEN
        SET recording = CONVERT(@`continuum_c1fa1875_paused` USING ascii) <> '*'
          AND LOCATE('4e387392564c9c53', CONVERT(@`continuum_c1fa1875_paused` USING ascii)) = 0;
      END IF;
      IF recording THEN
        IF tx IS NULL THEN
          CALL `shop`.`continuum_begin`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
      END IF;
    END IF;
    SELECT MAX(`history`.`tx`) INTO newest_tx FROM `archive`.`history`
     WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number`;
    IF newest_tx < tx AND recording THEN
      UPDATE `archive`.`history` SET `history`.`until` = tx
       WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` = newest_tx
         AND `history`.`until` IS NULL AND `history`.`what` <> 2;
      IF ROW_COUNT() = 1 THEN
        INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
        VALUES (OLD.`code`, OLD.`number`, NULL, NULL, NULL, NULL, NULL, NULL, NULL, tx, NULL, 2);
        LEAVE event;
      END IF;
    END IF;
    IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
      SET newest_tx = NULL;
      SELECT `history`.`tx`, `history`.`until`, `history`.`what` INTO newest_tx, newest_end, newest_op
        FROM `archive`.`history` WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number`
       ORDER BY `history`.`tx` DESC LIMIT 1 FOR UPDATE;
    END IF;
    IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
      IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
        IF tx IS NULL THEN
          CALL `shop`.`continuum_begin`();
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
        IF newest_tx > tx OR newest_end > tx THEN
          CALL `shop`.`continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
          SET tx = @`continuum_c1fa1875_id`;
        END IF;
        UPDATE `archive`.`history` SET `history`.`until` = tx
         WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` = newest_tx;
        SET @`continuum_c1fa1875_gaps` = 1;
      END IF;
      LEAVE event;
    END IF;
    IF newest_tx > tx OR newest_end > tx THEN
      CALL `shop`.`continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
      SET tx = @`continuum_c1fa1875_id`;
    END IF;
    IF newest_tx IS NULL THEN
      INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
      VALUES (OLD.`code`, OLD.`number`, OLD.`price`, OLD.`weight`, OLD.`data`, OLD.`image`, OLD.`kind`, OLD.`seen`, OLD.`own`, 0, tx, 0);
      INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
      VALUES (OLD.`code`, OLD.`number`, NULL, NULL, NULL, NULL, NULL, NULL, NULL, tx, NULL, 2);
    ELSEIF newest_tx = tx THEN
      SELECT MAX(`history`.`tx`) INTO before_tx FROM `archive`.`history`
       WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` < tx;
      IF before_tx IS NOT NULL THEN
        SELECT `history`.`until`, `history`.`what` INTO newest_end, newest_op
          FROM `archive`.`history` WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` = before_tx;
      END IF;
      IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
        UPDATE `archive`.`history` SET `history`.`old code` = OLD.`code`, `history`.`price` = NULL, `history`.`weight` = NULL, `history`.`data` = NULL, `history`.`image` = NULL, `history`.`kind` = NULL, `history`.`seen` = NULL, `history`.`own` = NULL, `history`.`what` = 2
         WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` = tx;
      ELSE
        DELETE FROM `archive`.`history`
         WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` = tx;
        UPDATE `archive`.`history` SET `history`.`until` = NULL
         WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` = before_tx AND `history`.`until` = tx;
      END IF;
    ELSEIF newest_end IS NULL THEN
      IF newest_op <> 2 THEN
        UPDATE `archive`.`history` SET `history`.`until` = tx
         WHERE `history`.`old code` = OLD.`code` AND `history`.`number` = OLD.`number` AND `history`.`tx` = newest_tx;
        INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
        VALUES (OLD.`code`, OLD.`number`, NULL, NULL, NULL, NULL, NULL, NULL, NULL, tx, NULL, 2);
      END IF;
    ELSE
      IF newest_end < tx THEN
        INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
        VALUES (OLD.`code`, OLD.`number`, OLD.`price`, OLD.`weight`, OLD.`data`, OLD.`image`, OLD.`kind`, OLD.`seen`, OLD.`own`, newest_end, tx, 0);
      END IF;
      INSERT INTO `archive`.`history` (`old code`, `number`, `price`, `weight`, `data`, `image`, `kind`, `seen`, `own`, `tx`, `until`, `what`)
      VALUES (OLD.`code`, OLD.`number`, NULL, NULL, NULL, NULL, NULL, NULL, NULL, tx, NULL, 2);
    END IF;
  END event;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "delete", "name": "continuum_delete_it|u0027s |u0060all|u0060", "fingerprint": "f4fcd6ab49ffafe6c297", "schema": "elsewhere", "log": ["shop", "transaction"], "table": "it|u0027s |u0060all|u0060", "version_table": ["archive", "history"], "transaction": "tx", "end": "until", "key": ["old code", "number"]}';
  END made;
END;

SET STATEMENT sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION' FOR CREATE OR REPLACE TRIGGER `elsewhere`.`continuum_cascade_parent_it's ``all``` BEFORE DELETE ON `elsewhere`.`parent` FOR EACH ROW
BEGIN
  IF @@foreign_key_checks THEN
    DELETE FROM `it's ``all``` WHERE `it's ``all```.`number` = OLD.`id`;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "cascade", "name": "continuum_cascade_parent_it|u0027s |u0060all|u0060", "fingerprint": "a603a758ecd4da60a8c6", "schema": "elsewhere", "parent": ["elsewhere", "parent"], "child": ["elsewhere", "it|u0027s |u0060all|u0060"]}';
  END made;
END;

