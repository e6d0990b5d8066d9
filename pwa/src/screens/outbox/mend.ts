/** Opens the form of a refused entry again, with its words in it. */

import type { OutboxEntry, Phone } from '../../local/ports.ts'
import { fromContact } from '../contact/answers.ts'
import type { NumberDraft } from '../drafts/rules.ts'
import { beginContact, beginNumber, wallTime } from '../drafts/start.ts'
import { aboutOf } from './rules.ts'

interface Desk {
  readonly now: () => Date
  readonly newId: () => string
}

/** The address of the form. The draft is on disk before it opens. */
export async function mend(phone: Phone, desk: Desk, entry: OutboxEntry): Promise<string> {
  const { deed, id } = entry
  const { root, set } = deed
  if (aboutOf(entry) === 'contact') {
    const answers = fromContact(set, (instant) => wallTime(new Date(instant)))
    const how = { step: 'review', isTouched: true, mends: id } as const
    return `/s/${root}/contact/${await beginContact(phone, desk, root, answers, how)}`
  }
  return `/s/${root}/number/${await beginNumber(phone, desk, root, numberOf(phone, entry))}`
}

function numberOf(phone: Phone, { deed, id }: OutboxEntry): Omit<NumberDraft, 'kind'> {
  const isEdit = deed.op === 'contact_point.edit'
  const row = isEdit ? phone.row(deed.root, 'contact_point', deed.key) : null
  const written = { ...row?.data, ...deed.set } as Readonly<Record<string, unknown>>
  // The fields that were written stand against what was seen then, not against what is there now.
  const seen = row && { ...row, data: { ...row.data, ...deed.was } }
  return {
    ...(seen === null ? {} : { seen }),
    point_id: isEdit ? deed.key : '',
    guardian_id: text(written['guardian_id']),
    value: text(written['value']),
    point_kind: text(written['kind']),
    status: text(written['status']),
    is_touched: true,
    mends: id,
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
