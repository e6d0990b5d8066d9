import type { number as en } from '../en/number.ts'
import type { TextsLike } from '../text.ts'

export const number: TextsLike<typeof en> = {}
