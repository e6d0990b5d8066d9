/** The places of the desk by role. Pure. */

export type PlaceName =
  | 'new'
  | 'open'
  | 'left'
  | 'contacts'
  | 'conflicts'
  | 'phones'
  | 'calls'
  | 'upkeep'
  | 'people'
  | 'search'
  | 'imports'
  | 'records'
  | 'outbox'
  | 'settings'

export interface Place {
  readonly name: PlaceName
  readonly path: string
}

const CASES: readonly Place[] = [
  { name: 'new', path: '/desk' },
  { name: 'open', path: '/desk/open' },
  { name: 'left', path: '/desk/left' },
  { name: 'contacts', path: '/desk/contacts' },
  { name: 'conflicts', path: '/desk/conflicts' },
  { name: 'phones', path: '/desk/phones' },
]
/** The call list, as the callers see it: who runs a school's list has it at hand. */
const CALLS: Place = { name: 'calls', path: '/calls' }
/** What of the office's own wants a hand. */
const UPKEEP: Place = { name: 'upkeep', path: '/desk/upkeep' }
const PEOPLE: Place = { name: 'people', path: '/people' }
const SEARCH: Place = { name: 'search', path: '/search' }
/** How fresh each school's records are: whoever works at a desk. */
const RECORDS: Place = { name: 'records', path: '/records' }
/** Files of the district's offices: clerks and administrators. */
const IMPORTS: Place = { name: 'imports', path: '/imports' }
const EVERYONE: readonly Place[] = [
  { name: 'outbox', path: '/outbox' },
  { name: 'settings', path: '/settings' },
]

/** What a role finds on the left, in this order. */
export function placesOf(role: string): readonly Place[] {
  if (role === 'clerk') return [SEARCH, IMPORTS, RECORDS, ...EVERYONE]
  const imports = role === 'administrator' ? [IMPORTS] : []
  const calls = role === 'coordinator' ? [CALLS] : []
  return [...CASES, ...calls, UPKEEP, PEOPLE, SEARCH, ...imports, RECORDS, ...EVERYONE]
}

/** The place a path belongs to: a case stands in the list it was opened from. */
export function placeAt(path: string, list: 'new' | 'open' | 'left'): PlaceName | null {
  if (path.startsWith('/desk/case/')) return list
  const all = [...CASES, CALLS, UPKEEP, PEOPLE, SEARCH, IMPORTS, RECORDS, ...EVERYONE]
  const at = all.filter((place) => path === place.path || path.startsWith(`${place.path}/`))
  return at.sort((a, b) => b.path.length - a.path.length)[0]?.name ?? null
}
