import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { FileDrop, ImportRun, QuarantinedRow } from '../../wire/types.gen.ts'
import {
  columnAtFault,
  headOf,
  isCutOff,
  isMended,
  mayConfirm,
  mayTakeBack,
  phaseOf,
  refusalWord,
  shareOf,
  sizeOf,
  stageOf,
  totalsOf,
  valuesOf,
} from './rules.ts'

const drop = (change: Partial<FileDrop>): FileDrop => ({
  id: 'drop-1',
  state: 'open',
  made_at: '2026-11-20T15:00:00Z',
  files: [],
  progress: null,
  problem: null,
  unmapped: [],
  unclear: null,
  dates: '',
  report: null,
  undoes: null,
  undone: null,
  ...change,
})

const row: QuarantinedRow = {
  id: 'row-1',
  run_id: 'run-1',
  fault: {
    file: 'attendance.csv',
    line: 7,
    element: 'row 6',
    field: 'Date',
    value: '31/31/2026',
    reason: 'This is no date.',
    mend: 'Write it as 2026-03-01.',
    reason_es: 'Esto no es una fecha.',
    mend_es: 'Escríbala así: 2026-03-01.',
    code: 'no_date',
  },
  cells: [
    { column: 'student_id', value: '00123' },
    { column: 'date', value: '31/31/2026' },
  ],
}

test('nothing dropped yet, or files on their way: choose; a running job: wait', () => {
  assert.equal(stageOf(null), 'choose')
  assert.equal(stageOf(drop({})), 'choose')
  assert.equal(stageOf(drop({ state: 'importing' })), 'wait')
  assert.equal(stageOf(drop({ state: 'checked' })), 'read')
  assert.equal(stageOf(drop({ state: 'interrupted' })), 'interrupted')
})

test('progress without a total says nothing of its share', () => {
  assert.equal(shareOf(null), null)
  assert.equal(shareOf({ phase: 'reading', done: 5, total: 0 }), null)
  assert.equal(shareOf({ phase: 'schools', done: 12, total: 23 }), 12 / 23)
  assert.equal(phaseOf({ phase: 'schools', done: 1, total: 2 }), 'schools')
  assert.equal(phaseOf({ phase: 'comparing', done: 1, total: 2 }), 'comparing')
  assert.equal(phaseOf({ phase: 'something new', done: 1, total: 2 }), 'checking')
})

test('only a mass drop may be confirmed', () => {
  const problem = {
    type: 'about:blank',
    title: 'Refused',
    status: 400,
    detail: '',
    detail_es: '',
    faults: [],
    trace_id: '',
  }

  assert.equal(mayConfirm(drop({ problem: { ...problem, code: 'mass_drop' } })), true)
  assert.equal(mayConfirm(drop({ problem: { ...problem, code: 'file_broken' } })), false)
  assert.equal(mayConfirm(drop({})), false)
})

test('a line is mended when any of its values differs from the file', () => {
  const values = valuesOf(row)

  assert.equal(isMended(row, values), false)
  assert.equal(isMended(row, { ...values, date: '2026-03-31' }), true)
  assert.equal(columnAtFault(row), 'date')
})

test('totals come from the files and the schools', () => {
  const file = {
    file: 'a.csv',
    read: 9,
    unchanged: 0,
    older: 0,
    quarantined: 1,
    skipped: '',
    skipped_es: '',
  }
  const school = {
    code: '300',
    name: 'One',
    scope: 'full' as const,
    first_on: null,
    last_on: null,
    known_count: 5,
    opened_count: 5,
    corrected_count: 1,
    unseen_count: 0,
    missing_count: 0,
    enrolled_count: 0,
    missing: [],
    must_confirm: false,
    vanishing: [],
  }
  const report = {
    state: 'dry_run' as const,
    files: [
      { ...file, added: 5, changed: 2 },
      { ...file, added: 1, changed: 0 },
    ],
    schools: [{ ...school, dropped_count: 3 }],
    changes: [],
    quarantined: [],
    quarantined_count: 2,
    notes: [],
    notes_count: 0,
    cases_opened: 0,
    cases_no_longer_met: 0,
  }

  assert.deepEqual(totalsOf(report), { added: 6, changed: 2, dropped: 3, quarantined: 2 })
})

test('sizes are written as people read them', () => {
  assert.equal(sizeOf(1_400_000, 'en'), '1.4 MB')
  assert.equal(sizeOf(12_300, 'es'), '12,3 kB')
})

test('a fault names the column of the file, unless it is about the whole line', () => {
  assert.equal(headOf(row.fault), 'Date: 31/31/2026')
  assert.equal(headOf({ ...row.fault, value: '' }), 'Date')
  assert.equal(headOf({ ...row.fault, field: 'row', value: '5' }), '')
  assert.equal(headOf({ ...row.fault, field: '', value: '' }), '')
})

test('an import that was cut off may be taken back, one that runs may not', () => {
  const run = (state: ImportRun['state']): ImportRun => ({
    id: 'run-1',
    state,
    format: 'presente',
    started_at: '2026-11-20T15:00:00Z',
    finished_at: null,
    undone_at: null,
    by_name: '',
    files: [],
    quarantined_open: 0,
    schools_done: 2,
    schools_total: 5,
    last_school: 'Two',
    drop_id: null,
  })
  const states = [
    'running',
    'cut_off',
    'failed',
    'done',
    'undoing',
    'undo_cut_off',
    'undone',
  ] as const

  assert.deepEqual(
    states.filter((state) => isCutOff(run(state))),
    ['cut_off', 'failed'],
  )
  assert.deepEqual(
    states.filter((state) => mayTakeBack(run(state))),
    ['cut_off', 'failed', 'done', 'undo_cut_off'],
  )
})

test('unclear dates are asked about in words of the screen only where both readings are known', () => {
  const problem = {
    type: 'about:blank',
    title: 'Refused',
    status: 400,
    code: 'dates_ambiguous',
    detail: 'Say it with --dates.',
    detail_es: '',
    faults: [],
    trace_id: '',
  }
  const unclear = {
    file: 'a.csv',
    line: 2,
    written: '10/02/2025',
    month_first: '2025-10-02',
    day_first: '2025-02-10',
    read_as: '',
  } as const

  assert.equal(refusalWord({ problem, unclear }), 'dates_ambiguous')
  assert.equal(refusalWord({ problem, unclear: null }), null)
})
