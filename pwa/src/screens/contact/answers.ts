/** What a person answers about one contact, and which of it counts. Pure. */

import type { Contact, Method, Outcome, Party } from '../../wire/types.gen.ts'
import { OUTCOME_FACTS, OUTCOMES_BY_METHOD } from '../../wire/vocabulary.ts'

/** The form's own state: plain JSON, kept as a draft. Answers that became hidden stay here, unsent. */
export interface Answers {
  method: string
  is_inbound: boolean
  outcome: string
  /** Asked only where the outcome leaves it open. */
  party: string
  /** The guardian met, `SOMEONE_ELSE` when `met` tells who it was, empty while not answered. */
  met_guardian: string
  met: string
  contact_point_id: string | null
  causes: string[]
  note: string
  referrals: string[]
  /** A kind, `none` for nothing next, empty while not answered. */
  follow_up_kind: string
  follow_up_on: string
  /** Wall time where the phone is, as `datetime-local` has it: `2026-11-21T14:02`. */
  occurred_at: string
}

export type Step =
  'method' | 'outcome' | 'met' | 'causes' | 'note' | 'referrals' | 'next' | 'review'

export const NOTHING_NEXT = 'none'
export const SOMEONE_ELSE = 'other'

export function blank(occurredAt: string, method = ''): Answers {
  return {
    method,
    is_inbound: false,
    outcome: '',
    party: '',
    met_guardian: '',
    met: '',
    contact_point_id: null,
    causes: [],
    note: '',
    referrals: [],
    follow_up_kind: '',
    follow_up_on: '',
    occurred_at: occurredAt,
  }
}

const noFacts = {
  success: false,
  district_decides: false,
  party: null as string | null,
  suppresses_channel: false,
  suggests: null as string | null,
}

export function factsOf(outcome: string): typeof noFacts {
  const facts: Readonly<Record<string, typeof noFacts>> = OUTCOME_FACTS
  return facts[outcome] ?? noFacts
}

/** The outcomes a method can have; none while no method is chosen. */
export function outcomesOf(method: string): readonly string[] {
  const outcomes: Readonly<Record<string, readonly string[]>> = OUTCOMES_BY_METHOD
  return outcomes[method] ?? []
}

/** Whether words were exchanged: then it is asked with whom, why, and what help was offered. */
export function isTalk(outcome: string): boolean {
  const { success, district_decides } = factsOf(outcome)
  return success || district_decides
}

/** The outcome alone does not tell who it was. */
export function asksParty(outcome: string): boolean {
  return factsOf(outcome).party === 'other_adult_in_household'
}

/** A guardian may be named when the outcome says that one was there. */
export function asksGuardian(outcome: string): boolean {
  return factsOf(outcome).party === 'guardian'
}

/** Only what follows from the answers so far is asked. */
export function stepsOf({ outcome }: Answers): Step[] {
  const talked = isTalk(outcome)
  const met = asksParty(outcome) || asksGuardian(outcome)
  return [
    'method',
    'outcome',
    ...(met ? (['met'] as const) : []),
    ...(talked ? (['causes'] as const) : []),
    'note',
    ...(talked ? (['referrals'] as const) : []),
    'next',
    'review',
  ]
}

/** The method may have changed after the outcome was chosen: an outcome that fits no more is none. */
export function outcomeOf({ method, outcome }: Answers): string {
  return outcomesOf(method).includes(outcome) ? outcome : ''
}

export function partyOf(answers: Answers): string {
  const outcome = outcomeOf(answers)
  if (asksParty(outcome)) return answers.party
  return factsOf(outcome).party ?? 'none'
}

/** What is told to the server: nothing that the answers before it have hidden. */
export function toContact(
  answers: Answers,
  about: {
    readonly student_id: string
    readonly case_id: string | null
    readonly occurred_at: string
    readonly guardianName: string
  },
): Omit<Contact, 'id' | 'by' | 'recorded_at' | 'est_at' | 'late_scope'> {
  const outcome = outcomeOf(answers)
  const talked = isTalk(outcome)
  return {
    student_id: about.student_id,
    case_id: about.case_id,
    method: answers.method as Method,
    direction: answers.is_inbound ? 'inbound' : 'outbound',
    outcome: outcome as Outcome,
    party: partyOf(answers) as Party,
    met: metOf(answers, about.guardianName),
    contact_point_id: isByPhone(answers.method) ? answers.contact_point_id : null,
    causes: talked ? answers.causes.toSorted() : [],
    note: answers.note.trim(),
    referrals: talked ? answers.referrals.toSorted() : [],
    ...nextOf(answers),
    occurred_at: about.occurred_at,
  }
}

function nextOf(answers: Answers): Pick<Contact, 'follow_up_kind' | 'follow_up_on'> {
  const { follow_up_kind, follow_up_on } = answers
  const hasNext = follow_up_kind !== '' && follow_up_kind !== NOTHING_NEXT
  if (!hasNext) return { follow_up_kind: '', follow_up_on: null }
  return { follow_up_kind, follow_up_on: follow_up_on === '' ? null : follow_up_on }
}

/** Who was met, in words. */
export function metOf(answers: Answers, guardianName: string): string {
  const outcome = outcomeOf(answers)
  const isElse = answers.met_guardian === SOMEONE_ELSE
  if (asksParty(outcome) || (asksGuardian(outcome) && isElse)) return answers.met.trim()
  return asksGuardian(outcome) ? guardianName : ''
}

export function isByPhone(method: string): boolean {
  return ['phone_call', 'robo_call', 'sms'].includes(method)
}

/** A contact that was refused, back in the form. */
export function fromContact(
  set: Readonly<Record<string, unknown>>,
  localTime: (instant: string) => string,
): Answers {
  const text = (field: string): string => {
    const value = set[field]
    return typeof value === 'string' ? value : ''
  }
  const codes = (field: string): string[] => {
    const value = set[field]
    return Array.isArray(value) ? value.filter((code) => typeof code === 'string') : []
  }
  const instant = text('occurred_at')
  return {
    ...blank(instant === '' ? '' : localTime(instant), text('method')),
    is_inbound: set['direction'] === 'inbound',
    outcome: text('outcome'),
    party: text('party'),
    met: text('met'),
    met_guardian: text('met') === '' ? '' : SOMEONE_ELSE,
    contact_point_id: text('contact_point_id') || null,
    causes: codes('causes'),
    note: text('note'),
    referrals: codes('referrals'),
    follow_up_kind: text('follow_up_kind') || NOTHING_NEXT,
    follow_up_on: text('follow_up_on'),
  }
}
