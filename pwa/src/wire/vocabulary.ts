/** Which outcomes fit which method, what follows from each, and the causes by group. */
import tables from '../../../schemas/generated/vocabulary.json' with { type: 'json' }

import type { Method, Outcome } from './types.gen.ts'

/** In the order a person expects to find them. */
export const OUTCOMES_BY_METHOD = tables.outcomes_by_method as Readonly<
  Record<Method, readonly Outcome[]>
>

export const OUTCOME_FACTS = tables.outcome_facts as Readonly<
  Record<Outcome, (typeof tables.outcome_facts)[keyof typeof tables.outcome_facts]>
>

export const CAUSES = tables.causes
