/** Opens the form of a refused entry again, with its words in it. */

import type { OutboxEntry, Phone } from '../../local/ports.ts'
import { fromContact } from '../contact/answers.ts'
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
  const isEdit = deed.op === 'contact_point.edit'
  const point = isEdit ? phone.row(root, 'contact_point', deed.key)?.data : undefined
  const draft = await beginNumber(phone, desk, root, {
    point_id: isEdit ? deed.key : '',
    guardian_id: point?.guardian_id ?? text(set['guardian_id']),
    value: text(set['value']) || (point?.value ?? ''),
    point_kind: point?.kind ?? text(set['kind']),
    status: text(set['status']) || (point?.status ?? 'unverified'),
    is_touched: true,
    mends: id,
  })
  return `/s/${root}/number/${draft}`
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
