import type { today as en } from '../en/today.ts'
import type { TextsLike } from '../text.ts'

export const today: TextsLike<typeof en> = {}
