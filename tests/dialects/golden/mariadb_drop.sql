DROP TRIGGER IF EXISTS `elsewhere`.`continuum_before_it's ``all```;

DROP TRIGGER IF EXISTS `elsewhere`.`continuum_before_it's ``all``_a`;

DROP TRIGGER IF EXISTS `elsewhere`.`continuum_before_it's ``all``_b`;

DROP TRIGGER IF EXISTS `elsewhere`.`continuum_insert_it's ``all```;

DROP TRIGGER IF EXISTS `elsewhere`.`continuum_insert_it's ``all``_a`;

DROP TRIGGER IF EXISTS `elsewhere`.`continuum_insert_it's ``all``_b`;

DROP TRIGGER IF EXISTS `elsewhere`.`continuum_update_it's ``all```;

DROP TRIGGER IF EXISTS `elsewhere`.`continuum_update_it's ``all``_a`;

DROP TRIGGER IF EXISTS `elsewhere`.`continuum_update_it's ``all``_b`;

DROP TRIGGER IF EXISTS `elsewhere`.`continuum_delete_it's ``all```;

DROP TRIGGER IF EXISTS `elsewhere`.`continuum_delete_it's ``all``_a`;

DROP TRIGGER IF EXISTS `elsewhere`.`continuum_delete_it's ``all``_b`;

DROP TRIGGER IF EXISTS `elsewhere`.`continuum_cascade_parent_it's ``all```;

DROP TRIGGER IF EXISTS `elsewhere`.`continuum_cascade_parent_it's ``all``_a`;

DROP TRIGGER IF EXISTS `elsewhere`.`continuum_cascade_parent_it's ``all``_b`;

DROP PROCEDURE IF EXISTS `shop`.`continuum_resolve`;

DROP PROCEDURE IF EXISTS `shop`.`continuum_begin`;

DROP PROCEDURE IF EXISTS `shop`.`continuum_renumber`;

DROP TABLE IF EXISTS `shop`.`continuum_unit`;

