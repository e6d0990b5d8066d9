import type { vocabulary as en } from '../en/vocabulary.ts'
import type { TextsLike } from '../text.ts'

export const vocabulary: TextsLike<typeof en> = {}
