"""What Python keeps in memory: while changes are streamed, and while triggers record."""

from __future__ import annotations

from dataclasses import replace

from pytest_benchmark.fixture import BenchmarkFixture

from arena import bounds
from arena.bounds import Judgement
from arena.sizes import sizes
from arena.team import Teams
from arena.teams import OURS

SIZES = sizes()


if SIZES.streamed:

    def test_memory(benchmark: BenchmarkFixture, teams: Teams, engine_name: str) -> None:
        # One process for each: what is known of a process is the most it ever had.
        entries = [replace(OURS, name="recorder"), replace(OURS, name="reader")]
        recorder, reader = teams.get(
            engine_name, entries, columns=6, seeds=SIZES.recorded, purpose="memory"
        )
        found = {"recording": recorder.call("recording_memory", rows=SIZES.recorded)}

        def stream() -> None:
            found["streaming"] = reader.call("streaming_memory", versions=SIZES.streamed)

        benchmark.pedantic(stream, rounds=1, iterations=1)
        judgements = [
            Judgement(
                f"{engine_name}, streaming the changes of {SIZES.streamed} versions",
                "goal",
                found["streaming"]["megabytes"],
                bounds.STREAMING_MEGABYTES,
                " MB",
            ),
            Judgement(
                f"{engine_name}, recording {SIZES.recorded} changes in one transaction",
                "goal",
                found["recording"]["megabytes"],
                bounds.RECORDING_MEGABYTES,
                " MB",
            ),
        ]
        benchmark.extra_info.update(
            about={
                "chapter": "memory",
                "engine": engine_name,
                "versions": SIZES.streamed,
                "rows": SIZES.recorded,
            },
            cells=found,
            versions={OURS.name: reader.version},
            judgements=[judgement.as_dict() for judgement in judgements],
        )
