import type { people as en } from '../en/people.ts'
import type { TextsLike } from '../text.ts'

export const people: TextsLike<typeof en> = {}
