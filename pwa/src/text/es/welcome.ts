import type { welcome as en } from '../en/welcome.ts'
import type { TextsLike } from '../text.ts'

export const welcome: TextsLike<typeof en> = {}
