/** Rows as the server last sent them: one copy per held root, forgotten with it. Pure. */

/** One row of the feed. Its data is what the generated types of its `ent` say. */
export interface BaseRow {
  readonly root: string
  readonly ent: string
  readonly key: string
  readonly ver: number
  readonly data: object
}

/** One root's rows by `ent:key`. */
export type RootRows = ReadonlyMap<string, BaseRow>

/** All held roots. */
export type Rows = ReadonlyMap<string, RootRows>

export function nameOf(ent: string, key: string): string {
  return `${ent}:${key}`
}

/** Every copy of one row, one per root that holds it. */
export function copiesOf(rows: Rows, ent: string, key: string): BaseRow[] {
  const name = nameOf(ent, key)
  return [...rows.values()].flatMap((root) => root.get(name) ?? [])
}

export function count(rows: Rows): number {
  return [...rows.values()].reduce((sum, root) => sum + root.size, 0)
}
