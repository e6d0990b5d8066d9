import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import tables from '../../../schemas/generated/vocabulary.json' with { type: 'json' }
import wire from '../../../schemas/generated/wire.json' with { type: 'json' }

import { en } from './en.ts'
import { es } from './es.ts'
import { label, speak } from './text.ts'

const protocol = readFileSync(new URL('../../../docs/sync-protocol.md', import.meta.url), 'utf8')

const schemas = wire.components.schemas

/** Every code the wire knows, by the vocabulary that labels it. */
const codes: Record<keyof typeof en.vocabulary, readonly string[]> = {
  causes: Object.values(tables.causes).flat(),
  cause_groups: Object.keys(tables.causes),
  grade: tables.grades,
  method: schemas.Method.enum,
  outcome: schemas.Outcome.enum,
  party: schemas.Party.enum,
  follow_up: tables.follow_up_kinds,
  referral: tables.referral_types,
  contact_point_kind: schemas.ContactPointKind.enum,
  contact_point_status: schemas.ContactPointStatus.enum,
  attendance: schemas.AttendanceKind.enum,
  case_status: schemas.CaseStatus.enum,
  role: schemas.Role.enum,
  refused: codesOf('refused'),
  parked: codesOf('parked'),
}

/** The codes that the protocol's text lists for an outcome. */
function codesOf(out: string): string[] {
  const [, listed = ''] = new RegExp(`Codes of \`${out}\`:([^.(]*)`).exec(protocol) ?? []
  return [...listed.matchAll(/`(\w+)`/g)].map((found) => found[1] ?? '')
}

test('every code of the programme has a word in both languages', () => {
  for (const texts of [en, es]) {
    for (const [vocabulary, known] of Object.entries(codes)) {
      const labels = Object.keys(texts.vocabulary[vocabulary as keyof typeof codes])
      assert.deepEqual([...labels].sort(), [...known].sort(), vocabulary)
    }
  }
})

test('a code that this version does not know is shown as it is', async () => {
  await speak('es')

  assert.equal(label('outcome', 'spoke_by_drum'), 'spoke_by_drum')
  assert.equal(label('outcome', 'no_answer'), 'No contestaron')
})

test('what is nested too deeply is not told as damaged', () => {
  for (const { parked } of [en.vocabulary, es.vocabulary]) {
    assert.notEqual(parked.too_deep, parked.undecodable)
    assert.doesNotMatch(parked.too_deep, /damage|dañad/)
  }
})
