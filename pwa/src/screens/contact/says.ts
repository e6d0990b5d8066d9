/** The review: what was answered, as sentences that a person can nod at. */

import { dayOf, fullDay, listOf, momentOf } from '../../text/dates.ts'
import { label, t } from '../../text/text.ts'
import {
  isByPhone,
  metOf,
  NOTHING_NEXT,
  outcomeOf,
  partyOf,
  isTalk,
  type Answers,
} from './answers.ts'

export interface About {
  /** The student, as the programme calls him or her. */
  readonly name: string
  readonly guardianName: string
  /** Whose number was called, empty when unknown. */
  readonly calledName: string
  readonly now: Date
}

/** "You met Maria's grandmother at home." "Call again on Friday, November 28." */
export function sentences(answers: Answers, about: About): string[] {
  const talked = isTalk(outcomeOf(answers))
  return [
    happened(answers, about),
    talked && answers.causes.length > 0
      ? t('contact.says.causes', { name: about.name, list: words('causes', answers.causes) })
      : '',
    talked && answers.referrals.length > 0
      ? t('contact.says.referrals', { list: words('referral', answers.referrals) })
      : '',
    next(answers),
    t('contact.says.at', {
      when: momentOf(new Date(answers.occurred_at), dayOf(about.now)),
    }),
  ].filter((sentence) => sentence !== '')
}

function happened(answers: Answers, about: About): string {
  const outcome = outcomeOf(answers)
  if (!outcome.startsWith('spoke_')) {
    return t('contact.says.notTalked', {
      what: tried(answers, about),
      outcome: label('outcome', outcome),
    })
  }
  const who = whoOf(answers, about)
  if (answers.method === 'home_visit') return t('contact.says.talkedVisit', { who })
  if (answers.method === 'phone_call') return t('contact.says.talkedCall', { who })
  return t('contact.says.talkedOther', { method: label('method', answers.method), who })
}

function tried({ method, is_inbound }: Answers, { name, calledName }: About): string {
  const who = calledName || t('contact.says.family', { name })
  if (method === 'phone_call') {
    return is_inbound ? capital(t('contact.says.callIn', { who })) : t('contact.says.call', { who })
  }
  if (method === 'home_visit') return t('contact.says.visit', { name })
  return t('contact.says.other', { method: label('method', method), name })
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1)
}

function whoOf(answers: Answers, { name, guardianName }: About): string {
  const outcome = outcomeOf(answers)
  const who = metOf(answers, guardianName) || partyWords(partyOf(answers), name)
  if (outcome === 'spoke_guardian_and_student') return t('contact.says.party.both', { who, name })
  return who
}

function partyWords(party: string, name: string): string {
  const known = [
    'guardian',
    'student',
    'other_adult_in_household',
    'relative_outside_household',
    'neighbor',
    'agency_worker',
  ] as const
  const found = known.find((one) => one === party)
  return found ? t(`contact.says.party.${found}`, { name }) : label('party', party)
}

function next({ follow_up_kind, follow_up_on }: Answers): string {
  if (follow_up_kind === '' || follow_up_kind === NOTHING_NEXT) return t('contact.says.nothingNext')
  const what = label('follow_up', follow_up_kind)
  return follow_up_on === ''
    ? `${what}.`
    : t('contact.says.next', { what, day: fullDay(follow_up_on) })
}

function words(vocabulary: 'causes' | 'referral', codes: readonly string[]): string {
  return listOf(codes.map((code) => label(vocabulary, code).toLocaleLowerCase()))
}

/** The verb on the button: what kind of thing is saved. */
export function saveWord({ method }: Pick<Answers, 'method'>): string {
  if (method === 'home_visit' || method === 'community_visit') return t('contact.saveVisit')
  return isByPhone(method) ? t('contact.saveCall') : t('contact.save')
}
