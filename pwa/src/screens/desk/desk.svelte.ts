/** What the desk holds while a coordinator works: the lists read so far, and what has arrived. */
import type { Phone } from '../../local/ports.ts'
import type { Client } from '../../wire/client.ts'
import type { DeskCaseDetail, DeskCases } from '../../wire/types.gen.ts'
import * as api from './api.ts'
import { Reading, whole } from './reading.svelte.ts'
import { arrived, CASE_LISTS, type CaseList, type DeskView } from './rules.ts'

const POLL_MS = 5000
/** Phones tell of themselves without changing anything else, so they are asked less often. */
const PHONES_EVERY = 6

export interface DeskDeps {
  readonly client: Client
  readonly now: () => Date
}

export class Desk {
  readonly lists: Readonly<Record<CaseList, Reading<DeskCases>>>
  readonly contacts
  readonly conflicts
  readonly phones
  readonly upkeep
  readonly reference
  detail = $state.raw<Reading<DeskCaseDetail> | null>(null)
  /** The list beside the detail, and what it was searched and narrowed by. */
  list = $state<CaseList>('new')
  query = $state('')
  schoolId = $state('')
  /** Contacts that came while the desk was open and were not yet marked as seen. */
  newContacts = $state.raw<readonly string[]>([])
  #known: readonly string[] | null = null
  #caseId = ''
  #ticks = 0
  readonly #deps: DeskDeps

  constructor(deps: DeskDeps) {
    const { client, now } = deps
    this.#deps = deps
    const listed = (list: CaseList) => new Reading((etag) => api.readCases(client, list, etag), now)
    this.lists = { new: listed('new'), open: listed('open'), left: listed('left') }
    this.contacts = new Reading((etag) => api.readContacts(client, etag), now)
    this.conflicts = new Reading((etag) => api.readConflicts(client, etag), now)
    this.phones = new Reading(
      whole(() => api.readPhones(client)),
      now,
    )
    this.upkeep = new Reading(
      whole(() => api.readUpkeep(client)),
      now,
    )
    this.reference = new Reading(
      whole(() => api.readReference(client)),
      now,
    )
  }

  /** The newest numbers of the overview, whichever list brought them. */
  get counts(): DeskCases['counts'] | null {
    const read = CASE_LISTS.map((list) => this.lists[list].value).filter((value) => value !== null)
    return read.sort((a, b) => b.head - a.head)[0]?.counts ?? null
  }

  /** Show a view, and read what it shows. */
  show(view: DeskView): void {
    if (view.name === 'case' && this.#caseId !== view.caseId) {
      const { client, now } = this.#deps
      this.#caseId = view.caseId
      this.detail = new Reading((etag) => api.readCase(client, view.caseId, etag), now)
    }
    if (view.name === 'cases') {
      this.list = view.list
      this.#caseId = ''
      this.detail = null
    }
    if (this.reference.value === null) void this.reference.read()
    if (view.name === 'phones') void this.phones.read()
    if (view.name === 'upkeep') void this.upkeep.read()
    if (this.contacts.value === null) void this.#readContacts()
    void this.#readDetails()
    void this.poll(true)
  }

  /** Ask whether anything changed; only then read what is on screen. */
  async poll(isForced = false): Promise<void> {
    this.#ticks += 1
    if (this.#ticks % PHONES_EVERY === 0) void this.phones.read()
    const isChanged = await this.lists[this.list].read()
    if (isChanged || isForced) {
      await Promise.all([this.#readContacts(), this.#readDetails(), this.conflicts.read()])
    }
  }

  markContactsSeen(): void {
    this.newContacts = []
  }

  /** Poll while the page can be seen, and at once when somebody comes back to it. */
  watch(): () => void {
    const look = (): void => {
      if (document.visibilityState === 'visible') void this.poll()
    }
    const timer = setInterval(look, POLL_MS)
    document.addEventListener('visibilitychange', look)
    window.addEventListener('online', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
      window.removeEventListener('online', look)
    }
  }

  async #readContacts(): Promise<void> {
    if (!(await this.contacts.read())) return
    const ids = this.contacts.value?.contacts.map(({ contact }) => contact.id) ?? []
    const fresh = arrived(this.#known, ids)
    if (fresh.length > 0) this.newContacts = [...this.newContacts, ...fresh]
    this.#known = ids
  }

  async #readDetails(): Promise<void> {
    await this.detail?.read()
  }
}

const desks = new WeakMap<Phone, Desk>()

/** The desk of whoever is signed in: gone with the lock, so that the next person reads anew. */
export function deskOf(phone: Phone, deps: DeskDeps): Desk {
  const known = desks.get(phone)
  if (known) return known
  const desk = new Desk(deps)
  desks.set(phone, desk)
  return desk
}
