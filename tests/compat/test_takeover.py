"""A history that SQLAlchemy-Continuum 2.0 has written is read and continued."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from servers.database import Database

APPLICATION = Path(__file__).with_name("application.py")


def run(step: str, database: Database, recorder: str, path: Path | None = None) -> Any:
    """Run a step of the application in a process of its own."""
    environment = {**os.environ}
    if path is not None:
        environment["PYTHONPATH"] = os.fspath(path)
    url = database.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-P", os.fspath(APPLICATION), step, url, recorder],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout else None


HISTORY = {
    "names": ["a", "b", "b"],
    "states": ["draft", "draft", "public"],
    "tags": [["one", "two"], ["two"], ["one", "two"]],
    "salaries": [["Eve", 10], ["Eve", 20], ["Eva", 20]],
    "operations": ["INSERT", "UPDATE", "UPDATE"],
    "changes": [["author_id", "id", "name", "state"], ["name"], ["state"]],
    "count": 3,
    "transactions": 6,
    "user": "ann",
    "meta": [{"ticket": "12"}],
    "activities": [["create", 1, "a"]],
}


def check(found: dict[str, Any]) -> None:
    """Check what is the same with either recorder."""
    before, after, tables = found["before"], found["after"], found["tables"]
    assert before.pop("ends")[-1] is None
    assert before == HISTORY
    assert after["names"] == ["a", "b", "b", "c"]
    assert after["operations"] == [*HISTORY["operations"], "UPDATE"]
    # The tag that was taken away later is missing from the newest version only.
    assert after["tags"] == [["one", "two"], ["two"], ["one", "two"], ["one"]]
    assert after["salaries"] == [*HISTORY["salaries"], ["Eva", 30]]
    assert after["activities"] == [["create", 1, "a"], ["update", 1, "c"]]
    assert found["reverted"] == "a"
    assert tables["article_tag"]["ends"] > 0
    assert all(table["ends"] == table["roots"] == 0 for table in found["again"].values())
    # Names go on being noted: the last transactions are those of this package.
    assert found["changes"][6:8] == [["Article"], ["Employee"]]


def test_a_history_goes_on(database: Database, legacy_path: Path, recorder: str) -> None:
    run("write", database, "orm", legacy_path)
    found = run("go_on", database, recorder)
    check(found)
    assert found["tables"]["article"]["changed"] == 1
    assert found["tables"]["tag"]["unknown"] == 1
    assert "1 row unlike the newest version" in found["report"]
    # What went unseen appears with the next change.
    assert found["after"]["changes"][-1] == ["name"]


def test_catching_up_first(database: Database, legacy_path: Path) -> None:
    run("write", database, "orm", legacy_path)
    found = run("catch_up", database, "triggers")
    assert found["tables"]["article"]["caught_up"] == 1
    assert found["tables"]["tag"]["caught_up"] == 1
    assert found["before"]["names"] == [*HISTORY["names"], "unseen"]
    assert found["flags"] == {"name_mod": True, "state_mod": False, "author_id_mod": False}
    assert found["after"]["names"] == [*HISTORY["names"], "unseen", "c"]
    assert not any(
        table["changed"] or table["unknown"] or table["gone"] for table in found["again"].values()
    )


@pytest.mark.engines("postgresql")
def test_native_triggers_are_replaced(database: Database, legacy_path: Path) -> None:
    """Its triggers see raw SQL, and forget the root of joined inheritance."""
    run("write", database, "native", legacy_path)
    found = run("go_on", database, "native")
    assert "trigger article_trigger of SQLAlchemy-Continuum on article dropped" in found["report"]
    assert found["tables"]["person"]["roots"] == 1
    assert found["before"]["salaries"] == HISTORY["salaries"]
    assert found["after"]["salaries"] == [*HISTORY["salaries"], ["Eva", 30]]
    assert found["after"]["names"][-1] == "c"
    assert found["reverted"] == "a"
