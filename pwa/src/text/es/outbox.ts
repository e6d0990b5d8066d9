import type { outbox as en } from '../en/outbox.ts'
import type { TextsLike } from '../text.ts'

export const outbox: TextsLike<typeof en> = {}
