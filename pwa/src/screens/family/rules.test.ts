import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MemoryPhone } from '../../testing/memory-phone.ts'
import { aStudent } from '../../testing/sample.ts'
import { owedCalls } from '../calls/rules.ts'
import { search } from '../students/rules.ts'
import { dueItems } from '../today/rules.ts'
import { calledName, dialled, familyOf, fullName, isCallable } from './rules.ts'

const now = (): Date => new Date('2026-11-20T12:00:00')
const phone = new MemoryPhone(now)

test('a contact restriction stands before every number', () => {
  const family = familyOf(phone, 's000000001')

  assert.match(family[0]?.guardianship.restriction ?? '', /court order/)
  assert.deepEqual(
    family.map(({ guardian }) => guardian.first_name),
    ['Daniel', 'Rosa', 'Consuelo'],
  )
})

test('the programme calls a student by the preferred name', () => {
  const student = aStudent(1, { first_name: 'Maria', preferred_name: 'Mari' })

  assert.equal(calledName(student), 'Mari')
  assert.equal(fullName(student), 'Mari Aguilar')
})

test('a number found useless is not offered for a call', () => {
  const points = familyOf(phone, 's000000001')[1]?.points.map(({ data }) => data) ?? []

  assert.deepEqual(points.map(isCallable), [true, false])
  assert.equal(points[0] && dialled(points[0]), '+15055550142')
})

test('a student is found without accents, by any part of any name', () => {
  const students = phone.rows('student')

  assert.deepEqual(
    search(students, 'jesus inar').map(({ data }) => data.last_name),
    ['Iñárritu'],
  )
  assert.equal(search(students, '').length, students.length)
  assert.deepEqual(search(students, 'nobody'), [])
})

test('the calls owed name the number to try first, and none where a restriction must be read', () => {
  const calls = owedCalls(phone, dueItems(phone, phone.holder.user_id, '2026-11-20'))
  const [maria, other] = calls

  assert.deepEqual([maria?.point, maria?.member], [null, null])
  assert.equal(maria?.restrictions.length, 1)
  assert.equal(other?.member?.guardian.first_name, 'Rosa')
})
