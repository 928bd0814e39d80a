"""A role that may write to live tables and read history, and what else it tries."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from continuum import TransactionFactory
from continuum import context
from continuum import paused
from continuum import unlocked
from continuum import verify
from continuum import version_table
from continuum.dialects.mysql.log import LogNames
from continuum.dialects.postgresql.log import Log
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import resolve_log
from continuum.errors import ImproperlyConfigured
from continuum.errors import MissingPrivilege
from continuum.errors import VersioningError
from docs._pages import ROOT
from docs._pages import blocks
from suite._support import World
from suite._support import create_article
from suite._support import define_article

pytestmark = [pytest.mark.recorders("triggers"), pytest.mark.requires("users")]

PAGE = ROOT / "docs" / "safety.md"


def grants(engine_name: str, role: str, database: str) -> list[str]:
    """Return what the documentation grants to the role of an application."""
    (block,) = (
        block for block in blocks(PAGE) if block.language == "sql" and engine_name in block.words
    )
    statements = block.text.strip().rstrip(";").split(";\n")
    return [
        re.sub(r"\bapp$", lambda _: role, statement).replace(" shop.", f" `{database}`.")
        for statement in statements
    ]


class Setting:
    """A protected history, and an engine of a role with few rights."""

    def __init__(self, world: World, admin: Engine, make_user: Callable[..., Any]) -> None:
        self.world = world
        self.admin = admin
        self.article = create_article(world)
        self.history = version_table(self.article.__table__)
        with context(actor="owner"), world.transaction() as session:
            session.add(self.article(id=1, name="a"))
        url = make_user()
        self.role = str(url.username)
        quoted = f'"{self.role}"' if world.dialect == "postgresql" else f"'{self.role}'@'%'"
        with admin.begin() as connection:
            for statement in grants(world.dialect, quoted, str(url.database)):
                connection.execute(text(statement))
        self.engine = world.database.engine(url)

    @property
    def log(self) -> LogSpec:
        """The transaction table as the emitter knows it."""
        spec = self.world.manager.spec_of(self.article.__table__)
        assert spec is not None
        default = "public"
        if self.world.dialect != "postgresql":
            default = str(self.world.engine.url.database)
        return resolve_log(spec.log, lambda schema: schema or default)

    @contextmanager
    def attack(self) -> Iterator[Connection]:
        """Begin a transaction as the role."""
        with self.engine.begin() as connection:
            yield connection

    def rename(self, connection: Connection, name: str) -> None:
        """Change article 1."""
        table = self.article.__table__
        connection.execute(update(table).where(table.c.id == 1).values(name=name))

    def names(self) -> list[tuple[int, str]]:
        """Return transaction and name of each version of article 1, checked beforehand."""
        self.world.verify(self.article)
        assert verify(self.world.engine, manager=self.world.manager).ok
        return [(v.transaction, v.values["name"]) for v in self.world.versions(self.article)]

    def denied(self, *statements: Any) -> None:
        """Have all of the statements refused for want of a right."""
        for statement in statements:
            clause = text(statement) if isinstance(statement, str) else statement
            with (
                self.engine.connect() as connection,
                pytest.raises((DBAPIError, MissingPrivilege)) as error,
            ):
                connection.execute(clause)
            told = str(error.value).lower()
            assert "denied" in told or "must be owner" in told or "may not" in told, told


@pytest.fixture
def setting(
    new_world: Callable[..., World], admin_engine: Engine, make_user: Callable[..., Any]
) -> Setting:
    """The role of an application beside the owner of a protected history."""
    world = new_world(protected=True, transaction_cls=TransactionFactory(database_user=True))
    return Setting(world, admin_engine, make_user)


def test_what_the_role_writes_is_recorded(setting: Setting) -> None:
    with Session(setting.engine) as session, context(actor="anna", reason="why"):
        session.get_one(setting.article, 1).name = "b"
        session.commit()
        assert [v.name for v in session.get_one(setting.article, 1).versions] == ["a", "b"]
    first, second = setting.world.transactions()
    assert (second.actor, second.reason) == ("anna", "why")
    assert setting.role in second.database_user
    assert setting.role not in first.database_user
    assert setting.names() == [(first.id, "a"), (second.id, "b")]


def test_what_another_context_says_later(setting: Setting) -> None:
    with Session(setting.engine) as session:
        session.get_one(setting.article, 1).name = "b"
        session.flush()
        with context(actor="anna"):
            session.get_one(setting.article, 1).name = "c"
            session.commit()
    assert [row.actor for row in setting.world.transactions()] == ["owner", "anna"]


def test_history_is_out_of_reach(setting: Setting) -> None:
    history, log = setting.history, setting.world.log
    row = {"id": 1, "transaction_id": 1, "operation_type": 1}
    setting.denied(
        insert(history).values(row),
        update(history).values(name="x"),
        delete(history),
        insert(log).values(actor="x"),
        update(log).values(actor="x"),
        delete(log),
        "TRUNCATE TABLE article_version",
        "DROP TABLE article_version",
        "ALTER TABLE article ADD COLUMN x INTEGER",
    )


def test_recording_cannot_be_paused(setting: Setting) -> None:
    with (
        pytest.raises(MissingPrivilege),
        Session(setting.engine) as session,
        paused(session, setting.article, manager=setting.world.manager),
    ):
        pass
    assert len(setting.names()) == 1


def test_the_owner_may_pause(setting: Setting) -> None:
    with (
        setting.world.transaction() as session,
        paused(session, setting.article, manager=setting.world.manager),
    ):
        session.get_one(setting.article, 1).name = "b"
    assert len(setting.world.versions(setting.article)) == 1


# PostgreSQL: settings, search_path, and what can be found in the catalog


@pytest.mark.engines("postgresql")
def test_a_setting_does_not_pause(setting: Setting) -> None:
    name = Log(setting.log).setting
    with setting.engine.connect() as connection:
        connection.execute(
            text(
                f"SELECT set_config('{name}_paused',"
                " pg_current_xact_id()::text || ':*', true)".replace("::", "\\:\\:")
            )
        )
        with pytest.raises(MissingPrivilege, match="may not pause"):
            setting.rename(connection, "unseen")


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("value", ["xact || ':1'", "''", "xact || ':999'", "'0:1'"])
def test_a_setting_does_not_make_it_another_transaction(setting: Setting, value: str) -> None:
    name = Log(setting.log).setting
    forged = value.replace("xact", "CAST(pg_current_xact_id() AS text)")
    with setting.attack() as connection:
        connection.execute(text(f"SELECT set_config('{name}', {forged}, true)".replace(":", "\\:")))
        setting.rename(connection, "b")
    with setting.attack() as connection:
        setting.rename(connection, "c")
        connection.execute(text(f"SELECT set_config('{name}', {forged}, true)".replace(":", "\\:")))
        setting.rename(connection, "d")
    rows = {row.id: row for row in setting.world.transactions()}
    versions = setting.names()
    assert [name for _, name in versions][::3] == ["a", "d"][: len(versions[::3])]
    assert versions[-1][1] == "d"
    for number, _ in versions[1:]:
        assert setting.role in rows[number].database_user


@pytest.mark.engines("postgresql")
def test_a_setting_does_not_join_a_transaction_that_commits(setting: Setting) -> None:
    """What is true of another transaction at the start of a trigger is not true at its end."""
    name, table = Log(setting.log).setting, setting.article.__table__
    with setting.admin.begin() as connection:
        for statement in (
            "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NEW; END $$",
            "CREATE TRIGGER wait BEFORE INSERT ON article_version FOR EACH ROW"
            " WHEN (NEW.operation_type = 2) EXECUTE FUNCTION wait()",
        ):
            connection.exec_driver_sql(statement)

    def attack() -> None:
        with setting.attack() as connection:
            connection.execute(
                text("SELECT set_config(:name, CAST(pg_current_xact_id() AS text) || :rest, true)"),
                {"name": name, "rest": f":{victim}:{xid}"},
            )
            connection.execute(update(table).where(table.c.id == 1).values(id=9))

    attacker = threading.Thread(target=attack)
    with setting.world.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(7)"))
        connection.execute(insert(table).values(id=2, name="b"))
        log = setting.world.log
        victim = connection.scalar(select(log.c.id).order_by(log.c.id.desc()))
        xid = connection.scalar(text("SELECT CAST(pg_current_xact_id() AS text)"))
        attacker.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        for _ in range(500):
            if connection.scalar(waiting):
                break
            time.sleep(0.02)
    attacker.join(30)
    setting.world.verify(setting.article)
    users = {row.id: row.database_user for row in setting.world.transactions()}
    assert setting.role not in users[victim]
    moved = [v for v in setting.world.versions(setting.article) if v.key == (9,)]
    assert [setting.role in users[v.transaction] for v in moved] == [True]


@pytest.mark.engines("postgresql")
def test_functions_are_out_of_reach(setting: Setting) -> None:
    setting.denied(
        "SELECT continuum_renumber(1, 1)",
        "SELECT continuum_pause('*', true)",
        "SELECT continuum_renumber_article_version(1, 2, true)",
        "CREATE TEMP TABLE mine (LIKE article);"
        " CREATE TRIGGER t AFTER INSERT ON mine FOR EACH ROW"
        " EXECUTE FUNCTION continuum_insert_article_version()",
        "CREATE OR REPLACE FUNCTION continuum_publish(published text) RETURNS void"
        " LANGUAGE sql AS ''",
        "ALTER TABLE article DISABLE TRIGGER ALL",
        'DROP TRIGGER "00_continuum_update" ON article',
        "SET session_replication_role = replica",
        f'SET ROLE "{setting.world.engine.url.username}"',
    )


@pytest.mark.engines("postgresql")
def test_other_things_of_the_same_name_are_not_found(setting: Setting) -> None:
    database = setting.engine.url.database
    with setting.admin.begin() as connection:
        connection.execute(text(f'GRANT CREATE, TEMP ON DATABASE "{database}" TO "{setting.role}"'))
    with setting.attack() as connection:
        # Past the library, which would miss its triggers in the schema that comes first now.
        cursor = connection.connection.cursor()
        for statement in (
            "CREATE SCHEMA evil",
            "CREATE TABLE evil.caught (who text)",
            "GRANT ALL ON SCHEMA evil TO PUBLIC",
            "GRANT ALL ON evil.caught TO PUBLIC",
            "CREATE FUNCTION evil.eq(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS $$"
            " BEGIN INSERT INTO evil.caught VALUES (current_user); RETURN false; END $$",
            "CREATE FUNCTION evil.eq(integer, integer) RETURNS boolean LANGUAGE plpgsql AS $$"
            " BEGIN INSERT INTO evil.caught VALUES (current_user); RETURN false; END $$",
            "CREATE OPERATOR evil.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.eq)",
            "CREATE OPERATOR evil.= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = evil.eq)",
            "CREATE FUNCTION evil.pg_current_xact_id() RETURNS xid8 LANGUAGE sql AS"
            " $$ SELECT '3'::xid8 $$",
            "CREATE TEMP TABLE article_version (LIKE article_version)",
            'CREATE TEMP TABLE "transaction" (LIKE "transaction")',
            "CREATE DOMAIN pg_temp.jsonb AS text",
            "CREATE DOMAIN pg_temp.xid AS text",
            "SET LOCAL search_path = evil, pg_temp, pg_catalog, public",
            "UPDATE public.article SET name = 'b'",
            "SET LOCAL search_path = public",
            "SELECT DISTINCT who FROM evil.caught",
        ):
            cursor.execute(statement)
        caught = {who for (who,) in cursor.fetchall()}
    assert caught <= {setting.role}
    assert [name for _, name in setting.names()] == ["a", "b"]
    assert setting.world.transactions()[-1].actor is None


@pytest.mark.engines("postgresql")
def test_a_forged_trigger_does_not_run_when_ids_change(setting: Setting) -> None:
    """Whoever has a table can put a trigger of any name, and any comment, on it."""
    world, log = setting.world, setting.log
    database, table = setting.engine.url.database, setting.article.__table__
    with setting.admin.begin() as connection:
        connection.execute(text(f'GRANT CREATE ON DATABASE "{database}" TO "{setting.role}"'))
    mark = f'{{"continuum": 1, "log": ["{log.table.schema}", "transaction"],'
    mark += ' "renumber": ["evil", "renumber"]}'
    with setting.attack() as connection:
        for statement in (
            "CREATE SCHEMA evil",
            "GRANT ALL ON SCHEMA evil TO PUBLIC",
            "CREATE TABLE evil.mine (id integer)",
            "CREATE FUNCTION evil.renumber(bigint, bigint, boolean) RETURNS void LANGUAGE plpgsql"
            " AS $$ BEGIN RAISE EXCEPTION 'evil has run as %', current_user; END $$",
            'CREATE TRIGGER "00_continuum_insert" AFTER INSERT ON evil.mine FOR EACH ROW'
            " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            f"COMMENT ON TRIGGER \"00_continuum_insert\" ON evil.mine IS '{mark}'",
        ):
            connection.exec_driver_sql(statement.replace("%", "%%"))
    with world.engine.connect() as early, world.engine.connect() as late:
        early.execute(insert(table).values(id=2, name="a"))
        setting.rename(late, "late")
        late.commit()
        setting.rename(early, "early")
        early.commit()
    world.verify(setting.article)


@pytest.mark.engines("postgresql")
def test_guards_of_protected_history(
    new_world: Callable[..., World], admin_engine: Engine, make_user: Callable[..., Any]
) -> None:
    """Even with a right to write to history, only those who may unlock it can change it."""
    world = new_world(protected=True, options={"append_only": True})
    setting = Setting(world, admin_engine, make_user)
    name = Log(setting.log).setting
    with admin_engine.begin() as connection:
        connection.execute(text(f'GRANT ALL ON article_version TO "{setting.role}"'))
        database = setting.engine.url.database
        connection.execute(text(f'GRANT TEMP ON DATABASE "{database}" TO "{setting.role}"'))
    with (
        setting.engine.connect() as connection,
        pytest.raises(MissingPrivilege),
        unlocked(connection, reason="why", manager=world.manager),
    ):
        pass
    with setting.engine.connect() as connection:
        connection.execute(
            text(f"SELECT set_config('{name}_unlocked', CAST(pg_current_xact_id() AS text), true)")
        )
        with pytest.raises(VersioningError, match="refused"):
            connection.execute(delete(setting.history))
    with setting.attack() as connection:
        for statement in (
            "CREATE TEMP TABLE mine (id integer)",
            "CREATE FUNCTION pg_temp.forge() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN UPDATE public.article_version SET name = 'x' WHERE id = 2;"
            " RETURN NEW; END $$",
            "CREATE TRIGGER forge AFTER INSERT ON mine FOR EACH ROW"
            " EXECUTE FUNCTION pg_temp.forge()",
        ):
            connection.exec_driver_sql(statement)
        connection.execute(insert(setting.article.__table__).values(id=2, name="b"))
        with pytest.raises(VersioningError, match="refused"), connection.begin_nested():
            connection.exec_driver_sql("INSERT INTO mine VALUES (1)")
    assert [v.values["name"] for v in world.versions(setting.article)] == ["a", "b"]
    with admin_engine.begin() as connection:
        for statement in (
            f'REVOKE EXECUTE ON FUNCTION continuum_transaction_id FROM "{setting.role}"',
            f'GRANT EXECUTE ON FUNCTION continuum_unlock TO "{setting.role}"',
        ):
            connection.exec_driver_sql(statement)
    before = len(world.transactions())
    with setting.attack() as connection:
        connection.execute(
            text(f"SELECT set_config('{name}_unlocked', CAST(pg_current_xact_id() AS text), true)")
        )
        connection.execute(delete(setting.history))
    assert (world.versions(setting.article), len(world.transactions())) == ([], before + 1)
    with (
        world.transaction() as session,
        unlocked(session, reason="why", manager=world.manager),
    ):
        session.execute(delete(setting.history))


# MariaDB and MySQL: variables of the session


@pytest.mark.engines("mariadb", "mysql")
def test_variables_do_not_make_it_another_transaction(setting: Setting) -> None:
    names = LogNames(setting.log, None)
    with setting.attack() as connection:
        setting.rename(connection, "b")
    with setting.attack() as connection:
        connection.exec_driver_sql("SET timestamp = 1700000000.5")
        connection.exec_driver_sql(
            f"SET {names.current} = 1, {names.owner} = 7, {names.unit} = 7,"
            f" {names.moment} = 1700000000500000"
        )
        setting.rename(connection, "c")
    first, second, third = setting.names()
    assert (first[0], second[1], third[1]) == (1, "b", "c")
    rows = {row.id: row for row in setting.world.transactions()}
    assert 1 < second[0] < third[0]
    assert setting.role in rows[third[0]].database_user


@pytest.mark.engines("mariadb", "mysql")
def test_variables_do_not_pause(setting: Setting) -> None:
    names = LogNames(setting.log, None)
    slot = names.paused.strip("@`").removesuffix("_paused")
    with setting.attack() as connection:
        connection.exec_driver_sql("SET timestamp = 1700000000.5")
        connection.exec_driver_sql(f"SET {names.paused} = '*'")
        found = connection.execute(
            text("SHOW VARIABLES LIKE :pattern"), {"pattern": f"{slot}%"}
        ).all()
        assert found == []
        setting.rename(connection, "b")
    assert [name for _, name in setting.names()] == ["a", "b"]


@pytest.mark.engines("mysql")
def test_two_copies_of_a_trigger_ask_no_variables(setting: Setting) -> None:
    """While triggers are replaced the table is locked; nothing says that the other one runs."""
    with setting.admin.connect() as connection:
        bodies = connection.execute(
            text(
                "SELECT action_statement FROM information_schema.triggers"
                " WHERE event_object_table = 'article'"
            )
        ).scalars()
        assert not [body for body in bodies if "_seen" in body]
    setting.world.manager.install(setting.world.engine)
    with setting.attack() as connection:
        setting.rename(connection, "b")
    assert [name for _, name in setting.names()] == ["a", "b"]


@pytest.mark.engines("mariadb", "mysql")
def test_procedures_and_triggers_are_out_of_reach(setting: Setting) -> None:
    setting.denied(
        "CALL continuum_renumber(1)",
        "CALL continuum_begin()",
        "CALL continuum_pause('*', 1)",
        "DROP TRIGGER continuum_update_article",
        "CREATE TRIGGER t AFTER INSERT ON article FOR EACH ROW SET @x = 1",
        "SELECT * FROM continuum_running",
        "INSERT INTO continuum_running (connection) VALUES (CONNECTION_ID())",
        "SET SESSION sql_log_bin = 0",
    )


@pytest.mark.engines("mariadb", "mysql")
def test_who_is_shown_no_triggers_misses_none(setting: Setting) -> None:
    found = setting.world.manager.check(setting.engine)
    assert found.ok
    assert "whether the triggers stand" in str(found)


def test_the_orm_recorder_writes_with_the_rights_of_its_client(
    new_world: Callable[..., World],
) -> None:
    world = new_world(protected=True)
    define_article(world, native_versioning=False)
    with pytest.raises(ImproperlyConfigured, match="protected"):
        world.create()


def test_the_user_of_the_database_cannot_be_claimed(setting: Setting) -> None:
    with Session(setting.engine) as session, context(actor="root", database_user="root"):
        session.get_one(setting.article, 1).name = "b"
        try:
            session.commit()
        except VersioningError:
            return
    with setting.world.engine.connect() as connection:
        users = connection.execute(select(setting.world.log.c.database_user)).scalars().all()
    assert setting.role in users[-1]
