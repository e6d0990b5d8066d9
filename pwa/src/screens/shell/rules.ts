/** Which screen an address means, and what the pill says. Pure. */

import type { Status } from '../../local/ports.ts'

export type Params = Readonly<Record<string, string>>

/** The named parts of a path when it fits the pattern: `/s/:root` fits `/s/s12ab`. */
export function match(pattern: string, path: string): Params | null {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [place, part] of wanted.entries()) {
    const found = given[place] ?? ''
    if (part.startsWith(':')) params[part.slice(1)] = found
    else if (part !== found) return null
    if (part.startsWith(':') && found === '') return null
  }
  return params
}

export function find<R extends { readonly path: string }>(
  routes: readonly R[],
  path: string,
): { route: R; params: Params } | null {
  for (const route of routes) {
    const params = match(route.path, path)
    if (params !== null) return { route, params }
  }
  return null
}

/** The first screen of a role: those who visit and call begin with Today, the others at the desk. */
export function homeOf(role: string): '/today' | '/desk' | '/search' {
  if (role === 'clerk') return '/search'
  return isAtDesk(role) ? '/desk' : '/today'
}

/** Whether a role works at the desk: wide screens, lists, reading over the network. */
export function isAtDesk(role: string): boolean {
  return ['coordinator', 'administrator', 'clerk'].includes(role)
}

export type Tone = 'received' | 'waiting' | 'sending' | 'needs_you' | 'offline' | 'portal'

/** What the pill has to say, without its words. At most two parts: the trouble, and the count. */
export interface PillWords {
  readonly tone: Tone
  readonly says:
    | 'received'
    | 'nothing'
    | 'waiting'
    | 'sending'
    | 'needsYou'
    | 'offline'
    | 'offlineNothing'
    | 'portal'
    | 'signedOut'
    | 'revoked'
  /** Whether "n waiting" follows. It does whenever a row is unsent and not told by `says`. */
  readonly alsoWaiting: boolean
}

/** "All received" is said only when nothing at all waits and nothing needs the person. */
export function pillWords(status: Status): PillWords {
  const alsoWaiting = status.waiting > 0
  const trouble = troubleOf(status)
  if (trouble !== null) return { ...trouble, alsoWaiting }
  if (status.sending !== null) return { tone: 'sending', says: 'sending', alsoWaiting: false }
  if (status.needs_you > 0) return { tone: 'needs_you', says: 'needsYou', alsoWaiting }
  if (status.connection === 'offline') {
    return { tone: 'offline', says: alsoWaiting ? 'offline' : 'offlineNothing', alsoWaiting }
  }
  if (alsoWaiting) return { tone: 'waiting', says: 'waiting', alsoWaiting: false }
  const says = status.last_received_at === null ? 'nothing' : 'received'
  return { tone: 'received', says, alsoWaiting }
}

function troubleOf({ connection }: Status): Pick<PillWords, 'tone' | 'says'> | null {
  if (connection === 'portal') return { tone: 'portal', says: 'portal' }
  if (connection === 'signed_out') return { tone: 'needs_you', says: 'signedOut' }
  if (connection === 'revoked') return { tone: 'needs_you', says: 'revoked' }
  return null
}
