/** The rows a form offers, in the language spoken. */

import { label, t } from '../../text/text.ts'
import { CAUSES } from '../../wire/vocabulary.ts'
import { REFERRAL_TYPES } from '../../wire/kinds.ts'
import { fullName, type FamilyMember } from '../family/rules.ts'
import { isTalk, outcomesOf, SOMEONE_ELSE } from './answers.ts'

export interface Choice {
  readonly value: string
  readonly label: string
  readonly hint?: string
}

export interface ChoiceGroup {
  readonly id: string
  readonly label: string
  readonly choices: readonly Choice[]
}

/** Talked first, then not talked; one group without a name when there is only one kind. */
export function outcomeGroups(method: string): ChoiceGroup[] {
  const outcomes = outcomesOf(method)
  const groups = [
    { id: 'reached', label: t('contact.reached'), codes: outcomes.filter(isTalk) },
    {
      id: 'not-reached',
      label: t('contact.notReached'),
      codes: outcomes.filter((code) => !isTalk(code)),
    },
  ].filter(({ codes }) => codes.length > 0)
  return groups.map(({ id, label: name, codes }) => ({
    id,
    label: groups.length > 1 ? name : '',
    choices: codes.map((code) => ({ value: code, label: label('outcome', code) })),
  }))
}

export function causeGroups(): ChoiceGroup[] {
  return Object.entries(CAUSES).map(([group, codes]) => ({
    id: group,
    label: label('cause_groups', group),
    choices: codes.map((code) => ({ value: code, label: label('causes', code) })),
  }))
}

export function referralGroups(): ChoiceGroup[] {
  const choices = REFERRAL_TYPES.map((code) => ({ value: code, label: label('referral', code) }))
  return [{ id: 'referrals', label: '', choices }]
}

/** The guardians by name, and somebody else. The relation stays in the school's own words. */
export function guardianChoices(family: readonly FamilyMember[]): Choice[] {
  // Restrictions come first where they are read before a call; here they would only mislead.
  const free = family.filter(({ guardianship }) => guardianship.restriction === '')
  const restricted = family.filter(({ guardianship }) => guardianship.restriction !== '')
  const known = [...free, ...restricted].map(({ guardian, guardianship }) => ({
    value: guardian.id,
    label: fullName(guardian),
    hint: guardianship.relation,
  }))
  return [...known, { value: SOMEONE_ELSE, label: t('contact.someoneElse') }]
}
