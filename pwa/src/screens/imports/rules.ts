/** What the import screens show, worked out from what the office says. Pure. */
import type {
  FileDrop,
  ImportFault,
  ImportProgress,
  ImportReport,
  ImportRun,
  QuarantinedRow,
} from '../../wire/types.gen.ts'

/** Where somebody stands: choosing files, waiting, reading the report, or done. */
export type Stage = 'choose' | 'wait' | 'read' | 'done' | 'refused' | 'interrupted'

const STAGES: Readonly<Record<FileDrop['state'], Stage>> = {
  open: 'choose',
  checking: 'wait',
  importing: 'wait',
  checked: 'read',
  done: 'done',
  refused: 'refused',
  interrupted: 'interrupted',
}

export function stageOf(drop: FileDrop | null): Stage {
  return drop === null ? 'choose' : STAGES[drop.state]
}

/** How much of the present part is done, from 0 to 1; null: not known yet. */
export function shareOf(progress: ImportProgress | null | undefined): number | null {
  if (!progress || progress.total === 0) return null
  return Math.min(1, progress.done / progress.total)
}

export const PHASES = ['reading', 'checking', 'comparing', 'people', 'schools', 'undoing'] as const
export type Phase = (typeof PHASES)[number]

/** The phase as a key of the texts; an unknown one reads as "checking". */
export function phaseOf(progress: ImportProgress | null | undefined): Phase {
  return PHASES.find((phase) => phase === progress?.phase) ?? 'checking'
}

export interface Totals {
  readonly added: number
  readonly changed: number
  readonly dropped: number
  readonly quarantined: number
}

export function totalsOf(report: ImportReport): Totals {
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
  return {
    added: sum(report.files.map(({ added }) => added)),
    changed: sum(report.files.map(({ changed }) => changed)),
    dropped: sum(report.schools.map(({ dropped_count }) => dropped_count)),
    quarantined: report.quarantined_count,
  }
}

/** Refused because much would disappear: the one refusal that a person may answer with "yes". */
export function mayConfirm(drop: FileDrop): boolean {
  return drop.problem?.code === 'mass_drop'
}

const WORDS = ['codes_unmapped', 'mass_drop', 'dates_ambiguous'] as const

/** The refusal in words of the screen's own, where it can do something about it here. */
export function refusalWord({
  problem,
  unclear,
}: Pick<FileDrop, 'problem' | 'unclear'>): (typeof WORDS)[number] | null {
  const word = WORDS.find((one) => one === problem?.code) ?? null
  return word === 'dates_ambiguous' && !unclear ? null : word
}

/** The column that a fault is about and what it says; empty where it is about the whole line. */
export function headOf({ field, value }: ImportFault): string {
  if (field === '' || WHOLE.includes(field)) return ''
  return value === '' ? field : `${field}: ${value}`
}

const WHOLE: readonly string[] = ['row', 'line']

/** Imports that ended in the middle, and what they need to end well. */
export function isCutOff({ state }: ImportRun): boolean {
  return state === 'cut_off' || state === 'failed'
}

/** Whether an administrator may take it back now. */
export function mayTakeBack({ state }: ImportRun): boolean {
  return state === 'done' || state === 'cut_off' || state === 'failed' || state === 'undo_cut_off'
}

/** "1.4 MB", in the language's own numbers. */
export function sizeOf(bytes: number, language: string): string {
  const [unit, value] =
    bytes < 1_000_000 ? (['kilobyte', bytes / 1000] as const) : (['megabyte', bytes / 1e6] as const)
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    maximumFractionDigits: 1,
  }).format(value)
}

/** A quarantined line as it is being mended: its values by column. */
export type Mended = Readonly<Record<string, string>>

export function valuesOf(row: QuarantinedRow): Mended {
  return Object.fromEntries(row.cells.map(({ column, value }) => [column, value]))
}

/** Whether anything was changed in a line: only then is there something to import again. */
export function isMended(row: QuarantinedRow, values: Mended): boolean {
  return row.cells.some(({ column, value }) => (values[column] ?? value) !== value)
}

/** The column that a fault is about, where the line has it under that name. */
export function columnAtFault(row: QuarantinedRow): string {
  const wanted = row.fault.field.toLowerCase()
  return row.cells.find(({ column }) => column.toLowerCase() === wanted)?.column ?? ''
}
