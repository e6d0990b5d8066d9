/** What a kept draft is, and whether it is worth asking about. Pure. */

import type { Draft, LocalRow } from '../../local/ports.ts'
import type { Answers, Step } from '../contact/answers.ts'

/** The call on the list that a contact answers, as it was held when its form began. */
export interface OfTask {
  readonly root: string
  readonly key: string
  readonly ver: number
  readonly token: number
}

export interface ContactDraft {
  readonly kind: 'contact'
  /** Whom it is about, when it began: the family may leave this phone before it is saved. */
  readonly student_id?: string
  readonly case_id?: string | null
  readonly answers: Answers
  readonly step: Step
  /** Something was written, or a call was begun: worth asking about after a crash. */
  readonly is_touched: boolean
  /** A call was begun: its outcome is asked for as soon as the person is back. */
  readonly is_call: boolean
  /** The refused entry of the outbox that this one is to take the place of. */
  readonly mends?: string
  /** Saving it says that this call was made. */
  readonly task?: OfTask
}

export interface NumberDraft {
  readonly kind: 'number'
  /** Empty for a number that is new. */
  readonly point_id: string
  readonly guardian_id: string
  readonly value: string
  readonly point_kind: string
  readonly status: string
  /** The number as the person saw it when the form began: what others write since is not undone. */
  readonly seen?: LocalRow<'contact_point'>
  readonly mends?: string
  readonly is_touched: boolean
}

export type FormDraft = ContactDraft | NumberDraft

/** The form of a draft; null when this version does not know it. It is then left alone. */
export function formOf({ form }: Draft): FormDraft | null {
  if (typeof form !== 'object' || form === null || !('kind' in form)) return null
  return form.kind === 'contact' || form.kind === 'number' ? (form as FormDraft) : null
}

/** Drafts to ask about: with words in them, and not saved already (the app died in between). */
export function worthResuming(
  drafts: readonly Draft[],
  isSaved: (draft: Draft) => boolean,
): Draft[] {
  return drafts
    .filter((draft) => formOf(draft)?.is_touched === true && !isSaved(draft))
    .toSorted((one, other) => Date.parse(other.saved_at) - Date.parse(one.saved_at))
}

/** Where a draft goes on. */
export function pathOf(draft: Draft): string {
  const form = formOf(draft)
  if (form?.kind === 'contact' && form.task) return `/calls/${form.task.key}`
  const page = form?.kind === 'number' ? 'number' : 'contact'
  return `/s/${draft.student_root}/${page}/${draft.id}`
}
