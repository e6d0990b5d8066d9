import type { desk as en } from '../en/desk.ts'
import type { TextsLike } from '../text.ts'

export const desk: TextsLike<typeof en> = {}
