/** Why the phone could not keep what was written. */
import { TooLong } from '../../local/ports.ts'

export type NotKept = 'failed' | 'tooLong'

/** Too many words for any request, or whatever else went wrong: the form stays as it is. */
export function whyNotKept(fault: unknown): NotKept {
  return fault instanceof TooLong ? 'tooLong' : 'failed'
}
