from __future__ import annotations
from typing import Any
import pytest
from continuum.plugins import ActivityPlugin, TransactionChangesPlugin
from migrations._support import Project
from migrations.test_chains import articles, options  # noqa
def test_plugins(project: Project) -> None:
    kept = {"append_only": True}
    project.release(articles(**kept))
    project.migrate()
    project.run("INSERT INTO article (id, name) VALUES (1, 'a')")
    project.release(articles(**kept), plugins=[ActivityPlugin(), TransactionChangesPlugin()])
    project.migrate()
    assert project.changes() == []
    project.world.manager.check(project.engine).raise_for_problems()
    project.run("UPDATE article SET name = 'b'")
    project.release(articles(), plugins=[ActivityPlugin(), TransactionChangesPlugin()])
    project.migrate()
    assert project.changes() == []
    project.run("DELETE FROM transaction_changes")
    project.downgrade()
    project.release(articles(**kept), plugins=[ActivityPlugin(), TransactionChangesPlugin()])
    assert project.changes() == []
    project.world.manager.check(project.engine).raise_for_problems()
    with pytest.raises(Exception, match="refused"):
        project.run("INSERT INTO activity (verb, transaction_id) VALUES ('a', 1)", "DELETE FROM activity")
    project.downgrade()
    project.release(articles(**kept))
    assert project.changes() == []
    project.world.manager.check(project.engine).raise_for_problems()
    project.run("UPDATE article SET name = 'c'")
    project.downgrade("base")
    assert project.tables() == {"alembic_version"}
