/** Makes deeds of what a person saw and chose. Pure. */
import type { Deed, Ent } from './entry.ts'
import type { LocalRow } from './overlay.ts'

/**
 * An edit of a row as it was on the screen: `was` is what the person saw, own pending edits
 * included, and only fields that differ from it are told. Null when nothing differs.
 */
export function edit(op: string, row: LocalRow, changes: Deed['set']): Deed | null {
  const seen = row.data as unknown as Readonly<Record<string, unknown>>
  const set = Object.fromEntries(
    Object.entries(changes).filter(([field, value]) => !isSame(clean(value), clean(seen[field]))),
  )
  if (Object.keys(set).length === 0) return null
  const was = Object.fromEntries(Object.keys(set).map((field) => [field, seen[field] ?? null]))
  return { op, ent: row.ent, key: row.key, root: row.root, base: row.ver, was, set }
}

/** Something new, made on this phone under a key of its own. */
export function create(op: string, ent: Ent, key: string, root: string, set: Deed['set']): Deed {
  return { op, ent, key, root, base: 0, was: {}, set }
}

/**
 * A step of a call on the list, as it was on the screen, under the token it is held by. Of a claim that
 * the office has not answered nobody knows the token yet: what is given back then is whichever it got.
 */
export function ofTask(
  op: 'task.claim' | 'task.release' | 'task.complete' | 'task.cancel',
  row: LocalRow<'task'>,
  set: Deed['set'] = {},
): Deed {
  const { root, key, ver, data } = row
  const isUnderLease = op === 'task.complete' || (op === 'task.release' && data.until !== null)
  const fence = isUnderLease ? data.token : 0
  return { op, ent: 'task', key, root, base: ver, was: {}, set, fence }
}

/** The deed as every store can keep it: text in NFC and whole characters, sets of codes in order. */
export function cleaned(deed: Deed): Deed {
  return { ...deed, was: clean(deed.was) as Deed['was'], set: clean(deed.set) as Deed['set'] }
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (Array.isArray(value)) {
    const items = value.map(clean)
    return items.every((item) => typeof item === 'string') ? items.sort() : items
  }
  if (typeof value !== 'object' || value === null) return value ?? null
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, clean(part)]))
}

/**
 * What no database can keep goes: NUL, and half of an emoji. The server leaves more than 30 marks in
 * a row as they come; composed here first, they come composed.
 */
function cleanText(text: string): string {
  return text
    .replaceAll('\0', '')
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .normalize('NFC')
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
