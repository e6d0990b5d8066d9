/** The school year as cells, one a weekday, for the strip of absences. Pure. */
import type { Absence, Standing, Submission } from '../../wire/types.gen.ts'

export interface Cell {
  readonly day: string
  /** Empty: no absence on record that day. */
  readonly kind: Absence['kind'] | ''
}

export interface Month {
  /** "2022-01". */
  readonly month: string
  readonly cells: readonly Cell[]
}

const DAY_MS = 86_400_000

/** Weekdays from the month of the first absence to the last day the records cover. */
export function monthsOf({ absences }: Standing, submission: Submission | null): Month[] {
  const kindByDay = new Map(absences.map(({ on_date, kind }) => [on_date, kind]))
  const days = [...kindByDay.keys()].sort()
  const first = days[0]
  const last = [days.at(-1) ?? '', submission?.data_as_of ?? ''].sort().at(-1) ?? ''
  if (first === undefined) return []
  const cells = weekdays(`${first.slice(0, 7)}-01`, last).map((day) => ({
    day,
    kind: kindByDay.get(day) ?? ('' as const),
  }))
  const months = [...new Set(cells.map(({ day }) => day.slice(0, 7)))]
  return months.map((month) => ({
    month,
    cells: cells.filter(({ day }) => day.startsWith(month)),
  }))
}

function weekdays(from: string, to: string): string[] {
  const start = noon(from)
  const count = Math.floor((noon(to) - start) / DAY_MS) + 1
  const all = Array.from({ length: Math.min(count, 400) }, (_, i) => start + i * DAY_MS)
  return all
    .filter((at) => ![0, 6].includes(new Date(at).getUTCDay()))
    .map((at) => new Date(at).toISOString().slice(0, 10))
}

/** Noon in UTC, so that no zone moves a school day. */
function noon(day: string): number {
  return Date.parse(`${day}T12:00:00Z`)
}
