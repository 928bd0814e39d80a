"""The pictures beside the tables, each as SVG and PNG, for light and for dark pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from arena.bounds import HANDWRITTEN

Record = dict[str, Any]

THEMES = {
    "light": {"ink": "#1f2328", "faint": "#d0d7de", "paper": "#ffffff"},
    "dark": {"ink": "#e6edf3", "faint": "#30363d", "paper": "#0d1117"},
}
COLOURS = (
    *("#8b949e", "#2f81f7", "#56d4dd", "#1f6f9f", "#0f8f83", "#6cb6ff", "#9ecbff"),
    *("#e16f24", "#d29922", "#f778ba", "#bc8cff", "#3fb950", "#b0603f", "#7c6ce0"),
)
"""Told apart on white and on black; the blue ones are ours."""

ENGINES = ("postgresql", "mariadb", "mysql", "sqlite")
PARTS = {
    "statements": ("insert", "update", "no-op", "delete"),
    "flush": ("insert", "update", "delete"),
    "growth": ("write", "version_at", "previous", "as_of", "changes"),
}


def draw(records: list[Record], folder: Path) -> dict[str, str]:
    """Draw what there are results for.

    :returns: names of the pictures, with what they show.
    """
    # Text stays text: smaller, and it can be searched and read aloud.
    mpl.rcParams["svg.fonttype"] = "none"
    mpl.rcParams["svg.hashsalt"] = "continuum"
    pictures = {
        "statements": _statements,
        "flush": _flush,
        "peers": _peers,
        "growth": _growth,
    }
    drawn = {}
    for name, picture in pictures.items():
        for theme in THEMES:
            figure = picture(records, THEMES[theme])
            if figure is None:
                break
            for kind, options in (("svg", {"metadata": {"Date": None}}), ("png", {"dpi": 110})):
                figure.savefig(
                    folder / f"{name}-{theme}.{kind}",
                    facecolor=THEMES[theme]["paper"],
                    bbox_inches="tight",
                    **options,
                )
            drawn[name] = name
    return drawn


def _of(records: list[Record], chapter: str) -> dict[str, list[Record]]:
    """Return the records of a chapter, engine by engine."""
    return {
        engine: found
        for engine in ENGINES
        if (
            found := [
                record
                for record in records
                if record["about"]["chapter"] == chapter and record["about"]["engine"] == engine
            ]
        )
    }


def _axes(theme: dict[str, str], columns: int, rows: int = 1, height: float = 3.6) -> Any:
    figure = Figure(figsize=(4.6 * columns, height * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.set_facecolor(theme["paper"])
        axes.tick_params(colors=theme["ink"], which="both", labelsize=8)
        axes.grid(axis="y", color=theme["faint"], linewidth=0.6)
        axes.set_axisbelow(True)
        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set_color(theme["ink"])
        for text in (axes.title, axes.xaxis.label, axes.yaxis.label):
            text.set_color(theme["ink"])
    return figure, grid


def _legend(target: Any, theme: dict[str, str], **options: Any) -> None:
    target.legend(frameon=False, labelcolor=theme["ink"], fontsize=8, **options)


def _statements(records: list[Record], theme: dict[str, str]) -> Figure | None:
    """Each measurement a point: ours against triggers by hand."""
    engines = _of(records, "statements")
    if not engines:
        return None
    figure, grid = _axes(theme, len(engines))
    parts = PARTS["statements"]
    for axes, (engine, found) in zip(grid[0], engines.items(), strict=True):
        for position, part in enumerate(parts):
            ratios = [
                record["cells"]["ours"][part]["seconds"]
                / record["cells"]["handwritten"][part]["seconds"]
                for record in found
            ]
            places = [position + (number - len(ratios) / 2) * 0.04 for number in range(len(ratios))]
            axes.scatter(places, ratios, s=18, color=COLOURS[position])
        axes.axhline(HANDWRITTEN, color=theme["ink"], linewidth=0.8, linestyle="--")
        axes.axhline(1, color=theme["ink"], linewidth=0.8)
        axes.set_xticks(range(len(parts)), parts)
        axes.set_yscale("log")
        axes.set_yticks(
            [0.5, 0.7, 1, 1.15, 1.5, 2, 3], ["0.5", "0.7", "1", "1.15", "1.5", "2", "3"]
        )
        axes.minorticks_off()
        axes.set_title(f"{engine}: ours / by hand, one point a size", fontsize=10)
    return figure


def _bars(axes: Any, cells: Record, parts: tuple[str, ...], theme: dict[str, str]) -> None:
    """Draw the ratios of everybody, in groups."""
    from arena.teams import LABELS

    names = [
        name
        for name in LABELS
        if name in cells
        and all(cells[name][part]["ratio"] for part in parts)
        and name not in ("unversioned", "django")
    ]
    width = 0.85 / max(1, len(names))
    known = [name for name in LABELS if name not in ("unversioned", "django")]
    for number, name in enumerate(names):
        places = [group + number * width for group in range(len(parts))]
        heights = [cells[name][part]["ratio"] for part in parts]
        label = LABELS[name].replace("*", "")
        colour = COLOURS[known.index(name) % len(COLOURS)]
        axes.bar(places, heights, width, label=label, color=colour)
    axes.axhline(1, color=theme["ink"], linewidth=0.8)
    axes.set_xticks([group + 0.4 for group in range(len(parts))], parts)


def _flush(records: list[Record], theme: dict[str, str]) -> Figure | None:
    engines = _of(records, "flush")
    if not engines:
        return None
    figure, grid = _axes(theme, len(engines))
    for axes, (engine, found) in zip(grid[0], engines.items(), strict=True):
        _bars(axes, found[0]["cells"], PARTS["flush"], theme)
        axes.set_title(f"{engine}: flush / no history", fontsize=10)
    shown = {
        label: handle
        for axes in grid[0]
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    handles, labels = list(shown.values()), list(shown)
    _legend(figure, theme, handles=handles, labels=labels, loc="outside lower center", ncols=3)
    return figure


def _peers(records: list[Record], theme: dict[str, str]) -> Figure | None:
    engines = {
        engine: [record for record in found if "objects" in record["about"]]
        for engine, found in _of(records, "peers").items()
    }
    engines = {engine: found for engine, found in engines.items() if found}
    if not engines:
        return None
    figure, grid = _axes(theme, 1, len(engines))
    for (axes,), (engine, found) in zip(grid, engines.items(), strict=True):
        _bars(axes, found[0]["cells"], PARTS["flush"], theme)
        axes.set_yscale("log")
        axes.set_yticks([1, 2, 5, 10, 20, 50, 100], ["1", "2", "5", "10", "20", "50", "100"])
        axes.minorticks_off()
        axes.set_title(f"{engine}: flush / no history", fontsize=10)
        _legend(axes, theme, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _growth(records: list[Record], theme: dict[str, str]) -> Figure | None:
    engines = _of(records, "growth")
    if not engines:
        return None
    kinds = ("many rows", "one row")
    figure, grid = _axes(theme, len(engines), len(kinds), 3.0)
    for row, kind in zip(grid, kinds, strict=True):
        for axes, (engine, found) in zip(row, engines.items(), strict=True):
            for record in found:
                if record["about"]["kind"] != kind:
                    continue
                sizes = sorted(record["cells"], key=int)
                for colour, part in zip(COLOURS, PARTS["growth"], strict=False):
                    taken = [record["cells"][size][part]["seconds"] * 1000 for size in sizes]
                    axes.plot(
                        [int(size) for size in sizes],
                        taken,
                        marker="o",
                        markersize=4,
                        color=colour,
                        label=part,
                    )
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_title(f"{engine}, versions of {kind}: ms", fontsize=10)
    handles, labels = grid[0][0].get_legend_handles_labels()
    _legend(figure, theme, handles=handles, labels=labels, loc="outside lower center", ncols=5)
    return figure
