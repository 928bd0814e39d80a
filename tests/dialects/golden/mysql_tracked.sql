SET @continuum_sql_mode = @@SESSION.sql_mode, @@SESSION.sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION';

CREATE TRIGGER `shop`.`continuum_written_article_version_a` BEFORE INSERT ON `shop`.`article_version` FOR EACH ROW
BEGIN
  DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE before_tx BIGINT;
  DECLARE changed_0 BOOLEAN DEFAULT TRUE;
  DECLARE mask BIGINT;
  DECLARE ended DATETIME(6);
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  IF NEW.`end_transaction_id` IS NOT NULL THEN
    SELECT l.`issued_at` INTO ended FROM `transaction` AS l
     WHERE l.`id` = NEW.`end_transaction_id`;
  END IF;
  SET NEW.`ended at` = ended;
  IF NEW.`transaction_id` <> 0 AND NEW.`end_transaction_id` IS NOT NULL THEN
    SELECT `article_version`.`transaction_id` INTO before_tx FROM `article_version`
     WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` < NEW.`transaction_id`
     ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 LOCK IN SHARE MODE;
    SELECT NOT (CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY))
      INTO changed_0
      FROM `article_version` WHERE `article_version`.`id` = NEW.`id`
       AND `article_version`.`transaction_id` = before_tx AND `article_version`.`operation_type` <> 2 AND `article_version`.`end_transaction_id` = NEW.`transaction_id` LOCK IN SHARE MODE;
  ELSEIF NEW.`operation_type` <> 0 THEN
    SELECT `article_version`.`transaction_id` INTO before_tx FROM `article_version`
     WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` < NEW.`transaction_id`
     ORDER BY `article_version`.`transaction_id` DESC LIMIT 1;
    SELECT NOT (CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY))
      INTO changed_0
      FROM `article_version` WHERE `article_version`.`id` = NEW.`id`
       AND `article_version`.`transaction_id` = before_tx AND `article_version`.`operation_type` <> 2 AND `article_version`.`end_transaction_id` = NEW.`transaction_id`;
  END IF;
  SET NEW.`name_mod` = changed_0;
  SET mask = 0;
  IF changed_0 THEN
    SELECT BIT_OR(IF(CASE CAST(CONVERT(k.column_name USING utf8mb4) AS BINARY)
      WHEN CAST('name' AS BINARY) THEN changed_0
      END, 1 << k.position, 0)) INTO mask
      FROM `transaction_mask` AS k WHERE k.version_table = 'article_version';
  END IF;
  SET NEW.`mask` = mask;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "written", "name": "continuum_written_article_version", "fingerprint": "499c27ce1045936719c8", "schema": "shop", "log": ["shop", "transaction"], "of": ["shop", "article"]}';
  END made;
END;

CREATE TRIGGER `shop`.`continuum_rewritten_article_version_a` BEFORE UPDATE ON `shop`.`article_version` FOR EACH ROW
BEGIN
  DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
  DECLARE before_tx BIGINT;
  DECLARE changed_0 BOOLEAN DEFAULT TRUE;
  DECLARE mask BIGINT;
  DECLARE ended DATETIME(6);
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  IF NOT (NEW.`end_transaction_id` <=> OLD.`end_transaction_id`) THEN
    IF NEW.`end_transaction_id` IS NOT NULL THEN
      SELECT l.`issued_at` INTO ended FROM `transaction` AS l
       WHERE l.`id` = NEW.`end_transaction_id`;
    END IF;
    SET NEW.`ended at` = ended;
  END IF;
  IF NEW.`transaction_id` = OLD.`transaction_id` AND NEW.`transaction_id` = tx AND NEW.`end_transaction_id` <=> OLD.`end_transaction_id` THEN
    IF NEW.`transaction_id` <> 0 AND NEW.`end_transaction_id` IS NOT NULL THEN
      SELECT `article_version`.`transaction_id` INTO before_tx FROM `article_version`
       WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` < NEW.`transaction_id`
       ORDER BY `article_version`.`transaction_id` DESC LIMIT 1 LOCK IN SHARE MODE;
      SELECT NOT (CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY))
        INTO changed_0
        FROM `article_version` WHERE `article_version`.`id` = NEW.`id`
         AND `article_version`.`transaction_id` = before_tx AND `article_version`.`operation_type` <> 2 AND `article_version`.`end_transaction_id` = NEW.`transaction_id` LOCK IN SHARE MODE;
    ELSEIF NEW.`operation_type` <> 0 THEN
      SELECT `article_version`.`transaction_id` INTO before_tx FROM `article_version`
       WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` < NEW.`transaction_id`
       ORDER BY `article_version`.`transaction_id` DESC LIMIT 1;
      SELECT NOT (CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY))
        INTO changed_0
        FROM `article_version` WHERE `article_version`.`id` = NEW.`id`
         AND `article_version`.`transaction_id` = before_tx AND `article_version`.`operation_type` <> 2 AND `article_version`.`end_transaction_id` = NEW.`transaction_id`;
    END IF;
    SET NEW.`name_mod` = changed_0;
    SET mask = 0;
    IF changed_0 THEN
      SELECT BIT_OR(IF(CASE CAST(CONVERT(k.column_name USING utf8mb4) AS BINARY)
        WHEN CAST('name' AS BINARY) THEN changed_0
        END, 1 << k.position, 0)) INTO mask
        FROM `transaction_mask` AS k WHERE k.version_table = 'article_version';
    END IF;
    SET NEW.`mask` = mask;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "rewritten", "name": "continuum_rewritten_article_version", "fingerprint": "499c27ce1045936719c8", "schema": "shop", "log": ["shop", "transaction"], "of": ["shop", "article"]}';
  END made;
END;

CREATE TRIGGER `shop`.`continuum_before_article_a` BEFORE INSERT ON `shop`.`article` FOR EACH ROW
BEGIN
  SET @`continuum_c1fa1875_3b00b7e1f3d0853d_generated` = NEW.`id` IS NULL OR NEW.`id` = 0;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "before", "name": "continuum_before_article", "fingerprint": "499c27ce1045936719c8", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": "end_transaction_id", "key": ["id"]}';
  END made;
END;

CREATE TRIGGER `shop`.`continuum_insert_article_a` AFTER INSERT ON `shop`.`article` FOR EACH ROW
BEGIN
  DECLARE present BIGINT DEFAULT TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
  DECLARE seen BIGINT DEFAULT @`continuum_c1fa1875_3b00b7e1f3d0853d_insert_seen`;
  DECLARE seen_by INT DEFAULT @`continuum_c1fa1875_3b00b7e1f3d0853d_insert_by`;
  IF seen <=> present AND seen_by <> 0 THEN
    SET @`continuum_c1fa1875_3b00b7e1f3d0853d_insert_seen` = NULL;
  ELSE
    SET @`continuum_c1fa1875_3b00b7e1f3d0853d_insert_seen` = present, @`continuum_c1fa1875_3b00b7e1f3d0853d_insert_by` = 0;
    BEGIN
      DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
      DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
      DECLARE newest_tx BIGINT;
      DECLARE noted BIGINT;
      DECLARE entity LONGTEXT CHARACTER SET utf8mb4;
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
            INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
            VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0, upper(NEW.`name`));
            SET entity = _utf8mb4 X'4772c3b6c39f65';
            SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
             WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
            IF noted = 0 AND entity IS NOT NULL THEN
              INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
            END IF;
          END IF;
          LEAVE event;
        END IF;
        SELECT MAX(`article_version`.`transaction_id`) INTO newest_tx FROM `article_version`
         WHERE `article_version`.`id` = NEW.`id`;
        IF newest_tx IS NULL AND recording THEN
          INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
          VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0, upper(NEW.`name`));
          SET entity = _utf8mb4 X'4772c3b6c39f65';
          SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
           WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
          IF noted = 0 AND entity IS NOT NULL THEN
            INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
          END IF;
          LEAVE event;
        END IF;
        BEGIN
          DECLARE same, newest_op, before_tx, newest_end BIGINT;
          DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
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
              UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
              SET @`continuum_c1fa1875_gaps` = 1;
            END IF;
            LEAVE event;
          END IF;
          IF newest_tx > tx OR newest_end > tx THEN
            CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
            SET tx = @`continuum_c1fa1875_id`;
          END IF;
          IF newest_tx IS NULL THEN
            INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
            VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0, upper(NEW.`name`));
            SET entity = _utf8mb4 X'4772c3b6c39f65';
            SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
             WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
            IF noted = 0 AND entity IS NOT NULL THEN
              INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
            END IF;
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
              ELSE
                UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 1, `article_version`.`shout` = upper(NEW.`name`)
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                SET entity = _utf8mb4 X'4772c3b6c39f65';
                SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                 WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                IF noted = 0 AND entity IS NOT NULL THEN
                  INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                END IF;
              END IF;
            ELSE
              UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 0, `article_version`.`shout` = upper(NEW.`name`)
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
              SET entity = _utf8mb4 X'4772c3b6c39f65';
              SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
               WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
              IF noted = 0 AND entity IS NOT NULL THEN
                INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
              END IF;
            END IF;
          ELSEIF newest_end IS NULL THEN
            IF newest_op = 2 THEN
              UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
              VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0, upper(NEW.`name`));
              SET entity = _utf8mb4 X'4772c3b6c39f65';
              SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
               WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
              IF noted = 0 AND entity IS NOT NULL THEN
                INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
              END IF;
            ELSE
              SELECT COUNT(*) INTO same FROM `article_version`
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                 AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                 FOR UPDATE;
              IF NOT same THEN
                UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                 WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1, upper(NEW.`name`));
                SET entity = _utf8mb4 X'4772c3b6c39f65';
                SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                 WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                IF noted = 0 AND entity IS NOT NULL THEN
                  INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                END IF;
              END IF;
            END IF;
          ELSEIF newest_end < tx OR newest_op = 2 THEN
            INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
            VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0, upper(NEW.`name`));
            SET entity = _utf8mb4 X'4772c3b6c39f65';
            SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
             WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
            IF noted = 0 AND entity IS NOT NULL THEN
              INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
            END IF;
          ELSE
            SELECT COUNT(*) INTO same FROM `article_version`
             WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
               AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
               FOR UPDATE;
            IF same THEN
              UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
            ELSE
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
              VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1, upper(NEW.`name`));
              SET entity = _utf8mb4 X'4772c3b6c39f65';
              SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
               WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
              IF noted = 0 AND entity IS NOT NULL THEN
                INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
              END IF;
            END IF;
          END IF;
        END;
      END event;
    END;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "insert", "name": "continuum_insert_article", "fingerprint": "499c27ce1045936719c8", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": "end_transaction_id", "key": ["id"]}';
  END made;
END;

CREATE TRIGGER `shop`.`continuum_update_article_a` AFTER UPDATE ON `shop`.`article` FOR EACH ROW
BEGIN
  DECLARE present BIGINT DEFAULT TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
  DECLARE seen BIGINT DEFAULT @`continuum_c1fa1875_3b00b7e1f3d0853d_update_seen`;
  DECLARE seen_by INT DEFAULT @`continuum_c1fa1875_3b00b7e1f3d0853d_update_by`;
  IF seen <=> present AND seen_by <> 0 THEN
    SET @`continuum_c1fa1875_3b00b7e1f3d0853d_update_seen` = NULL;
  ELSE
    SET @`continuum_c1fa1875_3b00b7e1f3d0853d_update_seen` = present, @`continuum_c1fa1875_3b00b7e1f3d0853d_update_by` = 0;
    BEGIN
      IF NOT (OLD.`id` <=> NEW.`id` AND CAST(OLD.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)) THEN
        altered: BEGIN
          DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
          DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
          DECLARE newest_tx BIGINT;
          DECLARE noted BIGINT;
          DECLARE entity LONGTEXT CHARACTER SET utf8mb4;
          IF OLD.`id` <=> NEW.`id` THEN
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
              UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
               WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                 AND `article_version`.`end_transaction_id` IS NULL;
              IF ROW_COUNT() = 1 THEN
                INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1, upper(NEW.`name`));
                SET entity = _utf8mb4 X'4772c3b6c39f65';
                SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                 WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                IF noted = 0 AND entity IS NOT NULL THEN
                  INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                END IF;
                LEAVE altered;
              END IF;
            END IF;
          END IF;
          BEGIN
            DECLARE same, newest_op, before_tx, newest_end BIGINT;
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
                      UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                       WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx
                         AND `article_version`.`end_transaction_id` IS NULL AND `article_version`.`operation_type` <> 2;
                      IF ROW_COUNT() = 1 THEN
                        INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                        VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2, upper(OLD.`name`));
                        SET entity = _utf8mb4 X'4772c3b6c39f65';
                        SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                         WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                        IF noted = 0 AND entity IS NOT NULL THEN
                          INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                        END IF;
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
                        UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                         WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx;
                        SET @`continuum_c1fa1875_gaps` = 1;
                      END IF;
                      LEAVE event;
                    END IF;
                    IF newest_tx > tx OR newest_end > tx THEN
                      CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
                      SET tx = @`continuum_c1fa1875_id`;
                    END IF;
                    IF newest_tx IS NULL THEN
                      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                      VALUES (OLD.`id`, OLD.`name`, 0, tx, 0, upper(OLD.`name`));
                      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                      VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2, upper(OLD.`name`));
                      SET entity = _utf8mb4 X'4772c3b6c39f65';
                      SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                       WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                      IF noted = 0 AND entity IS NOT NULL THEN
                        INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                      END IF;
                    ELSEIF newest_tx = tx THEN
                      SELECT MAX(`article_version`.`transaction_id`) INTO before_tx FROM `article_version`
                       WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` < tx;
                      IF before_tx IS NOT NULL THEN
                        SELECT `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_end, newest_op
                          FROM `article_version` WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = before_tx;
                      END IF;
                      IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
                        UPDATE `article_version` SET `article_version`.`name` = OLD.`name`, `article_version`.`operation_type` = 2, `article_version`.`shout` = upper(OLD.`name`)
                         WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
                        SET entity = _utf8mb4 X'4772c3b6c39f65';
                        SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                         WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                        IF noted = 0 AND entity IS NOT NULL THEN
                          INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                        END IF;
                      ELSE
                        DELETE FROM `article_version`
                         WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
                        UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                         WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = before_tx AND `article_version`.`end_transaction_id` = tx;
                      END IF;
                    ELSEIF newest_end IS NULL THEN
                      IF newest_op <> 2 THEN
                        UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                         WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx;
                        INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                        VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2, upper(OLD.`name`));
                        SET entity = _utf8mb4 X'4772c3b6c39f65';
                        SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                         WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                        IF noted = 0 AND entity IS NOT NULL THEN
                          INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                        END IF;
                      END IF;
                    ELSE
                      IF newest_end < tx THEN
                        INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                        VALUES (OLD.`id`, OLD.`name`, newest_end, tx, 0, upper(OLD.`name`));
                      END IF;
                      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                      VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2, upper(OLD.`name`));
                      SET entity = _utf8mb4 X'4772c3b6c39f65';
                      SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                       WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                      IF noted = 0 AND entity IS NOT NULL THEN
                        INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                      END IF;
                    END IF;
                  END event;
                  SET newest_tx = NULL, newest_op = NULL, before_tx = NULL, newest_end = NULL;
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
                    INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                    VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0, upper(NEW.`name`));
                    SET entity = _utf8mb4 X'4772c3b6c39f65';
                    SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                     WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                    IF noted = 0 AND entity IS NOT NULL THEN
                      INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                    END IF;
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
                      UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                       WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                      SET @`continuum_c1fa1875_gaps` = 1;
                    END IF;
                    LEAVE event;
                  END IF;
                  IF newest_tx > tx OR newest_end > tx THEN
                    CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
                    SET tx = @`continuum_c1fa1875_id`;
                  END IF;
                  IF newest_tx IS NULL THEN
                    INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                    VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0, upper(NEW.`name`));
                    SET entity = _utf8mb4 X'4772c3b6c39f65';
                    SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                     WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                    IF noted = 0 AND entity IS NOT NULL THEN
                      INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                    END IF;
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
                      ELSE
                        UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 1, `article_version`.`shout` = upper(NEW.`name`)
                         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                        SET entity = _utf8mb4 X'4772c3b6c39f65';
                        SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                         WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                        IF noted = 0 AND entity IS NOT NULL THEN
                          INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                        END IF;
                      END IF;
                    ELSE
                      UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 0, `article_version`.`shout` = upper(NEW.`name`)
                       WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                      SET entity = _utf8mb4 X'4772c3b6c39f65';
                      SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                       WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                      IF noted = 0 AND entity IS NOT NULL THEN
                        INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                      END IF;
                    END IF;
                  ELSEIF newest_end IS NULL THEN
                    IF newest_op = 2 THEN
                      UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                       WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                      VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0, upper(NEW.`name`));
                      SET entity = _utf8mb4 X'4772c3b6c39f65';
                      SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                       WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                      IF noted = 0 AND entity IS NOT NULL THEN
                        INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                      END IF;
                    ELSE
                      SELECT COUNT(*) INTO same FROM `article_version`
                       WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                         AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                         FOR UPDATE;
                      IF NOT same THEN
                        UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                         WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                        INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                        VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1, upper(NEW.`name`));
                        SET entity = _utf8mb4 X'4772c3b6c39f65';
                        SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                         WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                        IF noted = 0 AND entity IS NOT NULL THEN
                          INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                        END IF;
                      END IF;
                    END IF;
                  ELSEIF newest_end < tx OR newest_op = 2 THEN
                    INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                    VALUES (NEW.`id`, NEW.`name`, tx, NULL, 0, upper(NEW.`name`));
                    SET entity = _utf8mb4 X'4772c3b6c39f65';
                    SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                     WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                    IF noted = 0 AND entity IS NOT NULL THEN
                      INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                    END IF;
                  ELSE
                    SELECT COUNT(*) INTO same FROM `article_version`
                     WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                       AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                       FOR UPDATE;
                    IF same THEN
                      UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                       WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                    ELSE
                      INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                      VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1, upper(NEW.`name`));
                      SET entity = _utf8mb4 X'4772c3b6c39f65';
                      SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                       WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                      IF noted = 0 AND entity IS NOT NULL THEN
                        INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                      END IF;
                    END IF;
                  END IF;
                END event;
              END IF;
            ELSE
              event: BEGIN
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
                    UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                     WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                    SET @`continuum_c1fa1875_gaps` = 1;
                  END IF;
                  LEAVE event;
                END IF;
                IF newest_tx > tx OR newest_end > tx THEN
                  CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
                  SET tx = @`continuum_c1fa1875_id`;
                END IF;
                IF newest_tx IS NULL THEN
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                  VALUES (OLD.`id`, OLD.`name`, 0, tx, 0, upper(OLD.`name`));
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                  VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1, upper(NEW.`name`));
                  SET entity = _utf8mb4 X'4772c3b6c39f65';
                  SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                   WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                  IF noted = 0 AND entity IS NOT NULL THEN
                    INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                  END IF;
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
                    ELSE
                      UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 1, `article_version`.`shout` = upper(NEW.`name`)
                       WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                      SET entity = _utf8mb4 X'4772c3b6c39f65';
                      SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                       WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                      IF noted = 0 AND entity IS NOT NULL THEN
                        INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                      END IF;
                    END IF;
                  ELSE
                    UPDATE `article_version` SET `article_version`.`name` = NEW.`name`, `article_version`.`operation_type` = 0, `article_version`.`shout` = upper(NEW.`name`)
                     WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = tx;
                    SET entity = _utf8mb4 X'4772c3b6c39f65';
                    SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                     WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                    IF noted = 0 AND entity IS NOT NULL THEN
                      INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                    END IF;
                  END IF;
                ELSEIF newest_end IS NULL THEN
                  UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                  VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1, upper(NEW.`name`));
                  SET entity = _utf8mb4 X'4772c3b6c39f65';
                  SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                   WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                  IF noted = 0 AND entity IS NOT NULL THEN
                    INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                  END IF;
                ELSEIF newest_end < tx THEN
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                  VALUES (OLD.`id`, OLD.`name`, newest_end, tx, 0, upper(OLD.`name`));
                  INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                  VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1, upper(NEW.`name`));
                  SET entity = _utf8mb4 X'4772c3b6c39f65';
                  SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                   WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                  IF noted = 0 AND entity IS NOT NULL THEN
                    INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                  END IF;
                ELSE
                  SELECT COUNT(*) INTO same FROM `article_version`
                   WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx
                     AND CAST(`article_version`.`name` AS BINARY) <=> CAST(NEW.`name` AS BINARY)
                     FOR UPDATE;
                  IF same THEN
                    UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
                     WHERE `article_version`.`id` = NEW.`id` AND `article_version`.`transaction_id` = newest_tx;
                  ELSE
                    INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
                    VALUES (NEW.`id`, NEW.`name`, tx, NULL, 1, upper(NEW.`name`));
                    SET entity = _utf8mb4 X'4772c3b6c39f65';
                    SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
                     WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
                    IF noted = 0 AND entity IS NOT NULL THEN
                      INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
                    END IF;
                  END IF;
                END IF;
              END event;
            END IF;
          END;
        END altered;
      END IF;
    END;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "update", "name": "continuum_update_article", "fingerprint": "499c27ce1045936719c8", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": "end_transaction_id", "key": ["id"]}';
  END made;
END;

CREATE TRIGGER `shop`.`continuum_delete_article_a` AFTER DELETE ON `shop`.`article` FOR EACH ROW
BEGIN
  DECLARE present BIGINT DEFAULT TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
  DECLARE seen BIGINT DEFAULT @`continuum_c1fa1875_3b00b7e1f3d0853d_delete_seen`;
  DECLARE seen_by INT DEFAULT @`continuum_c1fa1875_3b00b7e1f3d0853d_delete_by`;
  IF seen <=> present AND seen_by <> 0 THEN
    SET @`continuum_c1fa1875_3b00b7e1f3d0853d_delete_seen` = NULL;
  ELSE
    SET @`continuum_c1fa1875_3b00b7e1f3d0853d_delete_seen` = present, @`continuum_c1fa1875_3b00b7e1f3d0853d_delete_by` = 0;
    BEGIN
      DECLARE recording BOOLEAN DEFAULT @`continuum_c1fa1875_id` IS NOT NULL AND @`continuum_c1fa1875_paused` IS NULL AND CAST(@`continuum_c1fa1875_moment` AS SIGNED) <=> TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6));
      DECLARE tx BIGINT DEFAULT @`continuum_c1fa1875_id`;
      DECLARE newest_tx BIGINT;
      DECLARE noted BIGINT;
      DECLARE entity LONGTEXT CHARACTER SET utf8mb4;
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
          UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
           WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx
             AND `article_version`.`end_transaction_id` IS NULL AND `article_version`.`operation_type` <> 2;
          IF ROW_COUNT() = 1 THEN
            INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
            VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2, upper(OLD.`name`));
            SET entity = _utf8mb4 X'4772c3b6c39f65';
            SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
             WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
            IF noted = 0 AND entity IS NOT NULL THEN
              INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
            END IF;
            LEAVE event;
          END IF;
        END IF;
        BEGIN
          DECLARE same, newest_op, before_tx, newest_end BIGINT;
          DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
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
              UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
               WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx;
              SET @`continuum_c1fa1875_gaps` = 1;
            END IF;
            LEAVE event;
          END IF;
          IF newest_tx > tx OR newest_end > tx THEN
            CALL `continuum_renumber`(GREATEST(newest_tx, COALESCE(newest_end, 0)));
            SET tx = @`continuum_c1fa1875_id`;
          END IF;
          IF newest_tx IS NULL THEN
            INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
            VALUES (OLD.`id`, OLD.`name`, 0, tx, 0, upper(OLD.`name`));
            INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
            VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2, upper(OLD.`name`));
            SET entity = _utf8mb4 X'4772c3b6c39f65';
            SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
             WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
            IF noted = 0 AND entity IS NOT NULL THEN
              INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
            END IF;
          ELSEIF newest_tx = tx THEN
            SELECT MAX(`article_version`.`transaction_id`) INTO before_tx FROM `article_version`
             WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` < tx;
            IF before_tx IS NOT NULL THEN
              SELECT `article_version`.`end_transaction_id`, `article_version`.`operation_type` INTO newest_end, newest_op
                FROM `article_version` WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = before_tx;
            END IF;
            IF before_tx IS NOT NULL AND newest_op <> 2 AND newest_end = tx THEN
              UPDATE `article_version` SET `article_version`.`name` = OLD.`name`, `article_version`.`operation_type` = 2, `article_version`.`shout` = upper(OLD.`name`)
               WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
              SET entity = _utf8mb4 X'4772c3b6c39f65';
              SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
               WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
              IF noted = 0 AND entity IS NOT NULL THEN
                INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
              END IF;
            ELSE
              DELETE FROM `article_version`
               WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = tx;
              UPDATE `article_version` SET `article_version`.`end_transaction_id` = NULL
               WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = before_tx AND `article_version`.`end_transaction_id` = tx;
            END IF;
          ELSEIF newest_end IS NULL THEN
            IF newest_op <> 2 THEN
              UPDATE `article_version` SET `article_version`.`end_transaction_id` = tx
               WHERE `article_version`.`id` = OLD.`id` AND `article_version`.`transaction_id` = newest_tx;
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
              VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2, upper(OLD.`name`));
              SET entity = _utf8mb4 X'4772c3b6c39f65';
              SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
               WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
              IF noted = 0 AND entity IS NOT NULL THEN
                INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
              END IF;
            END IF;
          ELSE
            IF newest_end < tx THEN
              INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
              VALUES (OLD.`id`, OLD.`name`, newest_end, tx, 0, upper(OLD.`name`));
            END IF;
            INSERT INTO `article_version` (`id`, `name`, `transaction_id`, `end_transaction_id`, `operation_type`, `shout`)
            VALUES (OLD.`id`, OLD.`name`, tx, NULL, 2, upper(OLD.`name`));
            SET entity = _utf8mb4 X'4772c3b6c39f65';
            SELECT COUNT(*) INTO noted FROM `transaction_changes` AS n
             WHERE n.`transaction_id` = tx AND CAST(CONVERT(n.`entity_name` USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
            IF noted = 0 AND entity IS NOT NULL THEN
              INSERT INTO `transaction_changes` (`transaction_id`, `entity_name`) VALUES (tx, entity);
            END IF;
          END IF;
        END;
      END event;
    END;
  END IF;
  made: BEGIN
    LEAVE made;
    DO 'continuum {"format": 1, "kind": "delete", "name": "continuum_delete_article", "fingerprint": "499c27ce1045936719c8", "schema": "shop", "log": ["shop", "transaction"], "table": "article", "version_table": ["shop", "article_version"], "transaction": "transaction_id", "end": "end_transaction_id", "key": ["id"]}';
  END made;
END;

SET @@SESSION.sql_mode = @continuum_sql_mode;

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

DROP TRIGGER IF EXISTS `shop`.`continuum_written_article_version`;

DROP TRIGGER IF EXISTS `shop`.`continuum_written_article_version_a`;

DROP TRIGGER IF EXISTS `shop`.`continuum_written_article_version_b`;

DROP TRIGGER IF EXISTS `shop`.`continuum_rewritten_article_version`;

DROP TRIGGER IF EXISTS `shop`.`continuum_rewritten_article_version_a`;

DROP TRIGGER IF EXISTS `shop`.`continuum_rewritten_article_version_b`;

