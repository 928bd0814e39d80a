"""Django's libraries on the same tables: django-simple-history and django-pghistory.

Django is not SQLAlchemy: these are compared with the same work done in Django without history.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any
from typing import ClassVar

from sqlalchemy import make_url

from contenders import shape
from contenders.base import stopwatch

ENGINES = {"postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite3"}


class Django:
    """Plain Django: what its libraries are compared with.

    :param url: an empty database.
    :param columns: number of columns of the table.
    :param graph: ignored: there is nothing that goes back to a graph's past.
    """

    applications: ClassVar[tuple[str, ...]] = ()
    records: ClassVar[bool] = False

    def __init__(self, url: str, columns: int, *, graph: bool = False) -> None:
        import django
        from django.conf import settings

        self.columns = columns
        self.names = shape.column_names(columns)
        place = make_url(url)
        if place.get_backend_name() in ("mysql", "mariadb"):
            import pymysql

            pymysql.install_as_MySQLdb()
            # Django asks for the version of another driver.
            pymysql.version_info = (2, 2, 7, "final", 0)  # type: ignore[attr-defined]
        settings.configure(
            INSTALLED_APPS=[
                "django.contrib.contenttypes",
                "django.contrib.auth",
                *self.applications,
                "shop",
            ],
            # These are created as the table of the shop is: from the models.
            MIGRATION_MODULES={"contenttypes": None, "auth": None, "simple_history": None},
            DATABASES={
                "default": {
                    "ENGINE": f"django.db.backends.{ENGINES[place.get_backend_name()]}",
                    "NAME": place.database,
                    "USER": place.username or "",
                    "PASSWORD": place.password or "",
                    "HOST": place.host or "",
                    "PORT": place.port or "",
                    "OPTIONS": {"init_command": "PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL"}
                    if place.get_backend_name() == "sqlite"
                    else {},
                }
            },
            DEFAULT_AUTO_FIELD="django.db.models.AutoField",
            USE_TZ=False,
        )
        # An application without files: its one model is declared below.
        application = types.ModuleType("shop")
        application.__path__ = []
        application.__file__ = __file__
        sys.modules["shop"] = application
        django.setup()
        models = sys.modules["shop.models"] = types.ModuleType("shop.models")
        django.apps.apps.get_app_config("shop").models_module = models
        self.Item = self.declare()

    def attributes(self) -> dict[str, Any]:
        """Return what the class has beside its columns."""
        return {}

    def decorated(self, model: Any) -> Any:
        """Return the class as the library wants it."""
        return model

    def declare(self) -> Any:
        """Declare the table."""
        from django.db import models

        fields: dict[str, Any] = {}
        for name in self.names:
            of = shape.kind(name)
            if of in shape.LENGTHS:
                fields[name] = models.CharField(max_length=shape.LENGTHS[of], null=True)
            elif of == "amount":
                fields[name] = models.IntegerField(null=True)
            elif of == "price":
                fields[name] = models.FloatField(null=True)
            else:
                fields[name] = models.DateTimeField(null=True)
        meta = type("Meta", (), {"app_label": "shop", "db_table": "item"})
        return self.decorated(
            type(
                "Item",
                (models.Model,),
                {"__module__": "shop.models", "Meta": meta, **fields, **self.attributes()},
            )
        )

    def setup(self, seeds: int) -> str:
        """Create the tables."""
        from django.core.management import call_command

        call_command("migrate", run_syncdb=True, verbosity=0)
        return self.describe()

    def describe(self) -> str:
        """Return name and version of what records."""
        return f"Django {version('Django')}"

    def versions(self) -> int:
        """Return how many versions there are."""
        return 0

    def items(self, count: int) -> list[Any]:
        """Return new objects."""
        return [self.Item(**shape.row(self.columns, number)) for number in range(count)]

    def create_all(self, items: list[Any]) -> None:
        """Insert objects in bulk."""
        self.Item.objects.bulk_create(items)

    def update_all(self, items: Iterable[Any]) -> None:
        """Update one column of objects in bulk."""
        self.Item.objects.bulk_update(items, ["amount"], batch_size=500)

    def flush(self, objects: int) -> dict[str, float]:
        """Insert, change and delete objects in the way that Django has for many of them."""
        from django.db import transaction

        taken, before = {}, self.versions()
        items = self.items(objects)
        with stopwatch() as seconds, transaction.atomic():
            self.create_all(items)
        taken["insert"] = seconds()
        items = list(self.Item.objects.all())
        for item in items:
            item.amount += 1
        with stopwatch() as seconds, transaction.atomic():
            self.update_all(items)
        taken["update"] = seconds()
        with stopwatch() as seconds, transaction.atomic():
            self.Item.objects.all().delete()
        taken["delete"] = seconds()
        taken["versions"] = self.versions() - before
        return taken

    def transactions(self, count: int) -> dict[str, float]:
        """Commit so many small transactions: one insert and one update of an object each."""
        from django.db import transaction

        before = self.versions()
        (first,) = self.items(1)
        first.save()
        with stopwatch() as seconds:
            for number in range(count):
                with transaction.atomic():
                    changed = self.Item.objects.get(pk=first.pk)
                    changed.amount = number + 1
                    changed.save()
                    self.Item(**shape.row(self.columns, number)).save()
        taken = {"transactions": seconds(), "versions": self.versions() - before}
        self.Item.objects.all().delete()
        return taken

    def close(self) -> None:
        """Let go of the database."""
        from django.db import connections

        connections.close_all()


class SimpleHistory(Django):
    """django-simple-history: one more row for each saved object."""

    applications = ("simple_history",)
    records = True

    def attributes(self) -> dict[str, Any]:
        from simple_history.models import HistoricalRecords

        return {"history": HistoricalRecords(app="shop")}

    def describe(self) -> str:
        return f"django-simple-history {version('django-simple-history')}"

    def versions(self) -> int:
        return int(self.Item.history.count())

    def create_all(self, items: list[Any]) -> None:
        from simple_history.utils import bulk_create_with_history

        bulk_create_with_history(items, self.Item)

    def update_all(self, items: Iterable[Any]) -> None:
        from simple_history.utils import bulk_update_with_history

        bulk_update_with_history(items, self.Item, ["amount"], batch_size=500)


class PgHistory(Django):
    """django-pghistory: triggers that write one more row for each changed row (PostgreSQL)."""

    applications = ("pgtrigger", "pghistory")
    records = True

    def decorated(self, model: Any) -> Any:
        import pghistory

        return pghistory.track(
            pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()
        )(model)

    def setup(self, seeds: int) -> str:
        described = super().setup(seeds)
        from django.core.management import call_command

        call_command("pgtrigger", "install", verbosity=0)
        return described

    def describe(self) -> str:
        return f"django-pghistory {version('django-pghistory')}"

    def versions(self) -> int:
        from django.apps import apps

        return int(apps.get_model("shop", "ItemEvent").objects.count())
