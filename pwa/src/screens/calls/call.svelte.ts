/** One call being made: its form is kept from the first tap, and saving it completes the call. */

import type { Phone } from '../../local/ports.ts'
import { ofTask } from '../../outbox/deed.ts'
import type { ContactPoint } from '../../wire/types.gen.ts'
import { ContactForm } from '../contact/contact-form.svelte.ts'
import { formOf } from '../drafts/rules.ts'
import { beginContact, wallTime } from '../drafts/start.ts'
import { dialled, familyOf, isCallable } from '../family/rules.ts'
import type { Session } from '../shell/session.svelte.ts'
import { callOf, nextFree, type ListedCall } from './list.ts'

export class Call {
  readonly key: string
  form = $state.raw<ContactForm | null>(null)
  #isOpening = false
  readonly #phone: Phone
  readonly #session: Session

  constructor(key: string, phone: Phone, session: Session) {
    this.key = key
    this.#phone = phone
    this.#session = session
  }

  get listed(): ListedCall | null {
    return callOf(this.#phone, this.key)
  }

  /** Go on with what was begun, or begin when the family is there. Does nothing twice. */
  async open(root: string | null): Promise<void> {
    if (this.form !== null || this.#isOpening) return
    this.#isOpening = true
    try {
      this.form = (await this.#begun()) ?? (root === null ? null : await this.#begin(root))
    } finally {
      this.#isOpening = false
    }
  }

  /** Dial, and note which number. The family comes first: what cannot be kept is still dialled. */
  async dial(point: ContactPoint): Promise<void> {
    const { form } = this
    try {
      if (form === null) return
      form.answers.contact_point_id = point.id
      form.answers.met_guardian = point.guardian_id
      form.answers.occurred_at = wallTime(this.#session.now())
      form.touch()
      await form.autosave.flush()
    } finally {
      this.#session.services.dial(dialled(point))
    }
  }

  /** The call that would come next; null when none is free. */
  get next(): ListedCall | null {
    return nextFree(this.#phone, this.key)
  }

  /** Take the next call. The address to go to; the list when there is none. */
  async takeNext(): Promise<string> {
    const { next } = this
    if (next === null) return '/calls'
    await this.#phone.keep(ofTask('task.claim', next.row))
    return `/calls/${next.row.key}`
  }

  async take(): Promise<void> {
    const { listed } = this
    if (listed) await this.#phone.keep(ofTask('task.claim', listed.row))
  }

  /** Give it back. What was begun and not said goes with it. */
  async giveBack(): Promise<void> {
    const { listed, form } = this
    if (listed) await this.#phone.keep(ofTask('task.release', listed.row))
    if (form && !form.isTouched) await form.forget()
  }

  async #begun(): Promise<ContactForm | null> {
    const drafts = await this.#phone.drafts()
    const found = drafts.find((draft) => {
      const form = formOf(draft)
      return form?.kind === 'contact' && form.task?.key === this.key
    })
    if (!found) return null
    const deps = { phone: this.#phone, now: this.#session.now }
    return new ContactForm(found.student_root, found.id, found, deps)
  }

  async #begin(root: string): Promise<ContactForm | null> {
    const { listed } = this
    if (listed === null) return null
    const { row } = listed
    const task = { root: row.root, key: row.key, ver: row.ver, token: row.data.token }
    const begun = { method: 'phone_call', ...this.#onlyNumber(root) }
    await beginContact(this.#phone, this.#session, root, begun, { step: 'outcome', task })
    return this.#begun()
  }

  /** Where there is but one number, it is the one that was called, from whichever telephone. */
  #onlyNumber(root: string): { contact_point_id?: string; met_guardian?: string } {
    const family = familyOf(this.#phone, root)
    const points = family.flatMap(({ points: all }) => all.map(({ data }) => data))
    const callable = points.filter(isCallable)
    const [only] = callable
    if (!only || callable.length > 1) return {}
    return { contact_point_id: only.id, met_guardian: only.guardian_id }
  }
}
