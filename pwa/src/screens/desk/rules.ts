/** The rules of the coordinator's desk. Pure, so that they are tested without a screen. */
import type { Deed, OutboxEntry } from '../../local/ports.ts'
import type { DeskCase, DeskReference, StaffMember } from '../../wire/types.gen.ts'

export const CASE_LISTS = ['new', 'open', 'left'] as const
export type CaseList = (typeof CASE_LISTS)[number]

const PLACES = ['contacts', 'conflicts', 'phones', 'upkeep'] as const

/** What a hash under `#/desk` shows. */
export type DeskView =
  | { readonly name: 'cases'; readonly list: CaseList }
  | { readonly name: 'case'; readonly caseId: string }
  | { readonly name: (typeof PLACES)[number] }

/** Read a hash. What is not known shows the new cases, never an empty page. */
export function viewOf(hash: string): DeskView {
  const [, , name, id] = hash.split('/')
  if (name === 'case' && id) return { name, caseId: id }
  const place = PLACES.find((place) => place === name)
  if (place) return { name: place }
  return { name: 'cases', list: CASE_LISTS.find((list) => list === name) ?? 'new' }
}

const UNITS_PER_DAY = 840

/** School days in whole units as a number of days with at most one decimal place. */
export function daysOf(units: number): number {
  return Math.round((units * 10) / UNITS_PER_DAY) / 10
}

/** The two who hold a case: who is in charge, and who goes along. */
export type Holding = 'assignee_id' | 'partner_id'

/** Who holds a case in this part, as the desk saw it. */
export function holderOf(line: DeskCase, as: Holding): string | null {
  return line.case[as] ?? null
}

/** The mutation that gives a case to somebody (null: to nobody), as it was seen. */
export function assignDeed(
  line: DeskCase,
  userId: string | null,
  as: Holding = 'assignee_id',
): Deed {
  return {
    op: 'case.assign',
    ent: 'case',
    key: line.case.id,
    root: line.root,
    base: line.case_ver,
    was: { [as]: holderOf(line, as) },
    set: { [as]: userId },
  }
}

/** Who may be given a case of a school, by name. An empty list of schools means all of them. */
export function assignableTo(reference: DeskReference, schoolId: string): StaffMember[] {
  return reference.staff
    .filter(({ id, is_active }) => {
      const schools = reference.assignable[id]
      return is_active && schools !== undefined && (!schools.length || schools.includes(schoolId))
    })
    .sort((a, b) => a.name.localeCompare(b.name))
}

/** Assignments that this desk wrote and the server has not yet taken: case id -> user id. */
export function pendingAssignments(
  outbox: readonly OutboxEntry[],
  as: Holding = 'assignee_id',
): ReadonlyMap<string, string> {
  const unsettled = outbox.filter(
    ({ deed, state }) =>
      deed.op === 'case.assign' && as in deed.set && (state === 'waiting' || state === 'sending'),
  )
  return new Map(
    unsettled.map(({ deed }) => {
      const given = deed.set[as]
      return [deed.key, typeof given === 'string' ? given : '']
    }),
  )
}

/** The row to go to with `j` and `k`. Stays within the list; from nowhere it begins at an end. */
export function step<T>(items: readonly T[], current: T | null, by: 1 | -1): T | null {
  if (items.length === 0) return null
  const at = current === null ? -1 : items.indexOf(current)
  if (at === -1) return (by === 1 ? items[0] : items.at(-1)) ?? null
  return items[Math.min(Math.max(at + by, 0), items.length - 1)] ?? null
}

/** Ids that were not there before. The first answer of all has nothing new in it. */
export function arrived(known: readonly string[] | null, ids: readonly string[]): string[] {
  return known === null ? [] : ids.filter((id) => !known.includes(id))
}

export type KeyCommand = 'search' | 'next' | 'previous' | 'assign' | 'help' | 'close'

const COMMANDS: Readonly<Record<string, KeyCommand>> = {
  '/': 'search',
  j: 'next',
  k: 'previous',
  a: 'assign',
  '?': 'help',
  Escape: 'close',
}

export interface KeyPress {
  readonly key: string
  readonly hasModifier: boolean
  /** In a field, letters are text; only Escape commands. */
  readonly isTyping: boolean
}

/** What a key asks for, or null when it is the browser's or the field's own. */
export function commandOf({ key, hasModifier, isTyping }: KeyPress): KeyCommand | null {
  if (hasModifier || (isTyping && key !== 'Escape')) return null
  return COMMANDS[key] ?? null
}

/** Whether a line says what is looked for, in any part, accents and case aside. */
export function matches(line: DeskCase, query: string): boolean {
  const said = plain(`${line.student_name} ${line.school_name} ${line.grade}`)
  return plain(query)
    .split(/\s+/)
    .every((word) => said.includes(word))
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
}

export type Due = 'overdue' | 'today' | 'later'

/** Where a due day stands. School-local days compare as their text. */
export function dueOf(dueOn: string, today: string): Due {
  if (dueOn < today) return 'overdue'
  return dueOn === today ? 'today' : 'later'
}
