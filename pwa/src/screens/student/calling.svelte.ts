/** A call from the first tap to its outcome: "started" is on disk before the dialler opens. */

import type { Phone } from '../../local/ports.ts'
import type { ContactPoint } from '../../wire/types.gen.ts'
import { ContactForm } from '../contact/contact-form.svelte.ts'
import { beginContact } from '../drafts/start.ts'
import { dialled } from '../family/rules.ts'
import type { Session } from '../shell/session.svelte.ts'

export class Calling {
  /** The call whose outcome is asked for. */
  form = $state.raw<ContactForm | null>(null)
  readonly #phone: Phone
  readonly #session: Session

  constructor(phone: Phone, session: Session) {
    this.#phone = phone
    this.#session = session
  }

  /** Keep that a call was begun, open the dialler, and have the question ready for the return. */
  async call(root: string, point: ContactPoint): Promise<void> {
    const { now } = this.#session
    const begun = {
      method: 'phone_call',
      contact_point_id: point.id,
      met_guardian: point.guardian_id,
    }
    try {
      const how = { step: 'outcome', isCall: true } as const
      const id = await beginContact(this.#phone, this.#session, root, begun, how)
      const draft = (await this.#phone.drafts()).find((one) => one.id === id) ?? null
      this.form = new ContactForm(root, id, draft, { phone: this.#phone, now })
    } finally {
      // The family comes first: a phone that cannot keep the draft can still call.
      this.#session.services.dial(dialled(point))
    }
  }

  /** Close the question. Its draft stays until it is saved or thrown away. */
  close(): void {
    this.form = null
  }
}
