import type { conflict as en } from '../en/conflict.ts'
import type { TextsLike } from '../text.ts'

export const conflict: TextsLike<typeof en> = {}
