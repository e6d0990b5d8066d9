import type { student as en } from '../en/student.ts'
import type { TextsLike } from '../text.ts'

export const student: TextsLike<typeof en> = {}
