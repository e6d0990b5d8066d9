"""Facts hang on enrolments, which get whole numbers; moments of knowing become recordings.

The tables ``enrollment`` and ``attendance_event`` are made anew beside a copy of their rows: their
keys change type, which neither database does in place.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from server.ids import new_id

revision = '20261122_0105'
down_revision = '20261121_2200'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('code_map',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_code', sa.Text(), nullable=False),
    sa.Column('school_year', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('units', sa.Integer(), nullable=True),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('set_by_user_id', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_map')),
    sa.UniqueConstraint('school_code', 'school_year', 'code', name=op.f('uq_code_map_school_code_school_year_code'))
    )
    op.create_table('recording',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=True),
    sa.Column('mutation_id', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recording'))
    )
    with op.batch_alter_table('recording', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recording_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_recording_run_id'), ['run_id'], unique=False)

    op.create_table('source_key',
    sa.Column('ent', sa.Text(), nullable=False),
    sa.Column('source_id', sa.Text(), nullable=False),
    sa.Column('ours', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('ent', 'source_id', name=op.f('pk_source_key'))
    )
    with op.batch_alter_table('source_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_source_key_ours'), ['ours'], unique=False)

    op.create_table('exemption',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('student_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('by_user_id', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_user_id'], ['app_user.id'], name=op.f('fk_exemption_by_user_id_app_user')),
    sa.ForeignKeyConstraint(['student_id'], ['student.id'], name=op.f('fk_exemption_student_id_student')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exemption'))
    )
    with op.batch_alter_table('exemption', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exemption_student_id'), ['student_id'], unique=False)

    op.create_table('import_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('added', sa.Text(), nullable=False),
    sa.Column('changed', sa.Text(), nullable=False),
    sa.Column('is_undone', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['import_run.id'], name=op.f('fk_import_change_run_id_import_run')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_change'))
    )
    with op.batch_alter_table('import_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_change_run_id'), ['run_id'], unique=False)

    op.create_table('quarantine',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('file', sa.Text(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('element', sa.Text(), nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('mend', sa.Text(), nullable=False),
    sa.Column('columns', sa.Text(), nullable=False),
    sa.Column('school_code', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by_user_id', sa.Uuid(), nullable=True),
    sa.Column('closed_because', sa.Text(), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['import_run.id'], name=op.f('fk_quarantine_run_id_import_run')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quarantine'))
    )
    with op.batch_alter_table('quarantine', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quarantine_run_id'), ['run_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_quarantine_school_code'), ['school_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_quarantine_state'), ['state'], unique=False)

    op.create_table('term',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=True),
    sa.Column('school_year', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('begin_on', sa.Date(), nullable=False),
    sa.Column('end_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_term_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_term')),
    sa.UniqueConstraint('school_id', 'school_year', 'kind', 'begin_on', name=op.f('uq_term_school_id_school_year_kind_begin_on'))
    )
    with op.batch_alter_table('term', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_term_school_year'), ['school_year'], unique=False)

    op.create_table('step_action',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('student_id', sa.Uuid(), nullable=False),
    sa.Column('school_year', sa.Text(), nullable=False),
    sa.Column('ladder', sa.Text(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.Column('done_on', sa.Date(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('by_user_id', sa.Uuid(), nullable=True),
    sa.Column('contact_id', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_user_id'], ['app_user.id'], name=op.f('fk_step_action_by_user_id_app_user')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_step_action_contact_id_contact')),
    sa.ForeignKeyConstraint(['student_id'], ['student.id'], name=op.f('fk_step_action_student_id_student')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_step_action'))
    )
    with op.batch_alter_table('step_action', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_step_action_student_id'), ['student_id'], unique=False)

    with op.batch_alter_table('calendar_day', schema=None) as batch_op:
        batch_op.add_column(sa.Column('periods', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('minutes', sa.Integer(), nullable=True))

    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.add_column(sa.Column('by_role', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('school_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('source', sa.Text(), server_default='', nullable=False))
        batch_op.create_index(batch_op.f('ix_contact_school_id'), ['school_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_contact_school_id_school'), 'school', ['school_id'], ['id'])

    with op.batch_alter_table('crossing', schema=None) as batch_op:
        batch_op.add_column(sa.Column('due_on', sa.Date(), nullable=True))

    with op.batch_alter_table('guardian', schema=None) as batch_op:
        batch_op.add_column(sa.Column('source_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('guardianship', schema=None) as batch_op:
        batch_op.add_column(sa.Column('source_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.add_column(sa.Column('format', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('files', sa.Text(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('progress', sa.Text(), server_default='{}', nullable=False))
        batch_op.add_column(sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('undone_by_user_id', sa.Uuid(), nullable=True))

    with op.batch_alter_table('school', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mode', sa.Text(), server_default='daily', nullable=False))
        batch_op.add_column(sa.Column('periods_per_day', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('minutes_per_day', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('source_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('student', schema=None) as batch_op:
        batch_op.add_column(sa.Column('source_at', sa.DateTime(timezone=True), nullable=True))
    _number_enrolments()
    _hang_events()
    _remember_submissions()


def _number_enrolments() -> None:
    op.execute('create table _enrollment as select * from enrollment')
    op.execute('create table _event as select * from attendance_event')
    op.drop_table('attendance_event')
    op.drop_table('enrollment')
    _make_enrollment(sa.Integer(), sa.Column('periods', sa.Integer(), nullable=True), sa.Column('source_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(
        'insert into enrollment (student_id, school_id, school_year, grade, entry_on, exit_on, exit_reason, source) '
        'select student_id, school_id, school_year, grade, entry_on, exit_on, exit_reason, source '
        'from _enrollment order by id'
    )
    # an event of a student who was never enrolled there hangs on an enrolment it suggests
    op.execute(
        "insert into enrollment (student_id, school_id, school_year, grade, exit_reason, source) "
        "select distinct student_id, school_id, school_year, '', '', 'attendance' from _event "
        "where not exists (select 1 from enrollment where enrollment.student_id = _event.student_id "
        "and enrollment.school_id = _event.school_id and enrollment.school_year = _event.school_year)"
    )
    op.create_table('stay',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('entry_on', sa.Date(), nullable=False),
    sa.Column('exit_on', sa.Date(), nullable=True),
    sa.Column('exit_reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['place_id'], ['enrollment.id'], name=op.f('fk_stay_place_id_enrollment')),
    sa.PrimaryKeyConstraint('place_id', 'entry_on', name=op.f('pk_stay'))
    )
    op.execute(
        'insert into stay (place_id, entry_on, exit_on, exit_reason) '
        'select id, entry_on, exit_on, exit_reason from enrollment where entry_on is not null'
    )
    op.execute('drop table _enrollment')


def _hang_events() -> None:
    op.create_table('attendance_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('period', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('units', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('source_code', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('source_at', sa.BigInteger(), nullable=True),
    sa.Column('opened_by', sa.Integer(), nullable=False),
    sa.Column('closed_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['place_id'], ['enrollment.id'], name=op.f('fk_attendance_event_place_id_enrollment')),
    sa.ForeignKeyConstraint(['opened_by'], ['recording.id'], name=op.f('fk_attendance_event_opened_by_recording')),
    sa.ForeignKeyConstraint(['closed_by'], ['recording.id'], name=op.f('fk_attendance_event_closed_by_recording')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_event'))
    )
    op.create_index('ix_attendance_event_place_id_on_date', 'attendance_event', ['place_id', 'on_date'], unique=False)
    op.execute(
        'insert into recording (at, run_id) select at, run_id from ('
        'select known_from as at, import_run_id as run_id from _event union '
        'select known_to, closed_by_run_id from _event where known_to is not null) as moment '
        'order by at'
    )
    op.execute(
        'insert into attendance_event (place_id, on_date, period, kind, units, minutes, source_code, reason, opened_by, closed_by) '
        'select enrollment.id, e.on_date, e.period, e.kind, e.units, e.minutes, e.source_code, e.reason, opened.id, closed.id '
        'from _event e '
        'join enrollment on enrollment.student_id = e.student_id and enrollment.school_id = e.school_id '
        'and enrollment.school_year = e.school_year '
        'join recording opened on opened.at = e.known_from and opened.run_id = e.import_run_id '
        'left join recording closed on closed.at = e.known_to and closed.run_id = e.closed_by_run_id '
        'order by e.id'
    )
    op.execute('drop table _event')


def _remember_submissions() -> None:
    op.create_table('submission_told',
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.Column('school_year', sa.Text(), nullable=False),
    sa.Column('recording_id', sa.Integer(), nullable=False),
    sa.Column('data_as_of', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['recording_id'], ['recording.id'], name=op.f('fk_submission_told_recording_id_recording')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_submission_told_school_id_school')),
    sa.PrimaryKeyConstraint('school_id', 'school_year', 'recording_id', name=op.f('pk_submission_told'))
    )
    op.execute(
        'insert into submission_told (school_id, school_year, recording_id, data_as_of) '
        'select school_id, school_year, (select max(id) from recording where at <= submitted_at), data_as_of '
        'from submission where exists (select 1 from recording where at <= submitted_at)'
    )


def _make_enrollment(id_type: sa.types.TypeEngine[Any], *more: sa.Column[Any]) -> None:
    op.create_table('enrollment',
    sa.Column('id', id_type, nullable=False),
    sa.Column('student_id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.Column('school_year', sa.Text(), nullable=False),
    sa.Column('grade', sa.Text(), nullable=False),
    sa.Column('entry_on', sa.Date(), nullable=True),
    sa.Column('exit_on', sa.Date(), nullable=True),
    sa.Column('exit_reason', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    *more,
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_enrollment_school_id_school')),
    sa.ForeignKeyConstraint(['student_id'], ['student.id'], name=op.f('fk_enrollment_student_id_student')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrollment')),
    sa.UniqueConstraint('student_id', 'school_id', 'school_year', name=op.f('uq_enrollment_student_id_school_id_school_year'))
    )
    op.create_index('ix_enrollment_school_id_school_year', 'enrollment', ['school_id', 'school_year'], unique=False)


def downgrade() -> None:
    op.drop_table('submission_told')
    _unhang_events()
    _unnumber_enrolments()
    with op.batch_alter_table('student', schema=None) as batch_op:
        batch_op.drop_column('source_at')

    with op.batch_alter_table('school', schema=None) as batch_op:
        batch_op.drop_column('source_at')
        batch_op.drop_column('minutes_per_day')
        batch_op.drop_column('periods_per_day')
        batch_op.drop_column('mode')

    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.drop_column('undone_by_user_id')
        batch_op.drop_column('undone_at')
        batch_op.drop_column('progress')
        batch_op.drop_column('files')
        batch_op.drop_column('format')

    with op.batch_alter_table('guardianship', schema=None) as batch_op:
        batch_op.drop_column('source_at')

    with op.batch_alter_table('guardian', schema=None) as batch_op:
        batch_op.drop_column('source_at')

    with op.batch_alter_table('crossing', schema=None) as batch_op:
        batch_op.drop_column('due_on')

    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_contact_school_id_school'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_contact_school_id'))
        batch_op.drop_column('source')
        batch_op.drop_column('voided_at')
        batch_op.drop_column('school_id')
        batch_op.drop_column('by_role')

    with op.batch_alter_table('calendar_day', schema=None) as batch_op:
        batch_op.drop_column('minutes')
        batch_op.drop_column('periods')

    with op.batch_alter_table('step_action', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_step_action_student_id'))

    op.drop_table('step_action')
    with op.batch_alter_table('term', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_term_school_year'))

    op.drop_table('term')
    with op.batch_alter_table('quarantine', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quarantine_state'))
        batch_op.drop_index(batch_op.f('ix_quarantine_school_code'))
        batch_op.drop_index(batch_op.f('ix_quarantine_run_id'))

    op.drop_table('quarantine')
    with op.batch_alter_table('import_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_import_change_run_id'))

    op.drop_table('import_change')
    with op.batch_alter_table('exemption', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_exemption_student_id'))

    op.drop_table('exemption')
    with op.batch_alter_table('source_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_source_key_ours'))

    op.drop_table('source_key')
    with op.batch_alter_table('recording', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recording_run_id'))
        batch_op.drop_index(batch_op.f('ix_recording_at'))

    op.drop_table('recording')
    op.drop_table('code_map')


def _unhang_events() -> None:
    bind = op.get_bind()
    op.execute(
        'create table _event as select enrollment.student_id, enrollment.school_id, enrollment.school_year, '
        'e.on_date, e.period, e.kind, e.units, e.minutes, e.source_code, e.reason, '
        'opened.at as known_from, closed.at as known_to, '
        'opened.run_id as import_run_id, closed.run_id as closed_by_run_id '
        'from attendance_event e join enrollment on enrollment.id = e.place_id '
        'join recording opened on opened.id = e.opened_by '
        'left join recording closed on closed.id = e.closed_by order by e.id'
    )
    op.drop_table('attendance_event')
    op.create_table('attendance_event',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('student_id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.Column('school_year', sa.Text(), nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('period', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('units', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('source_code', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('known_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('known_to', sa.DateTime(timezone=True), nullable=True),
    sa.Column('import_run_id', sa.Uuid(), nullable=False),
    sa.Column('closed_by_run_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_attendance_event_school_id_school')),
    sa.ForeignKeyConstraint(['student_id'], ['student.id'], name=op.f('fk_attendance_event_student_id_student')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_event'))
    )
    op.create_index(op.f('ix_attendance_event_known_to'), 'attendance_event', ['known_to'], unique=False)
    op.create_index('ix_attendance_event_school_id_on_date', 'attendance_event', ['school_id', 'on_date'], unique=False)
    op.create_index('ix_attendance_event_student_id_on_date', 'attendance_event', ['student_id', 'on_date'], unique=False)
    columns = 'student_id, school_id, school_year, on_date, period, kind, units, minutes, source_code, reason, known_from, known_to, import_run_id, closed_by_run_id'
    rows = bind.execute(sa.text(f'select {columns} from _event')).mappings().all()
    marks = ', '.join(f':{name}' for name in columns.split(', '))
    nobody = new_id().hex
    for row in rows:
        values = dict(row) | {'id': new_id().hex, 'import_run_id': row['import_run_id'] or nobody}
        bind.execute(sa.text(f'insert into attendance_event (id, {columns}) values (:id, {marks})'), values)
    op.execute('drop table _event')


def _unnumber_enrolments() -> None:
    bind = op.get_bind()
    op.drop_table('stay')
    op.execute('create table _enrollment as select * from enrollment')
    op.drop_table('enrollment')
    _make_enrollment(sa.Uuid())
    columns = 'student_id, school_id, school_year, grade, entry_on, exit_on, exit_reason, source'
    rows = bind.execute(sa.text(f'select {columns} from _enrollment order by id')).mappings().all()
    marks = ', '.join(f':{name}' for name in columns.split(', '))
    for row in rows:
        bind.execute(sa.text(f'insert into enrollment (id, {columns}) values (:id, {marks})'), dict(row) | {'id': new_id().hex})
    op.execute('drop table _enrollment')
