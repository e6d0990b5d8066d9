"""remember when the source took a fact back."""

import sqlalchemy as sa
from alembic import op

revision = '20261122_0444'
down_revision = '20261122_0432'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('attendance_event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('gone_at', sa.BigInteger(), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('attendance_event', schema=None) as batch_op:
        batch_op.drop_column('gone_at')

