"""say of which file a recording is."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0750"
down_revision = "20261122_0444"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.add_column(sa.Column("file", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.drop_column("file")
