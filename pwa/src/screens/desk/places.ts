/** The places of the desk by role. Pure. */

export type PlaceName =
  | 'new'
  | 'open'
  | 'left'
  | 'contacts'
  | 'conflicts'
  | 'phones'
  | 'people'
  | 'search'
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
const PEOPLE: Place = { name: 'people', path: '/people' }
const EVERYONE: readonly Place[] = [
  { name: 'search', path: '/search' },
  { name: 'outbox', path: '/outbox' },
  { name: 'settings', path: '/settings' },
]

/** What a role finds on the left, in this order. */
export function placesOf(role: string): readonly Place[] {
  return role === 'clerk' ? EVERYONE : [...CASES, PEOPLE, ...EVERYONE]
}

/** The place a path belongs to: a case stands in the list it was opened from. */
export function placeAt(path: string, list: 'new' | 'open' | 'left'): PlaceName | null {
  if (path.startsWith('/desk/case/')) return list
  const at = [...CASES, PEOPLE, ...EVERYONE].filter(
    (place) => path === place.path || path.startsWith(`${place.path}/`),
  )
  return at.sort((a, b) => b.path.length - a.path.length)[0]?.name ?? null
}
