/** The digest by which a phone sees whether an answer was made for what it holds now. Pure. */

export type Sha256 = (text: string) => Promise<Uint8Array>

/** What a pull is computed from. */
export interface Holding {
  readonly cursor: string
  /** Root -> lens. */
  readonly held: Readonly<Record<string, string>>
}

/** Lower-case hex of half a SHA-256, of exactly the text that the server digests. */
export async function digest(sha256: Sha256, holding: Holding, schema: number): Promise<string> {
  const hash = await sha256(textOf(holding, schema))
  return [...hash.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function textOf({ cursor, held }: Holding, schema: number): string {
  const roots = Object.entries(held).sort(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify([cursor, roots, schema])
}
