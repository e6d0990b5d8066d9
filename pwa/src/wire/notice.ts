/** What a push message makes the phone show. Pure; whatever arrives, something is shown. */

export interface Notice {
  readonly title: string
  readonly body: string
  /** The same tag replaces what is shown already. */
  readonly tag: string
  readonly lang: string
  /** Where a tap leads: a path of this app with its hash, never another site. */
  readonly navigate: string
}

const BARE: Notice = { title: 'Presente', body: '', tag: 'presente', lang: '', navigate: '/' }

/** Read a payload: a declarative push message, or one without its frame, or nothing readable. */
export function noticeOf(payload: string, origin: string): Notice {
  const message = parsed(payload)
  const told = asRecord(message['notification'] ?? message)
  return {
    title: line(told['title'], BARE.title),
    body: line(told['body'], BARE.body),
    tag: line(told['tag'], BARE.tag),
    lang: line(told['lang'], BARE.lang),
    navigate: within(line(told['navigate'], BARE.navigate), origin),
  }
}

function parsed(payload: string): Readonly<Record<string, unknown>> {
  try {
    return asRecord(JSON.parse(payload))
  } catch {
    return {}
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function line(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value.slice(0, 300) : otherwise
}

function within(address: string, origin: string): string {
  if (!URL.canParse(address, origin)) return BARE.navigate
  const url = new URL(address, origin)
  return url.origin === origin ? url.pathname + url.search + url.hash : BARE.navigate
}
