/** The vocabularies that a form offers as they are, in the order a person expects to find them. */
import tables from '../../../schemas/generated/vocabulary.json' with { type: 'json' }

export const PARTIES: readonly string[] = tables.parties
export const REFERRAL_TYPES: readonly string[] = tables.referral_types
export const FOLLOW_UP_KINDS: readonly string[] = tables.follow_up_kinds
