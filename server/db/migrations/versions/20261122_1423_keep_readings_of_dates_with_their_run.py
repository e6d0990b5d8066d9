"""keep readings of dates with their run.

What was said before goes: it was kept by a table's columns alone, and nobody can tell any more of
which file it was said. The next file of each source is asked about once.
"""

import sqlalchemy as sa
from alembic import op

revision = '20261122_1423'
down_revision = '20261122_1148'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('date_reading',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('order', sa.Text(), nullable=False),
    sa.Column('file', sa.Text(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('said_by_user_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['run_id'], ['import_run.id'], name=op.f('fk_date_reading_run_id_import_run')),
    sa.PrimaryKeyConstraint('key', 'run_id', name=op.f('pk_date_reading'))
    )
    op.drop_table('date_order')


def downgrade() -> None:
    op.create_table('date_order',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('order', sa.Text(), nullable=False),
    sa.Column('file', sa.Text(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('said_by_user_id', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_date_order'))
    )
    op.drop_table('date_reading')
