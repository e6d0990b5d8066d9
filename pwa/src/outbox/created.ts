/** How a row that only this phone knows looks, until the server has sent it. Pure. */
import type { Contact, ContactPoint, Task } from '../wire/types.gen.ts'
import type { Deed } from './entry.ts'

const CONTACT: Omit<Contact, 'id' | 'student_id' | 'method' | 'outcome' | 'occurred_at' | 'by'> = {
  case_id: null,
  direction: 'outbound',
  party: 'none',
  met: '',
  contact_point_id: null,
  causes: [],
  note: '',
  referrals: [],
  follow_up_kind: '',
  follow_up_on: null,
  recorded_at: null,
  est_at: null,
  late_scope: false,
}

const CONTACT_POINT: Omit<ContactPoint, 'id' | 'guardian_id' | 'kind' | 'value'> = {
  value_e164: '',
  status: 'unverified',
  position: 0,
}

const TASK: Omit<Task, 'id' | 'student_id' | 'school_id'> = {
  kind: 'call',
  case_id: null,
  step: '',
  due_on: null,
  status: 'open',
  holder_id: null,
  until: null,
  token: 0,
  done_by: null,
  done_at: null,
  contact_id: null,
  duplicate_effort: false,
}

/** The row a deed creates, or null when it creates none. `by` is the deed's author. */
export function createdBy(deed: Deed, by: string): object | null {
  switch (deed.op) {
    case 'contact.create':
      return { ...CONTACT, ...deed.set, id: deed.key, by, recorded_at: null }
    case 'contact_point.create':
      return { ...CONTACT_POINT, ...deed.set, id: deed.key }
    case 'task.create':
      return { ...TASK, school_id: '', ...deed.set, id: deed.key }
    default:
      return null
  }
}
