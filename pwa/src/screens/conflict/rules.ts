/** How two versions are decided: field by field, nothing thrown away. Pure. */

import type { Deed, LocalRow, Phone } from '../../local/ports.ts'
import type { ConflictField } from '../../wire/types.gen.ts'

const SIDES = ['mine', 'theirs'] as const
export type Side = (typeof SIDES)[number]
export type Value = ConflictField['mine']

export type Choice =
  { readonly choice: Side } | { readonly choice: 'custom'; readonly value: string }

export type Choices = Readonly<Record<string, Choice>>

/** What a person may do about a card: choose, take back what he wrote himself, or only read. */
export type Freedom = 'decide' | 'give_way' | 'wait'

/**
 * Whoever could have written the row outright decides, as the server asks it (sync-protocol 6.7): a
 * contact's author, whoever runs the school, else whoever holds the family. Another author may
 * still give way. Who runs the school holds no family on his phone, and is told both values all
 * the same.
 */
export function freedom(
  phone: Pick<Phone, 'holder' | 'rowsOf'>,
  row: LocalRow<'conflict'>,
  isAway: boolean,
): Freedom {
  const { fields } = row.data
  if (isAway ? isOffice(phone) && isTold(fields) : isTheirs(phone, row)) return 'decide'
  return fields.every(({ mine_by }) => mine_by === phone.holder.user_id) ? 'give_way' : 'wait'
}

function isTheirs(
  phone: Pick<Phone, 'holder' | 'rowsOf'>,
  { root, data }: LocalRow<'conflict'>,
): boolean {
  if (isOffice(phone) || !['contact', 'case'].includes(data.ent)) return true
  return phone
    .rowsOf(root, 'contact')
    .some((contact) => contact.key === data.key && contact.data.by === phone.holder.user_id)
}

function isOffice({ holder: { role } }: Pick<Phone, 'holder'>): boolean {
  return role === 'coordinator' || role === 'administrator'
}

/** Whether both values are told to whom the family's own card is not. */
function isTold(fields: readonly ConflictField[]): boolean {
  return fields.map((field) => untold(field, true)).every(({ mine, theirs }) => !mine && !theirs)
}

/** The choices of an author who takes back all that he wrote. */
export function givingWay(fields: readonly ConflictField[]): Choices {
  return Object.fromEntries(fields.map(({ field }) => [field, { choice: 'theirs' as const }]))
}

/** Fields that still need a choice; an empty text of one's own is none. */
export function undecided(fields: readonly ConflictField[], choices: Choices): string[] {
  return fields
    .map(({ field }) => field)
    .filter((field) => {
      const made = choices[field]
      return made === undefined || (made.choice === 'custom' && made.value.trim() === '')
    })
}

/** The deed that decides every field, or null while one is open. */
export function decide(row: LocalRow<'conflict'>, choices: Choices): Deed | null {
  const { fields, status } = row.data
  if (status !== 'open' || undecided(fields, choices).length > 0) return null
  const made = fields.map((field) => {
    const choice = choices[field.field] ?? { choice: 'theirs' as const }
    const value = choice.choice === 'custom' ? choice.value.trim() : field[choice.choice]
    return [field.field, { choice: choice.choice, value }] as const
  })
  return {
    op: 'conflict.resolve',
    ent: 'conflict',
    key: row.key,
    root: row.root,
    base: row.ver,
    was: { status },
    set: { choices: Object.fromEntries(made) },
  }
}

/**
 * What of a field is not told to an author who does not hold the family's card: the other person's
 * value, and what stood there before a value that is not his own (sync-protocol 6.4). Null alone
 * would say that the field is empty.
 */
export function untold(
  field: ConflictField,
  isAway: boolean,
): Readonly<Record<Side | 'was' | 'chosen', boolean>> {
  const isHidden = (side: Side): boolean =>
    isAway && field[side] === null && field[`${side}_by`] === null
  const chosen = SIDES.find((side) => side === field.choice)
  const isOwnChoice = chosen !== undefined && !isHidden(chosen)
  return {
    mine: isHidden('mine'),
    theirs: isHidden('theirs'),
    was: isHidden('mine'),
    chosen: isAway && field.chosen === null && !isOwnChoice,
  }
}

/** Fields whose value is a code: another one is chosen, not written. */
export function isWritable(field: string): boolean {
  return ['value', 'note', 'met'].includes(field)
}
