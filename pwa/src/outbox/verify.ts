/**
 * Whether this phone holds what the server takes it to hold: one digest per root, and the way out
 * when one differs (docs/sync-protocol.md, 12). Pure.
 */
import type { State } from './apply.ts'
import { shortHash, type Sha256 } from './cas.ts'
import type { Entry } from './entry.ts'
import { nameOf, type RootRows, type Rows } from './rows.ts'

/** The one text of a JSON value (RFC 8785): names in order of their UTF-16 units, no spaces. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const fields = Object.entries(value).sort(byFirst)
  const parts = fields.map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`)
  return `{${parts.join(',')}}`
}

/** The digest of one root's rows, whatever order they are kept in. */
export async function digestOf(sha256: Sha256, rows: RootRows): Promise<string> {
  const told = [...rows.values()].map(({ ent, key, ver, data }) => [ent, key, ver, data] as const)
  const sorted = told.sort((one, other) => byFirst(one, other) || order(one[1], other[1]))
  return shortHash(sha256, canonical(sorted))
}

/** Root -> digest, of every root that is held: one without a row, too. */
export async function digestsOf(
  sha256: Sha256,
  rows: Rows,
  held: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const digests = Object.keys(held).map(
    async (root) => [root, await digestOf(sha256, rows.get(root) ?? new Map())] as const,
  )
  return Object.fromEntries(await Promise.all(digests))
}

/**
 * Forget these roots, so that the next pull brings them whole. The outbox keeps every entry, and
 * what was written about those roots shows again until they are back.
 */
export function without(state: State, roots: readonly string[]): State {
  const { place, rows, entries } = state
  const gone = roots.filter((root) => root in place.held)
  if (gone.length === 0) return state
  const stays = ([root]: readonly [string, unknown]) => !gone.includes(root)
  const held = Object.fromEntries(Object.entries(place.held).filter(stays))
  const shows = (entry: Entry) =>
    entry.is_settled && gone.some((root) => isAbout(entry, root, rows))
      ? { ...entry, is_settled: false }
      : entry
  return {
    place: { ...place, held, pulled_to: 0 },
    rows: new Map([...rows].filter(stays)),
    entries: entries.map(shows),
  }
}

function isAbout({ deed }: Entry, root: string, rows: Rows): boolean {
  return deed.root === root || (rows.get(root)?.has(nameOf(deed.ent, deed.key)) ?? false)
}

function byFirst(one: readonly [string, ...unknown[]], other: readonly [string, ...unknown[]]) {
  return order(one[0], other[0])
}

function order(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
