/** The year's absences as a strip, and earlier contacts with what became of them. Pure. */

import type { LocalRow, OutboxEntry } from '../../local/ports.ts'
import type { Absence, Contact, Standing, Submission } from '../../wire/types.gen.ts'

export interface StripCell {
  readonly week: number
  /** 0 is Monday. */
  readonly weekday: number
  readonly kind: 'none' | 'excused' | 'unexcused'
}

const DAY_MS = 86_400_000
const WEEKDAYS = 5
const ABSENT = ['absent_unexcused', 'absent_excused', 'absent_unverified', 'suspension_out']

/** Days in the records that the student was away, the latest first. */
export function absencesOf(standing: Standing): Absence[] {
  return standing.absences
    .filter(({ kind }) => ABSENT.includes(kind))
    .toSorted((one, other) => other.on_date.localeCompare(one.on_date))
}

/** One cell for each weekday from the week of the year's start to the last day in the records. */
export function strip(standing: Standing, submission: Submission | null): StripCell[] {
  const kinds = new Map(absencesOf(standing).map(({ on_date, kind }) => [on_date, kind]))
  const first = firstDay(standing, [...kinds.keys()])
  const last = submission?.data_as_of ?? [...kinds.keys()].toSorted().at(-1)
  if (first === null || last === undefined) return []
  const monday = mondayOf(first)
  const count = Math.max(0, Math.round((at(last) - monday) / DAY_MS) + 1)
  return Array.from({ length: count }, (_, day) => day)
    .filter((day) => day % 7 < WEEKDAYS)
    .map((day) => {
      const kind = kinds.get(dayText(monday + day * DAY_MS))
      return { week: Math.floor(day / 7), weekday: day % 7, kind: cellKind(kind) }
    })
}

/** School years begin in August here; a year without its number begins at its first absence. */
function firstDay(standing: Standing, days: readonly string[]): string | null {
  const year = /^\d{4}/.exec(standing.school_year)?.[0]
  const earliest = days.toSorted()[0] ?? null
  if (year === undefined) return earliest
  const august = `${year}-08-01`
  return earliest !== null && earliest < august ? earliest : august
}

function cellKind(kind: string | undefined): StripCell['kind'] {
  if (kind === undefined) return 'none'
  return kind === 'absent_excused' ? 'excused' : 'unexcused'
}

function at(day: string): number {
  return Date.parse(`${day.slice(0, 10)}T00:00:00Z`)
}

function mondayOf(day: string): number {
  const weekday = (new Date(at(day)).getUTCDay() + 6) % 7
  return at(day) - weekday * DAY_MS
}

function dayText(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10)
}

export interface Earlier {
  readonly contact: Contact
  readonly state: 'waiting' | 'received' | 'needs_you' | 'told'
  /** When the office received it: from this phone's receipt, else as the server has it. */
  readonly received_at: string | null
}

/** Contacts of a family, the latest first. What this phone wrote tells whether it has arrived. */
export function earlier(
  contacts: readonly LocalRow<'contact'>[],
  outbox: readonly OutboxEntry[],
): Earlier[] {
  const entries = new Map(outbox.map((entry) => [entry.deed.key, entry]))
  return contacts
    .map(({ data, key, ver }) => {
      const entry = entries.get(key)
      const received_at = entry?.received_at ?? data.recorded_at
      return { contact: data, state: stateOf(entry, ver), received_at }
    })
    .toSorted(
      (one, other) => Date.parse(other.contact.occurred_at) - Date.parse(one.contact.occurred_at),
    )
}

function stateOf(entry: OutboxEntry | undefined, ver: number): Earlier['state'] {
  if (!entry) return ver === 0 ? 'waiting' : 'told'
  if (entry.state === 'waiting' || entry.state === 'sending') return 'waiting'
  return entry.state === 'received' ? 'received' : 'needs_you'
}

/** Open conflicts about this family, which anybody who sees the family may see. */
export function openConflicts(conflicts: readonly LocalRow<'conflict'>[]): string[] {
  return conflicts.filter(({ data }) => data.status === 'open').map(({ data }) => data.id)
}
