import assert from 'node:assert/strict'
import { test } from 'node:test'

import { speak } from '../../text/text.ts'
import {
  blank,
  fromContact,
  outcomesOf,
  SOMEONE_ELSE,
  stepsOf,
  toContact,
  type Answers,
} from './answers.ts'
import { daysOffered, missing, suggestion, weekdaysAfter } from './rules.ts'
import { saveWord, sentences } from './says.ts'

const NOW = '2026-11-20T14:05'

function answers(change: Partial<Answers>): Answers {
  return { ...blank('2026-11-20T14:00', 'home_visit'), ...change }
}

const about = {
  student_id: 'student',
  case_id: 'case',
  occurred_at: '2026-11-20T14:00:00-07:00',
  guardianName: 'Rosa Aguilar',
}

test('a form offers only the outcomes that fit the way it was tried', () => {
  assert.ok(outcomesOf('home_visit').includes('no_one_home_note_left'))
  assert.ok(!outcomesOf('phone_call').includes('no_one_home_note_left'))
  assert.deepEqual(outcomesOf('smoke_signal'), [])
})

test('nobody is asked why a student stays away when nobody was spoken with', () => {
  assert.deepEqual(stepsOf(answers({ outcome: 'no_one_home_no_note' })), [
    'method',
    'outcome',
    'note',
    'next',
    'review',
  ])
  assert.ok(stepsOf(answers({ outcome: 'spoke_guardian' })).includes('causes'))
})

test('answers that became hidden are not sent', () => {
  const talked = answers({
    outcome: 'spoke_guardian',
    met_guardian: 'g1',
    causes: ['transportation', 'boredom'],
    referrals: ['transportation'],
    contact_point_id: 'p1',
  })
  const said = toContact(talked, about)
  assert.equal(said.met, 'Rosa Aguilar')
  assert.deepEqual(said.causes, ['boredom', 'transportation'])
  assert.equal(said.contact_point_id, null)

  const changed = toContact({ ...talked, outcome: 'no_one_home_no_note' }, about)
  assert.equal(changed.met, '')
  assert.equal(changed.party, 'none')
  assert.deepEqual([changed.causes, changed.referrals], [[], []])
})

test('an outcome of another method is no answer', () => {
  const wrong = answers({ method: 'phone_call', outcome: 'no_one_home_note_left' })

  assert.deepEqual(
    missing(wrong, NOW).map(({ field }) => field),
    ['outcome'],
  )
})

test('what is missing is told in the order it is asked', () => {
  const found = missing(
    answers({
      method: '',
      occurred_at: '',
      follow_up_kind: 'call_back',
    }),
    NOW,
  )

  assert.deepEqual(
    found.map(({ says }) => says),
    ['missingMethod', 'missingWhen', 'missingOutcome', 'missingDay'],
  )
})

test('a contact has happened, and its next step has not', () => {
  const found = missing(
    answers({
      outcome: 'no_access_gate_or_building',
      occurred_at: '2026-11-20T15:00',
      follow_up_kind: 'revisit',
      follow_up_on: '2026-11-19',
    }),
    NOW,
  )

  assert.deepEqual(
    found.map(({ says }) => says),
    ['futureWhen', 'pastDay'],
  )
})

test('who another adult was has to be told', () => {
  const [first] = missing(answers({ outcome: 'spoke_other_adult' }), NOW)

  assert.equal(first?.says, 'missingParty')
})

test('a suggestion never falls on a weekend', () => {
  assert.deepEqual(suggestion('no_answer', '2026-11-20'), { kind: 'call_back', on: '2026-11-23' })
  assert.equal(weekdaysAfter('2026-11-20', 2), '2026-11-24')
  assert.equal(suggestion('spoke_guardian', '2026-11-20'), null)
  assert.equal(daysOffered('2026-11-20').length, 4)
})

test('the review reads like a sentence in both languages', async () => {
  const visit = answers({
    outcome: 'spoke_other_adult',
    party: 'relative_outside_household',
    met_guardian: SOMEONE_ELSE,
    met: "Maria's grandmother",
    follow_up_kind: 'call_back',
    follow_up_on: '2026-11-27',
  })
  const who = { name: 'Maria', guardianName: '', calledName: '', now: new Date('2026-11-20T15:00') }
  await speak('en')
  assert.deepEqual(sentences(visit, who), [
    "You met Maria's grandmother at home.",
    'Call again on Friday, November 27.',
    'When: 14:00.',
  ])
  assert.equal(saveWord(visit), 'Save visit')

  await speak('es')
  assert.equal(sentences(visit, who)[1], 'Llamar otra vez el viernes, 27 de noviembre.')
})

test('a refused contact comes back into the form as it was', () => {
  const before = answers({
    outcome: 'spoke_guardian',
    met_guardian: SOMEONE_ELSE,
    met: 'Rosa',
    note: 'Left the plan.',
    causes: ['transportation'],
    follow_up_kind: 'call_back',
    follow_up_on: '2026-11-27',
  })
  const set = { ...toContact(before, about) }

  const again = fromContact(set, (instant) => instant.slice(0, 16))

  assert.deepEqual(toContact(again, about), toContact(before, about))
})
