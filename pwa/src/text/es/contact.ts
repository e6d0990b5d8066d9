import type { contact as en } from '../en/contact.ts'
import type { TextsLike } from '../text.ts'

export const contact: TextsLike<typeof en> = {}
