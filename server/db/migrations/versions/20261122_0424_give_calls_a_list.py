"""give calls a list."""

import sqlalchemy as sa
from alembic import op

from server.ids import new_root

revision = '20261122_0424'
down_revision = '20261122_0105'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('task',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('student_id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=True),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('holder_id', sa.Uuid(), nullable=True),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('token', sa.Integer(), nullable=False),
    sa.Column('done_by', sa.Uuid(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('contact_id', sa.Uuid(), nullable=True),
    sa.Column('duplicate_effort', sa.Boolean(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_task_case_id_case_file')),
    sa.ForeignKeyConstraint(['done_by'], ['app_user.id'], name=op.f('fk_task_done_by_app_user')),
    sa.ForeignKeyConstraint(['holder_id'], ['app_user.id'], name=op.f('fk_task_holder_id_app_user')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_task_school_id_school')),
    sa.ForeignKeyConstraint(['student_id'], ['student.id'], name=op.f('fk_task_student_id_student')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task'))
    )
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_done_by'), ['done_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_holder_id'), ['holder_id'], unique=False)
        batch_op.create_index('ix_task_school_id_status', ['school_id', 'status'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_student_id'), ['student_id'], unique=False)

    op.create_table('replay',
    sa.Column('mutation_id', sa.Uuid(), nullable=False),
    sa.Column('replayed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('out', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['mutation_id'], ['mutation.id'], name=op.f('fk_replay_mutation_id_mutation')),
    sa.PrimaryKeyConstraint('mutation_id', name=op.f('pk_replay'))
    )
    op.create_table('task_lease',
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('token', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('holder_id', sa.Uuid(), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['holder_id'], ['app_user.id'], name=op.f('fk_task_lease_holder_id_app_user')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_task_lease_task_id_task')),
    sa.PrimaryKeyConstraint('task_id', 'token', name=op.f('pk_task_lease'))
    )
    with op.batch_alter_table('task_lease', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_lease_holder_id'), ['holder_id'], unique=False)

    op.create_table('task_work',
    sa.Column('mutation_id', sa.Uuid(), nullable=False),
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('by_user_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('est_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('is_duplicate', sa.Boolean(), nullable=False),
    sa.Column('late_scope', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['by_user_id'], ['app_user.id'], name=op.f('fk_task_work_by_user_id_app_user')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_task_work_task_id_task')),
    sa.PrimaryKeyConstraint('mutation_id', name=op.f('pk_task_work'))
    )
    with op.batch_alter_table('task_work', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_work_by_user_id'), ['by_user_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_work_task_id'), ['task_id'], unique=False)

    with op.batch_alter_table('mutation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('claimed_at', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('est_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('skew_ms', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('sent', sa.Text(), nullable=True))

    with op.batch_alter_table('school', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pool_root', sa.Text(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_school_pool_root'), ['pool_root'])

    school = sa.table('school', sa.column('id', sa.Uuid()), sa.column('pool_root', sa.Text()))
    connection = op.get_bind()
    for key in connection.execute(sa.select(school.c.id)).scalars().all():
        connection.execute(
            sa.update(school).where(school.c.id == key).values(pool_root=new_root('p'))
        )


def downgrade() -> None:
    with op.batch_alter_table('school', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_school_pool_root'), type_='unique')
        batch_op.drop_column('pool_root')

    with op.batch_alter_table('mutation', schema=None) as batch_op:
        batch_op.drop_column('sent')
        batch_op.drop_column('skew_ms')
        batch_op.drop_column('est_at')
        batch_op.drop_column('claimed_at')

    with op.batch_alter_table('task_work', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_task_work_task_id'))
        batch_op.drop_index(batch_op.f('ix_task_work_by_user_id'))

    op.drop_table('task_work')
    with op.batch_alter_table('task_lease', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_task_lease_holder_id'))

    op.drop_table('task_lease')
    op.drop_table('replay')
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_task_student_id'))
        batch_op.drop_index('ix_task_school_id_status')
        batch_op.drop_index(batch_op.f('ix_task_holder_id'))
        batch_op.drop_index(batch_op.f('ix_task_done_by'))
        batch_op.drop_index(batch_op.f('ix_task_case_id'))

    op.drop_table('task')
