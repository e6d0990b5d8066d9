/** How a conflict is decided at the desk. Pure: both values stay kept whatever is chosen. */
import type { Deed } from '../../local/ports.ts'
import type { Conflict, ConflictField, DeskConflict } from '../../wire/types.gen.ts'

export type Side = 'mine' | 'theirs'
export type FieldValue = ConflictField['mine']

/** One decision a field: which of the two values stays, or another one. */
export type Choice =
  { readonly choice: Side } | { readonly choice: 'custom'; readonly value: FieldValue }

export type Choices = Readonly<Record<string, Choice | undefined>>

/** Fields that still need a decision. */
export function undecided(conflict: Conflict, choices: Choices): string[] {
  return conflict.fields.map(({ field }) => field).filter((field) => choices[field] === undefined)
}

/** The mutation that decides every field of a conflict, or null while one is open. */
export function decideDeed(
  { conflict, conflict_ver, root }: DeskConflict,
  choices: Choices,
): Deed | null {
  if (undecided(conflict, choices).length > 0) return null
  const decided = conflict.fields.map(({ field, mine, theirs }) => {
    const choice = choices[field] ?? { choice: 'theirs' as const }
    const value = choice.choice === 'custom' ? choice.value : { mine, theirs }[choice.choice]
    return [field, { choice: choice.choice, value }] as const
  })
  return {
    op: 'conflict.resolve',
    ent: 'conflict',
    key: conflict.id,
    root,
    base: conflict_ver,
    was: { status: conflict.status },
    set: { choices: Object.fromEntries(decided) },
  }
}
