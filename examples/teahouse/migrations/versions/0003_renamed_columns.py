"""Products have a title instead of a name; prices and weights get more digits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

versioned_log = {
    "table": "transaction",
    "columns": [
        {"key": "remote_addr", "name": "remote_addr", "type": "String(length=50)"},
        {"key": "actor", "name": "actor", "type": "String(length=255)"},
        {"key": "reason", "name": "reason", "type": "Text()"},
        {"key": "meta", "name": "meta", "type": "JSON(none_as_null=True)"},
        {"key": "user_id", "name": "user_id", "type": "Integer()"},
    ],
    "row_columns": ["issued_at", "remote_addr", "actor", "reason", "meta", "user_id"],
}
versioned_product = {
    "table": "product",
    "version_table": "product_version",
    "log": versioned_log,
    "columns": {
        "id": "Integer()",
        "kind": "String(length=20)",
        "sku": "String(length=20)",
        "title": "String(length=200)",
        "price": "Numeric(precision=10, scale=2)",
        "state": {"type": "Enum(name='productstate')", "history_type": "String(length=255)"},
        "details": "JSON()",
        "supplier_id": "Integer()",
    },
    "key": ["id"],
    "generated_key": True,
    "lower": [
        {
            "table": "tea",
            "version_table": "tea_version",
            "columns": {
                "id": "Integer()",
                "origin": "String(length=100)",
                "grams": "Numeric(precision=8, scale=1)",
            },
            "key": ["id"],
        },
        {
            "table": "teaware",
            "version_table": "teaware_version",
            "columns": {
                "id": "Integer()",
                "material": "String(length=50)",
                "capacity_ml": "Integer()",
            },
            "key": ["id"],
        },
    ],
}
versioned_product_before = {
    "table": "product",
    "version_table": "product_version",
    "log": versioned_log,
    "columns": {
        "id": "Integer()",
        "kind": "String(length=20)",
        "sku": "String(length=20)",
        "name": "String(length=100)",
        "price": "Numeric(precision=8, scale=2)",
        "state": {"type": "Enum(name='productstate')", "history_type": "String(length=255)"},
        "details": "JSON()",
        "supplier_id": "Integer()",
    },
    "key": ["id"],
    "generated_key": True,
    "lower": [
        {
            "table": "tea",
            "version_table": "tea_version",
            "columns": {"id": "Integer()", "origin": "String(length=100)", "grams": "Integer()"},
            "key": ["id"],
        },
        {
            "table": "teaware",
            "version_table": "teaware_version",
            "columns": {
                "id": "Integer()",
                "material": "String(length=50)",
                "capacity_ml": "Integer()",
            },
            "key": ["id"],
        },
    ],
}

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Go to this revision."""
    # Columns are renamed by hand: autogenerate had written one that goes and one that comes.
    op.rename_versioned_column(
        versioned_product_before,
        versioned_product,
        {"name": "title"},
    )
    op.replace_version_triggers(
        {"table": "tea", "root": versioned_product_before},
        {"table": "tea", "root": versioned_product},
    )
    op.replace_version_triggers(
        {"table": "teaware", "root": versioned_product_before},
        {"table": "teaware", "root": versioned_product},
    )
    with op.batch_alter_table("product_version") as batch_op:
        batch_op.alter_column(
            "title", existing_type=sa.String(100), type_=sa.String(200), existing_nullable=True
        )
        batch_op.alter_column(
            "price", existing_type=sa.Numeric(8, 2), type_=sa.Numeric(10, 2), existing_nullable=True
        )
    with op.batch_alter_table("product") as batch_op:
        batch_op.alter_column(
            "title", existing_type=sa.String(100), type_=sa.String(200), existing_nullable=False
        )
        batch_op.alter_column(
            "price",
            existing_type=sa.Numeric(8, 2),
            type_=sa.Numeric(10, 2),
            existing_nullable=False,
        )
    with op.batch_alter_table("tea_version") as batch_op:
        batch_op.alter_column(
            "grams", existing_type=sa.Integer(), type_=sa.Numeric(8, 1), existing_nullable=True
        )
    with op.batch_alter_table("tea") as batch_op:
        batch_op.alter_column(
            "grams", existing_type=sa.Integer(), type_=sa.Numeric(8, 1), existing_nullable=False
        )
    with op.batch_alter_table("order_line_version") as batch_op:
        batch_op.alter_column(
            "unit_price",
            existing_type=sa.Numeric(8, 2),
            type_=sa.Numeric(10, 2),
            existing_nullable=True,
        )
    with op.batch_alter_table("order_line") as batch_op:
        batch_op.alter_column(
            "unit_price",
            existing_type=sa.Numeric(8, 2),
            type_=sa.Numeric(10, 2),
            existing_nullable=False,
        )


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("product_version") as batch_op:
        batch_op.alter_column(
            "title", existing_type=sa.String(200), type_=sa.String(100), existing_nullable=True
        )
        batch_op.alter_column(
            "price", existing_type=sa.Numeric(10, 2), type_=sa.Numeric(8, 2), existing_nullable=True
        )
    with op.batch_alter_table("product") as batch_op:
        batch_op.alter_column(
            "title", existing_type=sa.String(200), type_=sa.String(100), existing_nullable=False
        )
        batch_op.alter_column(
            "price",
            existing_type=sa.Numeric(10, 2),
            type_=sa.Numeric(8, 2),
            existing_nullable=False,
        )
    with op.batch_alter_table("tea_version") as batch_op:
        batch_op.alter_column(
            "grams", existing_type=sa.Numeric(8, 1), type_=sa.Integer(), existing_nullable=True
        )
    with op.batch_alter_table("tea") as batch_op:
        batch_op.alter_column(
            "grams", existing_type=sa.Numeric(8, 1), type_=sa.Integer(), existing_nullable=False
        )
    with op.batch_alter_table("order_line_version") as batch_op:
        batch_op.alter_column(
            "unit_price",
            existing_type=sa.Numeric(10, 2),
            type_=sa.Numeric(8, 2),
            existing_nullable=True,
        )
    with op.batch_alter_table("order_line") as batch_op:
        batch_op.alter_column(
            "unit_price",
            existing_type=sa.Numeric(10, 2),
            type_=sa.Numeric(8, 2),
            existing_nullable=False,
        )
    op.rename_versioned_column(
        versioned_product,
        versioned_product_before,
        {"title": "name"},
    )
    op.replace_version_triggers(
        {"table": "tea", "root": versioned_product},
        {"table": "tea", "root": versioned_product_before},
    )
    op.replace_version_triggers(
        {"table": "teaware", "root": versioned_product},
        {"table": "teaware", "root": versioned_product_before},
    )
