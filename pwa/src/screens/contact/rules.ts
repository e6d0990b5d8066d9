/** What is still missing in a contact, and what to offer next. Pure. */

import { asksParty, factsOf, NOTHING_NEXT, outcomeOf, type Answers, type Step } from './answers.ts'

/** A question without a fit answer. `field` is the id of the question on the screen. */
export interface Missing {
  readonly field: 'method' | 'when' | 'outcome' | 'party' | 'note' | 'day'
  readonly step: Step
  readonly says:
    | 'missingMethod'
    | 'missingWhen'
    | 'futureWhen'
    | 'missingOutcome'
    | 'missingParty'
    | 'longNote'
    | 'missingDay'
    | 'pastDay'
}

const NOTE_LIMIT = 4000

/** Everything missing, in the order it is asked. `now` is wall time as `occurred_at` has it. */
export function missing(answers: Answers, now: string): Missing[] {
  const outcome = outcomeOf(answers)
  const found: (Missing | false)[] = [
    answers.method === '' && { field: 'method', step: 'method', says: 'missingMethod' },
    wrongTime(answers.occurred_at, now),
    outcome === '' && { field: 'outcome', step: 'outcome', says: 'missingOutcome' },
    asksParty(outcome) &&
      answers.party === '' && { field: 'party', step: 'met', says: 'missingParty' },
    answers.note.length > NOTE_LIMIT && { field: 'note', step: 'note', says: 'longNote' },
    wrongDay(answers, now.slice(0, 10)),
  ]
  return found.filter((one) => one !== false)
}

function wrongTime(at: string, now: string): Missing | false {
  if (at === '') return { field: 'when', step: 'method', says: 'missingWhen' }
  return at > now && { field: 'when', step: 'method', says: 'futureWhen' }
}

function wrongDay({ follow_up_kind, follow_up_on }: Answers, today: string): Missing | false {
  if (follow_up_kind === '' || follow_up_kind === NOTHING_NEXT) return false
  if (follow_up_on === '') return { field: 'day', step: 'next', says: 'missingDay' }
  return follow_up_on < today && { field: 'day', step: 'next', says: 'pastDay' }
}

/** School days until a step of this kind is usually due. */
const DAYS_BY_KIND: Readonly<Record<string, number>> = {
  call_back: 1,
  revisit: 2,
  fix_contact_data: 1,
  address_check: 1,
  interpreter: 2,
  reschedule: 1,
  team_review: 2,
  safety_review: 1,
  other_channel: 1,
  weekly_progress_check: 5,
}

/** The next step that follows from an outcome, with its day; nothing when none does. */
export function suggestion(
  outcome: string,
  today: string,
): { readonly kind: string; readonly on: string } | null {
  const kind = factsOf(outcome).suggests
  return kind === null ? null : { kind, on: weekdaysAfter(today, daysFor(kind)) }
}

export function daysFor(kind: string): number {
  return DAYS_BY_KIND[kind] ?? 5
}

/** The day that many weekdays later: nobody is called on a Sunday by a suggestion. */
export function weekdaysAfter(day: string, count: number): string {
  const at = new Date(`${day}T12:00:00Z`)
  for (let left = count; left > 0;) {
    at.setUTCDate(at.getUTCDate() + 1)
    if (at.getUTCDay() % 6 !== 0) left -= 1
  }
  return at.toISOString().slice(0, 10)
}

/** The days offered as rows: the next three weekdays and the same day in a week. */
export function daysOffered(today: string): string[] {
  const near = [1, 2, 3].map((count) => weekdaysAfter(today, count))
  return [...new Set([...near, weekdaysAfter(today, 5)])]
}

/** The kinds offered first; the others wait behind "More choices". */
export function kindsOffered(outcome: string, chosen: string): string[] {
  const suggests = factsOf(outcome).suggests
  const first = [suggests, 'call_back', 'revisit', 'weekly_progress_check', chosen]
  const kinds = first.filter((kind) => kind !== null && kind !== '' && kind !== NOTHING_NEXT)
  return [...new Set(kinds as string[])]
}
