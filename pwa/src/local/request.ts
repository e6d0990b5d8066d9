/** Makes the requests of the sync protocol. Pure. */
import type { State } from '../outbox/apply.ts'
import { isUnsent, mutationOf, type Deed, type Mutation } from '../outbox/entry.ts'
import { ackedTo } from '../outbox/settle.ts'
import { PROTO, SCHEMA } from '../wire/client.ts'
import type { SealedMut, SyncReq } from '../wire/types.gen.ts'
import { utf8 } from './bytes.ts'

export const MOST_MUTATIONS = 100
/** What all mutations of a request may fill, and one may fill alone. */
const MOST_BYTES = 256 * 1024
const LONG_BYTES = 64 * 1024
/** Small enough that a first sync shows progress, and resumes where it was cut. */
const PULL_BYTES = 128 * 1024

/** Who asks, and when by his own clocks: the server estimates their error. */
export interface Speaker {
  readonly build: string
  readonly sent: readonly [string, string, number]
}

/** The oldest unsent mutations, up to `most`, and a pull for what this phone holds if it `pulls`. */
export function exchangeFor(state: State, speaker: Speaker, most: number, pulls: boolean): SyncReq {
  const { place } = state
  const waiting = state.entries.filter((entry) => isUnsent(entry) && entry.device === place.device)
  return {
    ...speaker,
    proto: PROTO,
    schema: SCHEMA,
    device: place.device,
    epoch: place.epoch,
    muts: fitting(waiting.map(mutationOf).slice(0, most)),
    sealed: [],
    cursor: place.cursor,
    held: place.held,
    acked_n: ackedTo(state.entries, place.device, place.next_n),
    limit: PULL_BYTES,
    waiting: state.entries.filter(isUnsent).length,
    pull: pulls,
  }
}

/** What a phone without a session may say: here are my sealed mutations. It asks for no rows. */
export function deliveryFor(
  device: string,
  sealed: readonly SealedMut[],
  speaker: Speaker,
): SyncReq {
  return {
    ...speaker,
    proto: PROTO,
    schema: SCHEMA,
    device,
    epoch: '',
    muts: [],
    sealed: fitting(sealed),
    cursor: '',
    held: {},
    acked_n: 0,
    limit: 0,
    waiting: sealed.length,
    pull: false,
  }
}

/** Whether a deed is longer than any request may be: more than anybody types, if not than he pastes. */
export function isTooLong(deed: Deed): boolean {
  return bytesOf(deed) > MOST_BYTES
}

/** Where a request with this alone is too long, it is the mutation that is, and not the rest of it. */
export function isLong(mutation: Mutation): boolean {
  return bytesOf(mutation) > LONG_BYTES
}

function bytesOf(said: unknown): number {
  return utf8(JSON.stringify(said)).length
}

/** As many as one request may carry, at least the first. */
function fitting<T extends Mutation | SealedMut>(mutations: readonly T[]): T[] {
  let bytes = 0
  return mutations.filter((mutation, index) => {
    bytes += bytesOf(mutation) + 1
    return index === 0 || bytes <= MOST_BYTES
  })
}
