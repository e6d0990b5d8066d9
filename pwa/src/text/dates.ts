/** Days and times as people say them, in the language spoken. School days never shift by a zone. */

import { language } from './text.ts'

const DAY_MS = 86_400_000

/** The calendar day of a moment where the phone is: `2026-11-21`. */
export function dayOf(at: Date): string {
  const month = String(at.getMonth() + 1).padStart(2, '0')
  return `${at.getFullYear()}-${month}-${String(at.getDate()).padStart(2, '0')}`
}

/** Noon in UTC stands for a school-local day, so that no zone can move it to its neighbour. */
function noonOf(day: string): Date {
  return new Date(`${day.slice(0, 10)}T12:00:00Z`)
}

/** Whole days from one day to another; negative when `to` lies before. */
export function daysBetween(from: string, to: string): number {
  return Math.round((noonOf(to).getTime() - noonOf(from).getTime()) / DAY_MS)
}

export function addDays(day: string, count: number): string {
  return new Date(noonOf(day).getTime() + count * DAY_MS).toISOString().slice(0, 10)
}

/** 0 is Sunday. */
export function weekdayOf(day: string): number {
  return noonOf(day).getUTCDay()
}

/** "Wed", "mié". */
export function shortWeekday(day: string): string {
  return format(noonOf(day), { weekday: 'short', timeZone: 'UTC' })
}

/** "Friday", "viernes". */
export function longWeekday(day: string): string {
  return format(noonOf(day), { weekday: 'long', timeZone: 'UTC' })
}

/** "12 Jan" or "Jan 12", with the year when it is another than `today`'s. */
export function shortDay(day: string, today: string): string {
  const year = day.slice(0, 4) === today.slice(0, 4) ? undefined : 'numeric'
  return format(noonOf(day), { day: 'numeric', month: 'short', year, timeZone: 'UTC' })
}

/** "Friday, January 12". */
export function fullDay(day: string): string {
  return format(noonOf(day), { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' })
}

/** "Wed, Jan 12". */
export function weekdayAndDay(day: string): string {
  return format(noonOf(day), { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' })
}

/** "14:02": a time on a day already told. */
export function timeOf(at: Date): string {
  return format(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

/** "14:02" when it was today, else "21 Nov, 14:02". */
export function momentOf(at: Date, today: string): string {
  const day = dayOf(at)
  return day === today ? timeOf(at) : `${shortDay(day, today)}, ${timeOf(at)}`
}

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(language(), { maximumFractionDigits: 2 }).format(value)
}

/** "Spanish", "español"; the tag itself when no language has it. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(language(), { type: 'language' }).of(tag) ?? tag
  } catch {
    return tag
  }
}

/** "Maria, Rosa and Ana". */
export function listOf(words: readonly string[]): string {
  return new Intl.ListFormat(language(), { type: 'conjunction' }).format(words)
}

type Format = { [K in keyof Intl.DateTimeFormatOptions]: Intl.DateTimeFormatOptions[K] | undefined }

function format(at: Date, how: Format): string {
  return new Intl.DateTimeFormat(language(), how).format(at)
}

/** The calendar day, where the phone is, of an RFC 3339 moment. */
export function momentDay(at: string): string {
  return dayOf(new Date(at))
}

/** A moment as RFC 3339 with the phone's own offset, to the second: `2026-11-21T14:02:00-07:00`. */
export function withOffset(at: Date): string {
  const minutes = -at.getTimezoneOffset()
  const sign = minutes < 0 ? '-' : '+'
  const two = (value: number): string => String(Math.floor(Math.abs(value))).padStart(2, '0')
  const local = new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, 19)
  return `${local}${sign}${two(minutes / 60)}:${two(minutes % 60)}`
}

/** The moment of a wall time where the phone is, with its offset. */
export function momentAt(wallTime: string): string {
  return withOffset(new Date(wallTime))
}
