import type { students as en } from '../en/students.ts'
import type { TextsLike } from '../text.ts'

export const students: TextsLike<typeof en> = {}
