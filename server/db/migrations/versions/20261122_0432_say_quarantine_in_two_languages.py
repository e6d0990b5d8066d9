"""say quarantine in two languages."""

import sqlalchemy as sa
from alembic import op

revision = '20261122_0432'
down_revision = '20261122_0431'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('quarantine', schema=None) as batch_op:
        batch_op.add_column(sa.Column('code', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('parts', sa.Text(), server_default='{}', nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('quarantine', schema=None) as batch_op:
        batch_op.drop_column('parts')
        batch_op.drop_column('code')

