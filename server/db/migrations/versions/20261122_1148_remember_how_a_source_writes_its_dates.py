"""remember how a source writes its dates."""

import sqlalchemy as sa
from alembic import op

revision = '20261122_1148'
down_revision = '20261122_0750'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('date_order',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('order', sa.Text(), nullable=False),
    sa.Column('file', sa.Text(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('said_by_user_id', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_date_order'))
    )


def downgrade() -> None:
    op.drop_table('date_order')
