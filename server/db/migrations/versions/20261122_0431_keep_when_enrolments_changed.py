"""An import's lines say when they were written, and taking one back leaves lines of its own.

So who was enrolled where can be answered as it was known at any moment. Earlier lines are from the
moment their import began; those that were taken back before this say nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = '20261122_0431'
down_revision = '20261122_0427'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('import_change', schema=None) as batch_op:
        batch_op.add_column(sa.Column('at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('is_undoing', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index(batch_op.f('ix_import_change_at'), ['at'], unique=False)
    op.execute(
        'update import_change set at = (select started_at from import_run '
        'where import_run.id = import_change.run_id) where not is_undone'
    )


def downgrade() -> None:
    with op.batch_alter_table('import_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_import_change_at'))
        batch_op.drop_column('is_undoing')
        batch_op.drop_column('at')

