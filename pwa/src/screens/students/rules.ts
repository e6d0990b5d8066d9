/** Finding a student in memory: any part of any name, accents and case aside. Pure. */

import type { LocalRow } from '../../local/ports.ts'

/** "Iñárritu" and "inarritu" are the same to a hurried thumb. */
export function folded(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{Diacritic}/gu, '')
    .toLowerCase()
}

/** The students whose name or number has every word that was typed, by last name. */
export function search(
  students: readonly LocalRow<'student'>[],
  typed: string,
): LocalRow<'student'>[] {
  const words = folded(typed).split(/\s+/).filter(Boolean)
  return students
    .filter(({ data }) => {
      const name = folded(
        `${data.first_name} ${data.preferred_name} ${data.last_name} ${data.number}`,
      )
      return words.every((word) => name.includes(word))
    })
    .toSorted(
      (one, other) =>
        one.data.last_name.localeCompare(other.data.last_name) ||
        one.data.first_name.localeCompare(other.data.first_name),
    )
}
