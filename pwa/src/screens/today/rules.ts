/** Who is owed a step, since when, and why: from the cases and contacts on this phone. Pure. */

import { OUTCOME_FACTS } from '../../wire/vocabulary.ts'
import type { Case, Contact, Standing, Student } from '../../wire/types.gen.ts'
import { fullName, isHolding, standingOf, studentOf, type Rows } from '../family/rules.ts'

export type Group = 'overdue' | 'today' | 'coming' | 'undated' | 'resting'

export interface DueItem {
  readonly root: string
  readonly student: Student
  readonly standing: Standing | null
  readonly case: Case
  readonly group: Group
  /** The day a step is owed; null when none is set. */
  readonly due_on: string | null
  readonly days_over: number
  /** What was promised, empty when the first step is still owed. */
  readonly follow_up_kind: string
  readonly tries: number
  readonly reached_at: string | null
}

const COMING_DAYS = 7
const DAY_MS = 86_400_000
const ORDER: readonly Group[] = ['overdue', 'today', 'coming', 'undated', 'resting']

/** The cases of one person, overdue first, then by the day they are owed, then by name. */
export function dueItems(rows: Rows, userId: string, today: string): DueItem[] {
  return rows
    .rows('case')
    .filter(({ data }) => isHolding(data, userId) && data.status !== 'closed')
    .flatMap(({ root, data }) => {
      const student = studentOf(rows, root)
      if (!student) return []
      const contacts = contactsOf(rows, root, data)
      const due = dueOf(data, contacts)
      const group = groupOf(data, student, due.on, today)
      if (group === null) return []
      return [
        {
          root,
          student,
          standing: standingOf(rows, root),
          case: data,
          group,
          due_on: due.on,
          days_over: due.on === null ? 0 : Math.max(0, daysFrom(due.on, today)),
          follow_up_kind: due.kind,
          tries: contacts.length,
          reached_at: contacts.find(isReached)?.occurred_at ?? null,
        },
      ]
    })
    .toSorted(byUrgency)
}

/** The contacts of a case, the latest first. One written before the case was known counts too. */
function contactsOf(rows: Rows, root: string, of: Case): Contact[] {
  return rows
    .rowsOf(root, 'contact')
    .map(({ data }) => data)
    .filter(({ case_id }) => case_id === of.id || case_id === null)
    .toSorted((one, other) => Date.parse(other.occurred_at) - Date.parse(one.occurred_at))
}

/** What the latest contact promised; the first step when there was no contact yet. */
function dueOf(of: Case, contacts: readonly Contact[]): { on: string | null; kind: string } {
  const latest = contacts[0]
  if (!latest) return { on: of.due_on, kind: '' }
  return { on: latest.follow_up_on, kind: latest.follow_up_kind }
}

function groupOf(of: Case, student: Student, due: string | null, today: string): Group | null {
  if (isResting(of, student)) return 'resting'
  if (due === null) return of.status === 'monitoring' ? null : 'undated'
  return groupOfDay(due, today)
}

/** Nothing is owed by a date: the student left, or the step was taken back. */
function isResting(of: Case, student: Student): boolean {
  return [of.left_on, student.left_on, of.no_longer_met_on].some((day) => day !== null)
}

function groupOfDay(due: string, today: string): Group | null {
  if (due < today) return 'overdue'
  if (due === today) return 'today'
  return daysFrom(today, due) <= COMING_DAYS ? 'coming' : null
}

/** Whether somebody was spoken with: the programme's own rule, told by the vocabulary. */
export function isReached({ outcome }: Contact): boolean {
  const facts = OUTCOME_FACTS as Partial<typeof OUTCOME_FACTS>
  return facts[outcome]?.success === true
}

function byUrgency(one: DueItem, other: DueItem): number {
  const groups = ORDER.indexOf(one.group) - ORDER.indexOf(other.group)
  const days = (one.due_on ?? '9').localeCompare(other.due_on ?? '9')
  return groups || days || fullName(one.student).localeCompare(fullName(other.student))
}

function daysFrom(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)
}

/** The first day that an unexcused absence was recorded this year, null when there is none. */
export function unexcusedSince(standing: Standing): string | null {
  const days = standing.absences
    .filter(({ kind }) => kind === 'absent_unexcused')
    .map(({ on_date }) => on_date)
  return days.toSorted()[0] ?? null
}

/** Items in the groups they are shown in, empty groups left out. */
export function grouped(items: readonly DueItem[]): { group: Group; items: DueItem[] }[] {
  return ORDER.map((group) => ({
    group,
    items: items.filter((item) => item.group === group),
  })).filter(({ items }) => items.length > 0)
}
