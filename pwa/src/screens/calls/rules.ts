/** The calls owed today: each family that is due, with the number to try first. Pure. */

import type { ContactPoint } from '../../wire/types.gen.ts'
import { familyOf, isCallable, type FamilyMember, type Rows } from '../family/rules.ts'
import type { DueItem } from '../today/rules.ts'

export interface OwedCall {
  readonly item: DueItem
  /**
   * Who to call; null when no number is left that works, or when a restriction must be read first:
   * it is free text, and whom it forbids only a person can tell.
   */
  readonly member: FamilyMember | null
  readonly point: ContactPoint | null
  /** Restrictions of the whole family: whoever picks up, they are to be known before. */
  readonly restrictions: readonly string[]
}

/** Steps that a call answers. A promised visit is not one. */
const BY_CALL = ['', 'call_back', 'reschedule', 'weekly_progress_check', 'referral_check']

export function owedCalls(rows: Rows, items: readonly DueItem[]): OwedCall[] {
  return items
    .filter(({ group }) => group === 'overdue' || group === 'today')
    .filter(({ follow_up_kind }) => BY_CALL.includes(follow_up_kind))
    .map((item) => {
      const family = familyOf(rows, item.root)
      const restrictions = family
        .map(({ guardianship }) => guardianship.restriction)
        .filter((text) => text !== '')
      const first = family
        .filter(() => restrictions.length === 0)
        .flatMap((member) => member.points.map(({ data }) => ({ member, point: data })))
        .find(({ point }) => isCallable(point))
      return {
        item,
        member: first?.member ?? null,
        point: first?.point ?? null,
        restrictions,
      }
    })
}
