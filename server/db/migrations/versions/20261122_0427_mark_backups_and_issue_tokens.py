"""mark backups and issue tokens."""

import sqlalchemy as sa
from alembic import op

revision = '20261122_0427'
down_revision = '20261122_0424'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('backup_mark',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('epoch', sa.Text(), nullable=False),
    sa.Column('head', sa.BigInteger(), nullable=False),
    sa.Column('sha', sa.Text(), nullable=False),
    sa.Column('byte_count', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_backup_mark'))
    )
    with op.batch_alter_table('backup_mark', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_backup_mark_at'), ['at'], unique=False)

    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.add_column(sa.Column('bearer_hash', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('durable_n', sa.Integer(), nullable=False, server_default='0'))
        batch_op.create_unique_constraint(batch_op.f('uq_device_bearer_hash'), ['bearer_hash'])

    with op.batch_alter_table('feed', schema=None) as batch_op:
        batch_op.add_column(sa.Column('gone_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index('ix_feed_gone_at', ['gone_at'], unique=False, sqlite_where=sa.text('gone_at IS NOT NULL'), postgresql_where=sa.text('gone_at IS NOT NULL'))

    # Since when nobody wrote down; to count from today keeps them too long rather than too short.
    feed = sa.table('feed', sa.column('gone', sa.Boolean()), sa.column('gone_at'))
    op.execute(sa.update(feed).where(feed.c.gone).values(gone_at=sa.func.current_timestamp()))


def downgrade() -> None:
    with op.batch_alter_table('feed', schema=None) as batch_op:
        batch_op.drop_index('ix_feed_gone_at', sqlite_where=sa.text('gone_at IS NOT NULL'), postgresql_where=sa.text('gone_at IS NOT NULL'))
        batch_op.drop_column('gone_at')

    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_device_bearer_hash'), type_='unique')
        batch_op.drop_column('durable_n')
        batch_op.drop_column('bearer_hash')

    with op.batch_alter_table('backup_mark', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_backup_mark_at'))

    op.drop_table('backup_mark')
