"""remember what a roster told again."""

import sqlalchemy as sa
from alembic import op

revision = '20261122_1811'
down_revision = '20261122_1423'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('import_told',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('places', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['import_run.id'], name=op.f('fk_import_told_run_id_import_run')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_told'))
    )
    with op.batch_alter_table('import_told', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_told_run_id'), ['run_id'], unique=False)

    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.add_column(sa.Column('remembers_told', sa.Boolean(), server_default=sa.false(), nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.drop_column('remembers_told')

    with op.batch_alter_table('import_told', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_import_told_run_id'))

    op.drop_table('import_told')
