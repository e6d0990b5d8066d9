/** The state of one contact being written: answers, step, draft, and the deed it becomes. */

import type { Deed, Draft, Phone } from '../../local/ports.ts'
import { create } from '../../outbox/deed.ts'
import { dayOf, momentAt } from '../../text/dates.ts'
import { Autosave } from '../drafts/autosave.svelte.ts'
import { whyNotKept, type NotKept } from '../drafts/kept.ts'
import { formOf, type ContactDraft, type OfTask } from '../drafts/rules.ts'
import { wallTime } from '../drafts/start.ts'
import { caseOf, familyOf, fullName, studentOf, type FamilyMember } from '../family/rules.ts'
import { blank, stepsOf, toContact, type Answers, type Step } from './answers.ts'
import { missing, suggestion, type Missing } from './rules.ts'

export interface FormDeps {
  readonly phone: Phone
  readonly now: () => Date
}

export class ContactForm {
  readonly id: string
  readonly root: string
  answers = $state<Answers>(blank(''))
  step = $state<Step>('method')
  errors = $state.raw<readonly Missing[]>([])
  status = $state<'editing' | 'saving' | 'saved' | NotKept>('editing')
  isTouched = $state(false)
  readonly autosave = new Autosave(() => this.#keepDraft())
  readonly #deps: FormDeps
  readonly #studentId: string
  readonly #caseId: string | null
  readonly #isCall: boolean
  readonly #mends: string | undefined
  readonly #task: OfTask | undefined

  constructor(root: string, id: string, draft: Draft | null, deps: FormDeps) {
    this.root = root
    this.id = id
    this.#deps = deps
    const kept = keptOr(draft, blank(wallTime(deps.now())))
    this.answers = kept.answers
    this.step = kept.step
    this.isTouched = kept.is_touched
    this.#studentId = kept.student_id ?? studentOf(deps.phone, root)?.id ?? ''
    this.#caseId = kept.case_id ?? caseOf(deps.phone, root)?.id ?? null
    this.#isCall = kept.is_call
    this.#mends = kept.mends
    this.#task = kept.task
  }

  get steps(): Step[] {
    return stepsOf(this.answers)
  }

  get today(): string {
    return dayOf(this.#deps.now())
  }

  get family(): FamilyMember[] {
    return familyOf(this.#deps.phone, this.root)
  }

  /** The name of the guardian met, or of the one whose number was called. */
  get guardianName(): string {
    const met = this.family.find(({ guardian }) => guardian.id === this.answers.met_guardian)
    return met ? fullName(met.guardian) : ''
  }

  get calledName(): string {
    const { contact_point_id } = this.answers
    const called = this.family.find(({ points }) =>
      points.some(({ key }) => key === contact_point_id),
    )
    return called ? fullName(called.guardian) : ''
  }

  /** Something was answered: it is kept within the second. */
  touch(): void {
    this.isTouched = true
    this.autosave.touch()
    const still = this.#missing().map(({ field }) => field)
    this.errors = this.errors.filter(({ field }) => still.includes(field))
  }

  /** The outcome proposes what comes next, as long as the person has not chosen it himself. */
  chooseOutcome(): void {
    const next = suggestion(this.answers.outcome, this.today)
    this.answers.follow_up_kind = next?.kind ?? ''
    this.answers.follow_up_on = next?.on ?? ''
    this.touch()
  }

  /** What keeps this step from being left; empty when it may be. */
  check(step: Step): boolean {
    const found = this.#missing()
    this.errors = step === 'review' ? found : found.filter((one) => one.step === step)
    return this.errors.length === 0
  }

  go(step: Step): void {
    this.step = step
    if (this.isTouched) this.autosave.touch()
  }

  /**
   * Keep the contact on this phone. Needs no network. The draft goes only after the deed is on
   * disk; when the deed cannot be kept the words stay.
   */
  async save(): Promise<boolean> {
    if (this.status === 'saving' || !this.check('review')) return false
    this.status = 'saving'
    const { phone } = this.#deps
    try {
      const told = create('contact.create', 'contact', this.id, this.root, this.#contact())
      await phone.keep(told, ...this.#completed())
      if (this.#mends !== undefined) await phone.markSeen(this.#mends)
      this.status = 'saved'
    } catch (fault) {
      this.status = whyNotKept(fault)
      return false
    }
    await this.forget()
    return true
  }

  /** Let the draft go: saved, or not wanted. */
  async forget(): Promise<void> {
    await this.autosave.stop()
    await this.#deps.phone.discardDraft(this.id)
  }

  asDraft(): Draft {
    const form: ContactDraft = {
      kind: 'contact',
      student_id: this.#studentId,
      case_id: this.#caseId,
      answers: $state.snapshot(this.answers),
      step: this.step,
      is_touched: this.isTouched,
      is_call: this.#isCall,
      ...(this.#mends === undefined ? {} : { mends: this.#mends }),
      ...(this.#task === undefined ? {} : { task: this.#task }),
    }
    const saved_at = this.#deps.now().toISOString()
    return { id: this.id, student_root: this.root, saved_at, form }
  }

  /** The call on the list that was made with it, under the lease it was made under. */
  #completed(): Deed[] {
    if (this.#task === undefined) return []
    const { root, key, ver, token } = this.#task
    const { phone } = this.#deps
    const now = phone.row(root, 'task', key)?.data
    const fence = now?.holder_id === phone.holder.user_id ? now.token : token
    const set = { contact_id: this.id }
    return [{ op: 'task.complete', ent: 'task', key, root, base: ver, was: {}, set, fence }]
  }

  #contact(): ReturnType<typeof toContact> {
    return toContact($state.snapshot(this.answers), {
      student_id: this.#studentId,
      case_id: this.#caseId,
      occurred_at: momentAt(this.answers.occurred_at),
      guardianName: this.guardianName,
    })
  }

  #missing(): Missing[] {
    return missing(this.answers, wallTime(this.#deps.now()))
  }

  #keepDraft(): Promise<void> {
    return this.#deps.phone.saveDraft(this.asDraft())
  }
}

/** The kept answers, over blank ones: a draft of an older version may lack some. */
function keptOr(draft: Draft | null, begun: Answers): ContactDraft {
  const fresh = {
    kind: 'contact',
    answers: begun,
    step: 'method',
    is_touched: false,
    is_call: false,
  }
  const form = draft && formOf(draft)
  if (form?.kind !== 'contact') return fresh as ContactDraft
  return { ...form, answers: { ...begun, ...form.answers } }
}
