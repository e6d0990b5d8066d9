/** The digest by which a phone sees whether an answer was made for what it holds now. Pure. */

export type Sha256 = (text: string) => Promise<Uint8Array>

/** What a pull is computed from. */
export interface Holding {
  readonly cursor: string
  /** Root -> lens. */
  readonly held: Readonly<Record<string, string>>
}

/** Half a SHA-256, of exactly the text that the server digests. */
export async function digest(sha256: Sha256, holding: Holding, schema: number): Promise<string> {
  return shortHash(sha256, textOf(holding, schema))
}

/** Lower-case hex of the first 16 bytes of a text's SHA-256. */
export async function shortHash(sha256: Sha256, text: string): Promise<string> {
  const hash = await sha256(text)
  return [...hash.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function textOf({ cursor, held }: Holding, schema: number): string {
  const roots = Object.entries(held).sort(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify([cursor, roots, schema])
}
