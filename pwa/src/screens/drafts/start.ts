/** Begins a form: its draft is on disk before the form, or the dialler, opens. */

import type { Phone } from '../../local/ports.ts'
import { withOffset } from '../../text/dates.ts'
import { blank, type Answers, type Step } from '../contact/answers.ts'
import type { ContactDraft, NumberDraft, OfTask } from './rules.ts'

interface Desk {
  readonly now: () => Date
  readonly newId: () => string
}

/** Wall time where the phone is, as `datetime-local` has it. */
export function wallTime(at: Date): string {
  return withOffset(at).slice(0, 16)
}

export async function beginContact(
  phone: Phone,
  { now, newId }: Desk,
  root: string,
  begun: Partial<Answers>,
  how: {
    readonly step: Step
    readonly isCall?: boolean
    readonly isTouched?: boolean
    readonly mends?: string
    readonly task?: OfTask
  },
): Promise<string> {
  const at = now()
  const form: ContactDraft = {
    kind: 'contact',
    answers: { ...blank(wallTime(at)), ...begun },
    step: how.step,
    is_touched: how.isCall === true || how.isTouched === true,
    is_call: how.isCall ?? false,
    ...(how.mends === undefined ? {} : { mends: how.mends }),
    ...(how.task === undefined ? {} : { task: how.task }),
  }
  const id = newId()
  await phone.saveDraft({ id, student_root: root, saved_at: at.toISOString(), form })
  return id
}

export async function beginNumber(
  phone: Phone,
  { now, newId }: Desk,
  root: string,
  begun: Pick<NumberDraft, 'point_id' | 'guardian_id'> & Partial<NumberDraft>,
): Promise<string> {
  const seen = phone.row(root, 'contact_point', begun.point_id)
  const form: NumberDraft = {
    ...(seen === null ? {} : { seen }),
    kind: 'number',
    value: '',
    point_kind: 'mobile',
    status: 'unverified',
    is_touched: false,
    ...begun,
  }
  const id = newId()
  await phone.saveDraft({ id, student_root: root, saved_at: now().toISOString(), form })
  return id
}
