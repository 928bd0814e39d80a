"""Columns of a version table that follow from its other columns: flags, a mask, the time of an end.

They are set by triggers on the version table itself, whichever statement writes a version, so that
the triggers of the live table need not know of them, and neither need renumbering and repairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from continuum.dialects.mysql.text import indent
from continuum.dialects.mysql.text import quote
from continuum.dialects.mysql.text import text_literal
from continuum.dialects.mysql.values import differs
from continuum.dialects.mysql.versions import Versions
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import MaskSpec
from continuum.dialects.spec import TriggerSpec

TRACKING_KINDS = ("written", "rewritten")
"""The triggers of a version table."""


def is_tracked(spec: TriggerSpec) -> bool:
    """Say whether a version table needs triggers of its own."""
    return bool(spec.end_timestamp_column or spec.mask or any(c.flag for c in spec.columns))


class Tracking:
    """Text of the triggers of one version table."""

    def __init__(self, spec: TriggerSpec) -> None:
        self.spec = spec
        self.versions = Versions(spec, home=spec.version_table.schema)

    def bodies(self) -> dict[str, tuple[str, str]]:
        """Event and text of each trigger, by kind."""
        versions = self.versions
        tx, end = f"NEW.{versions.tx}", f"NEW.{versions.end}"
        flags = self.flags()
        rewritten = ""
        if flags:
            # Ends and ids change without a change of what a version says.
            same_end = "" if versions.end is None else f" AND {end} <=> OLD.{versions.end}"
            rewritten = f"""
IF {tx} = OLD.{versions.tx} AND {tx} = tx{same_end} THEN
{indent(flags, 2)}
END IF;
"""
        ended = f"IF NOT ({end} <=> OLD.{versions.end}) THEN\n{indent(self.end_time(), 2)}\nEND IF;"
        return {
            "written": (
                "BEFORE INSERT",
                f"{self.declare()}\n{self.end_time()}\n{flags}",
            ),
            "rewritten": (
                "BEFORE UPDATE",
                f"{self.declare()}\n{ended if self.end_time() else ''}\n{rewritten}",
            ),
        }

    def declare(self) -> str:
        """Declare the variables of a trigger."""
        declared = []
        if self.tracked:
            declared += [
                f"DECLARE tx BIGINT DEFAULT {self.versions.log.current};",
                "DECLARE before_tx BIGINT;",
                f"DECLARE {', '.join(self.variables)} BOOLEAN DEFAULT TRUE;",
            ]
        if self.spec.mask is not None:
            declared.append("DECLARE mask BIGINT;")
        if self.spec.end_timestamp_column is not None:
            declared.append("DECLARE ended DATETIME(6);")
        return "\n".join([*declared, "DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;"])

    @property
    def tracked(self) -> Sequence[ColumnSpec]:
        """The columns whose changes are noted."""
        columns = self.spec.value_columns
        return columns if self.spec.mask is not None else [c for c in columns if c.flag]

    @property
    def variables(self) -> list[str]:
        """Variables that say whether a column has changed."""
        return [f"changed_{number}" for number in range(len(self.tracked))]

    def end_time(self) -> str:
        """Set the time of the end to that of the transaction."""
        spec, versions = self.spec, self.versions
        if spec.end_timestamp_column is None:
            return ""
        log = versions.log
        return f"""
IF NEW.{versions.end} IS NOT NULL THEN
  SELECT l.{quote(spec.log.issued_at)} INTO ended FROM {log.table} AS l
   WHERE l.{log.id} = NEW.{versions.end};
END IF;
SET NEW.{quote(spec.end_timestamp_column)} = ended;
"""

    def flags(self) -> str:
        """Compare with the version before and set flags and mask.

        The version before is one that this transaction has ended, which a plain read shows.  Any
        other has been locked by the trigger that found it, so that reading it as it is now waits
        for nobody.
        """
        if not self.tracked:
            return ""
        spec, versions = self.spec, self.versions
        operation = f"NEW.{versions.operation}"
        if versions.end is None:
            current, otherwise, follows = f"{operation} <> 0", "ELSE", ""
        else:
            # A first version follows none; a baseline may.
            current = f"NEW.{versions.tx} <> 0 AND NEW.{versions.end} IS NOT NULL"
            otherwise = f"ELSEIF {operation} <> 0 THEN"
            follows = f" AND {versions.own_end} = NEW.{versions.tx}"
        match = " AND ".join(
            f"{versions.column(c)} = NEW.{quote(c.history_name)}" for c in spec.key_columns
        )
        tests = [
            differs(
                # Flags tell of every byte, whatever counts as a change.
                replace(column, comparison=None),
                versions.column(column),
                f"NEW.{quote(column.history_name)}",
            )
            for column in self.tracked
        ]
        compare = (
            f"SELECT {', '.join(tests)}\n  INTO {', '.join(self.variables)}\n"
            f"  FROM {versions.history} WHERE {match}\n"
            f"   AND {versions.own_tx} = before_tx AND {versions.own_operation} <> 2{follows}"
        )
        newest = (
            f"SELECT {versions.own_tx} INTO before_tx FROM {versions.history}\n"
            f" WHERE {match} AND {versions.own_tx} < NEW.{versions.tx}\n"
            f" ORDER BY {versions.own_tx} DESC LIMIT 1"
        )
        sets = [
            f"SET NEW.{quote(column.flag)} = {variable};"
            for column, variable in zip(self.tracked, self.variables, strict=True)
            if column.flag is not None
        ]
        mask = "" if spec.mask is None else self.mask(spec.mask)
        return "\n".join(
            [
                f"IF {current} THEN",
                indent(f"{newest} LOCK IN SHARE MODE;\n{compare} LOCK IN SHARE MODE;", 2),
                otherwise,
                indent(f"{newest};\n{compare};", 2),
                "END IF;",
                *sets,
                mask,
            ]
        )

    def mask(self, mask: MaskSpec) -> str:
        """Sum the bits of the changed columns."""
        catalog = self.versions.log.qualified(mask.catalog)
        cases = "\n    ".join(
            f"WHEN CAST({text_literal(column.name)} AS BINARY) THEN {variable}"
            for column, variable in zip(self.tracked, self.variables, strict=True)
        )
        table = text_literal(self.spec.version_table.name)
        return f"""
SET mask = 0;
IF {" OR ".join(self.variables)} THEN
  SELECT BIT_OR(IF(CASE CAST(CONVERT(k.column_name USING utf8mb4) AS BINARY)
    {cases}
    END, 1 << k.position, 0)) INTO mask
    FROM {catalog} AS k WHERE k.version_table = {table};
END IF;
SET NEW.{quote(mask.column)} = mask;
"""
