import type { calls as en } from '../en/calls.ts'
import type { TextsLike } from '../text.ts'

export const calls: TextsLike<typeof en> = {}
