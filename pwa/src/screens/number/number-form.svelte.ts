/** The state of one number being changed or added, its draft, and the deed it becomes. */

import type { Deed, Draft, Phone } from '../../local/ports.ts'
import { create, edit } from '../../outbox/deed.ts'
import { Autosave } from '../drafts/autosave.svelte.ts'
import { formOf, type NumberDraft } from '../drafts/rules.ts'
import { wrongNumber, type Wrong } from './rules.ts'

export interface NumberDeps {
  readonly phone: Phone
  readonly now: () => Date
}

export class NumberForm {
  readonly root: string
  readonly begun: NumberDraft
  value = $state('')
  kind = $state('')
  state = $state('')
  wrong = $state<Wrong | null>(null)
  status = $state<'editing' | 'saving' | 'saved' | 'failed'>('editing')
  isTouched = $state(false)
  readonly autosave = new Autosave(() => this.#deps.phone.saveDraft(this.#asDraft()))
  readonly #id: string
  readonly #deps: NumberDeps

  constructor(draft: Draft, form: NumberDraft, deps: NumberDeps) {
    this.#id = draft.id
    this.root = draft.student_root
    this.begun = form
    this.#deps = deps
    this.value = form.value
    this.kind = form.point_kind || 'mobile'
    this.state = form.status
    this.isTouched = form.is_touched
  }

  static of(draft: Draft | undefined, deps: NumberDeps): NumberForm | null {
    const form = draft && formOf(draft)
    return draft && form?.kind === 'number' ? new NumberForm(draft, form, deps) : null
  }

  get isNew(): boolean {
    return this.begun.point_id === ''
  }

  touch(): void {
    this.isTouched = true
    this.wrong = null
    this.autosave.touch()
  }

  /** Keep it on this phone. True when it is safe, or when there was nothing to change. */
  async save(): Promise<boolean> {
    this.wrong = wrongNumber(this.value, this.kind)
    if (this.wrong !== null || this.status === 'saving') return false
    this.status = 'saving'
    const { phone } = this.#deps
    try {
      const deed = this.#deed()
      if (deed !== null) await phone.keep(deed)
      if (this.begun.mends !== undefined) await phone.markSeen(this.begun.mends)
      this.status = 'saved'
    } catch {
      this.status = 'failed'
      return false
    }
    await this.forget()
    return true
  }

  async forget(): Promise<void> {
    await this.autosave.stop()
    await this.#deps.phone.discardDraft(this.#id)
  }

  #deed(): Deed | null {
    const value = this.value.trim()
    if (this.isNew) {
      const set = {
        guardian_id: this.begun.guardian_id,
        kind: this.kind,
        value,
        status: this.state,
      }
      return create('contact_point.create', 'contact_point', this.#id, this.root, set)
    }
    const { point_id, seen } = this.begun
    const row = seen ?? this.#deps.phone.row(this.root, 'contact_point', point_id)
    if (row === null) throw new Error('The number is no longer on this phone')
    return edit('contact_point.edit', row, { value, status: this.state })
  }

  #asDraft(): Draft {
    const form: NumberDraft = {
      ...this.begun,
      value: this.value,
      point_kind: this.kind,
      status: this.state,
      is_touched: this.isTouched,
    }
    const saved_at = this.#deps.now().toISOString()
    return { id: this.#id, student_root: this.root, saved_at, form }
  }
}
