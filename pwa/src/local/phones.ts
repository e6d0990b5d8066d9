/** The phones that a test opens for one person: locked and removed after each, so that none sees another's. */
import { Locker } from './locker.ts'
import { FakeServer, ME, Tab, visit } from './model.ts'
import type { Phone } from './ports.ts'

export const PIN = { pin: '48291357' }
/** Rounds of stretching a PIN: a test need not wait for the real number. */
export const FEW = 1000

export interface Begun {
  readonly server: FakeServer
  readonly tab: Tab
}

export class Phones {
  #begun: Begun | null = null
  #open: Phone[] = []

  /** A server that knows nobody yet, and a tab that reaches it. */
  async begin(): Promise<Begun> {
    const server = await FakeServer.start()
    this.#begun = { server, tab: new Tab(server) }
    return this.#begun
  }

  async end(): Promise<void> {
    for (const phone of this.#open) phone.lock()
    this.#open = []
    await this.locker().remove(ME.id, true)
  }

  /** What opens phones, in a tab of its own unless one is named. */
  locker(tab = new Tab(this.#now().server)): Locker {
    return new Locker(tab, FEW)
  }

  async open(phone: Promise<Phone>): Promise<Phone> {
    const it = await phone
    this.#open.push(it)
    return it
  }

  /** The same, and it has spoken with its server once. */
  async opened(phone: Promise<Phone>): Promise<Phone> {
    const it = await this.open(phone)
    await it.sync()
    return it
  }

  /** A phone on which these visits were written without a connection, which is back now. */
  async with(...notes: readonly string[]): Promise<Phone> {
    const { server, tab } = this.#now()
    const phone = await this.opened(this.locker(tab).create(ME, PIN))
    server.line = 'down'
    for (const note of notes) await phone.keep(visit(note))
    await phone.sync()
    server.line = 'up'
    return phone
  }

  #now(): Begun {
    if (this.#begun === null) throw new Error('begin() comes first')
    return this.#begun
  }
}
