import type { door as en } from '../en/door.ts'
import type { TextsLike } from '../text.ts'

export const door: TextsLike<typeof en> = {}
