"""The page of results: ``python -m arena.report FOLDER RESULTS.json...``.

Reads what pytest-benchmark has stored, in one run or in several, and writes ``results.md`` with its
plots into a folder.  Tables show the newest run that measured something; promises show all of them.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from arena import plots
from arena import promises
from arena.layout import ENGINES
from arena.layout import seconds
from arena.layout import table
from arena.runs import Record
from arena.runs import Runs
from arena.sizes import MODE
from arena.teams import LABELS

NOBODY = ("unversioned", "django")
OURS = "ours"


def main() -> None:
    """Write the page."""
    folder, *sources = (Path(argument) for argument in sys.argv[1:])
    runs = Runs.load(sources)
    records = runs.records
    folder.mkdir(parents=True, exist_ok=True)
    pictures = plots.draw(records, folder)
    text = "\n\n".join(page(runs, pictures)) + "\n"
    (folder / "results.md").write_text(text, encoding="utf-8")
    print(f"{folder / 'results.md'}: {len(records)} measurements, {len(pictures)} plots")


def page(runs: Runs, pictures: dict[str, str]) -> Iterator[str]:
    """Return the parts of the page."""
    records = runs.records
    yield "# Results of the benchmarks"
    yield (
        "Written by `make bench`; how it measures is on the page [benchmarks](../benchmarks.md). "
        "A ratio is what something took, divided by what the same took without history (for "
        "Django's libraries: in Django without history), both in the same round; shown is the "
        "median of the rounds."
        + (
            " Tables are of the newest run; where several values stand in a line, each is of a run."
            if len(runs.stored) > 1
            else ""
        )
    )
    if MODE != "full":
        yield (
            f"**These are the results of a run with `BENCH={MODE}`: sizes too small to tell "
            "anything but that everything works.**"
        )
    yield from _machine(runs)
    yield from promises.chapter(runs)
    yield from _noise(records)
    yield "## Statements"
    yield (
        "Rows of each statement, columns of the table, versions in the history before. "
        "“By hand” are triggers written for this table alone."
    )
    yield from _picture(pictures, "statements", "Triggers against triggers written by hand")
    for engine in _engines(records):
        yield from _chapter(records, engine, "statements", _statement_title)
    yield "## Flushes and small transactions"
    yield from _picture(pictures, "flush", "A flush of many objects, by recorder")
    for engine in _engines(records):
        yield from _chapter(records, engine, "flush", _flush_title)
        yield from _chapter(records, engine, "transactions", _transactions_title)
        yield from _chapter(records, engine, "clean", _clean_title)
    yield "## Other libraries"
    yield (
        "The same flushes and transactions, fewer of them: some need milliseconds for an object. "
        "Django inserts and updates with its bulk methods."
    )
    yield from _picture(pictures, "peers", "Other libraries: the price of a change")
    for engine in _engines(records):
        yield from _chapter(records, engine, "peers", _peers_title)
    yield "## Reading"
    yield (
        "Without history: as many plain objects are loaded, compared or changed by hand. Where a "
        "library has no function for the past, a statement was written by hand."
    )
    for engine in _engines(records):
        yield from _chapter(records, engine, "reading", _reading_title)
        yield from _chapter(records, engine, "reverting", _reverting_title)
    yield "## Long histories"
    yield from _picture(pictures, "growth", "The same work on longer and longer histories")
    yield from _growth(records)
    yield "## Memory"
    yield from _memory(records)
    yield from _values(records)
    yield "## Where others are better"
    yield from _better(records)


def _machine(runs: Runs) -> Iterator[str]:
    machine, records = runs.stored[-1]["machine_info"], runs.records
    cpu = machine.get("cpu", {})
    versions = {
        version for record in records for version in record.get("versions", {}).values() if version
    }
    servers = {record["about"].get("server") for record in records} - {None}
    lines = [
        f"- {cpu.get('brand_raw') or machine['processor'] or machine['machine']},"
        f" {os.cpu_count()} cores, {machine['system']} {machine['release']}",
        f"- {platform.python_implementation()} {machine['python_version']}",
        *(f"- {server}" for server in sorted(servers)),
        *(f"- {version}" for version in sorted(versions)),
        *(
            f"- measured on {run['datetime'][:16].replace('T', ' at ')} UTC,"
            f" commit {run['commit_info']['id'][:12]}"
            for run in runs.stored
        ),
    ]
    yield "\n".join(lines)


def _noise(records: list[Record]) -> Iterator[str]:
    """Return what is found when somebody is compared with himself."""
    found = [record for record in records if record["about"]["chapter"] == "noise"]
    if not found:
        return
    yield "## How exact that is"
    yield (
        "Triggers written by hand, compared with themselves in another process and another "
        "database: without noise each ratio would be 1. In brackets the quartiles of the rounds."
    )
    parts = list(next(iter(found[0]["cells"].values())))
    yield table(
        ["", *parts],
        (
            [
                f"{ENGINES[record['about']['engine']]}, {_rows(record['about'])}",
                *(
                    f"{cell['ratio']:.2f} ({cell['spread'][0]:.2f} to {cell['spread'][1]:.2f})"
                    for cell in record["cells"]["again"].values()
                ),
            ]
            for record in sorted(found, key=lambda record: _place(record["about"]))
        ),
    )


def _chapter(records: list[Record], engine: str, chapter: str, title: Any) -> Iterator[str]:
    """Return a table for an engine: a line for each contender, a column for each part of work."""
    found = [
        record
        for record in records
        if record["about"]["chapter"] == chapter and record["about"]["engine"] == engine
    ]
    found.sort(key=lambda record: _sorted_by(record["about"]))
    for record in found:
        cells = record["cells"]
        parts = [
            part
            for part, cell in next(iter(cells.values())).items()
            if isinstance(cell, dict) and "seconds" in cell
        ]
        yield f"**{ENGINES[engine]}, {title(record['about'])}**"
        yield table(
            ["", *parts],
            (
                [LABELS[name], *(_cell(name, row, part) for part in parts)]
                for name, row in _ordered(cells)
            ),
        )


def _ordered(cells: Record) -> list[tuple[str, Record]]:
    order = list(LABELS)
    return sorted(cells.items(), key=lambda item: order.index(item[0]))


def _cell(name: str, row: Record, part: str) -> str:
    cell = row[part]
    if cell["ratio"] is None or name in NOBODY:
        return seconds(cell["seconds"])
    if not _complete(row):
        return "*incomplete*"
    return f"{cell['ratio']:.2f}"


def _complete(row: Record) -> bool:
    """Say whether a contender wrote the history, or did all of the revert."""
    versions = row.get("versions")
    if versions is not None and versions["found"] < versions["expected"]:
        return False
    return bool(row.get("complete", True))


def _growth(records: list[Record]) -> Iterator[str]:
    for record in records:
        about = record["about"]
        if about["chapter"] != "growth":
            continue
        sizes = sorted(record["cells"], key=int)
        parts = list(record["cells"][sizes[0]])
        yield f"**{ENGINES[about['engine']]}, versions of {about['kind']}**"
        yield table(
            ["versions", *parts],
            (
                [
                    f"{int(size):,}",
                    *(seconds(record["cells"][size][part]["seconds"]) for part in parts),
                ]
                for size in sizes
            ),
        )


def _memory(records: list[Record]) -> Iterator[str]:
    rows = []
    for record in records:
        if record["about"]["chapter"] == "memory":
            streaming, recording = record["cells"]["streaming"], record["cells"]["recording"]
            rows.append(
                [
                    ENGINES[record["about"]["engine"]],
                    f"{streaming['megabytes']:.1f} MB",
                    f"{record['about']['versions']:,} versions in {seconds(streaming['seconds'])}",
                    f"{recording['megabytes']:.1f} MB",
                    f"{record['about']['rows']:,} rows",
                ]
            )
    yield table(["", "streaming changes", "of", "recording with triggers", "of"], rows)


def _values(records: list[Record]) -> Iterator[str]:
    """Return what compiling is worth where values are compared."""
    found = [record for record in records if record["about"]["chapter"] == "values"]
    if not found:
        return
    yield "## Comparing values"
    yield "One call; in brackets how many times the first of the line is faster."
    lines = []
    for record in found:
        cells = [
            f"{name}: {seconds(cell['calls']['seconds'])} ({cell['calls']['ratio']:.1f})"
            for name, cell in record["cells"].items()
        ]
        lines.append([record["about"]["what"], "; ".join(cells)])
    yield table(["", "seconds"], lines)


def _better(records: list[Record]) -> Iterator[str]:
    """Name every measurement in which somebody else's complete history is cheaper than ours."""
    lines = []
    for record in records:
        about, cells = record["about"], record["cells"]
        if OURS not in cells:
            continue
        for name, row in cells.items():
            if name.startswith("ours") or name in NOBODY or name == "handwritten":
                continue
            for part, cell in row.items():
                mine = cells[OURS].get(part)
                if not isinstance(cell, dict) or not cell.get("ratio") or not _complete(row):
                    continue
                if mine and cell["ratio"] < mine["ratio"]:
                    lines.append(
                        [
                            LABELS[name],
                            f"{ENGINES[about['engine']]}, {_title(about)}, {part}",
                            f"{cell['ratio']:.2f}",
                            f"{mine['ratio']:.2f}",
                        ]
                    )
    if not lines:
        yield "In none of these measurements."
        return
    yield (
        "Ratios of theirs that are lower than ours. What is stored differs: SQLAlchemy's libraries "
        "and Django's see only what goes through them; the JSON and event tables, and "
        "system-versioned tables, keep a row for each change, not one for each transaction."
    )
    yield table(["who", "where", "theirs", "ours"], lines)


def _title(about: Record) -> str:
    titles = {
        "statements": _statement_title,
        "flush": _flush_title,
        "transactions": _transactions_title,
        "clean": _clean_title,
        "peers": _peers_title,
        "reading": _reading_title,
        "reverting": _reverting_title,
    }
    return titles[about["chapter"]](about)


def _statement_title(about: Record) -> str:
    history = f"{about['history']:,} versions before" if about["history"] else "new history"
    return f"{_rows(about)} by a statement, {about['columns']} columns, {history}"


def _flush_title(about: Record) -> str:
    return f"a flush of {about['objects']:,} objects"


def _transactions_title(about: Record) -> str:
    return f"{about['transactions']:,} small transactions"


def _clean_title(about: Record) -> str:
    return f"a hundred flushes without changes, {about['objects']:,} objects loaded"


def _peers_title(about: Record) -> str:
    return _flush_title(about) if "objects" in about else _transactions_title(about)


def _reading_title(about: Record) -> str:
    return f"{about['versions']:,} versions of an object; {about['past']:,} objects in the past"


def _reverting_title(about: Record) -> str:
    return f"a tree with {about['branches']} branches of ten leaves"


def _rows(about: Record) -> str:
    return "1 row" if about["rows"] == 1 else f"{about['rows']:,} rows"


def _place(about: Record) -> tuple[int, int]:
    return list(ENGINES).index(about["engine"]), about["rows"]


def _sorted_by(about: Record) -> tuple[int, ...]:
    return tuple(about.get(name, 0) for name in ("columns", "history", "rows"))


def _engines(records: list[Record]) -> list[str]:
    present = {record["about"]["engine"] for record in records}
    return [engine for engine in ENGINES if engine in present]


def _picture(pictures: dict[str, str], name: str, alternative: str) -> Iterator[str]:
    if name in pictures:
        yield (
            "<picture>\n"
            f'<source media="(prefers-color-scheme: dark)" srcset="{name}-dark.svg">\n'
            f'<img alt="{alternative}" src="{name}-light.svg">\n'
            "</picture>"
        )


if __name__ == "__main__":
    main()
