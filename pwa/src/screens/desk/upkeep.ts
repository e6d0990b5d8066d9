/** What is to be done about a record that waits. Pure. */

import { UNREADABLE } from '../../outbox/forget.ts'

export type Mend = 'doUpdate' | 'doMend' | 'doAsk'

/** By why it waits: a newer phone, damage, or a fault of the office's own. */
export function mendOf(code: string): Mend {
  if (UNREADABLE.has(code)) return 'doAsk'
  return code.startsWith('unknown_') ? 'doUpdate' : 'doMend'
}

const ABOUT = ['contact', 'contact_point', 'case', 'conflict', 'task'] as const

/** What kind of work it is, as far as this version has a word for it. */
export function aboutOf(op: string): (typeof ABOUT)[number] | 'unknown' {
  const [ent] = op.split('.')
  return ABOUT.find((known) => known === ent) ?? 'unknown'
}
