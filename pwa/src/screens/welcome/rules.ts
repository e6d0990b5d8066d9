/** The rules of signing in and of opening a phone. Pure, so that they are tested without a screen. */

export const PASSWORD_MIN = 12
export const PIN_MIN = 8
export const PHRASE_MIN = 12

export type SecretFault = 'empty' | 'short' | 'easy' | 'differs'

/** What is wrong with a new password. Length is what counts; there are no composition rules. */
export function checkPassword(password: string, again: string): SecretFault | null {
  if (password === '') return 'empty'
  if (length(password) < PASSWORD_MIN) return 'short'
  return password === again ? null : 'differs'
}

/** What is wrong with a new PIN (digits only) or phrase (anything else). */
export function checkPin(pin: string, again: string): SecretFault | null {
  if (pin === '') return 'empty'
  if (length(pin) < (/^\d+$/.test(pin) ? PIN_MIN : PHRASE_MIN)) return 'short'
  if (isEasy(pin)) return 'easy'
  return pin === again ? null : 'differs'
}

function length(text: string): number {
  return Array.from(text.normalize('NFC')).length
}

/** One character again and again, or digits that only count up or down, or one pair repeated. */
function isEasy(pin: string): boolean {
  const codes = Array.from(pin, (char) => char.codePointAt(0) ?? 0)
  const steps = codes.slice(1).map((code, i) => code - (codes[i] ?? 0))
  const isRun = new Set(steps).size === 1 && Math.abs(steps[0] ?? 0) <= 1
  const isPair = codes.every((code, i) => code === codes[i % 2])
  return isRun || isPair
}

const WAITS = [0, 0, 0, 5, 15, 30, 60, 120, 300]

/** Seconds to wait after so many wrong PINs in a row. Nothing is ever erased for them. */
export function waitAfter(wrongCount: number): number {
  return WAITS[Math.min(wrongCount, WAITS.length - 1)] ?? 300
}

export type InstallHint = 'ios' | 'android' | 'none'

/** How this browser is made to keep the app: a web app only gets push on iOS when installed. */
export function installHint(userAgent: string, isStandalone: boolean): InstallHint {
  if (isStandalone) return 'none'
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'ios'
  return userAgent.includes('Android') ? 'android' : 'none'
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, 'Edge'],
  [/FxiOS|Firefox\//, 'Firefox'],
  [/SamsungBrowser/, 'Samsung Internet'],
  [/CriOS|Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/CrOS/, 'Chromebook'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'Mac'],
  [/Linux/, 'Linux'],
]

/** A first name for this device: "Chrome, Android". Its person may change it. */
export function deviceLabel(userAgent: string): string {
  const found = [BROWSERS, SYSTEMS].map(
    (names) => names.find(([pattern]) => pattern.test(userAgent))?.[1],
  )
  return found.filter((name) => name !== undefined).join(', ')
}

/** "MT" of "Marisol Trujeque". */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '')
  return words.map((word) => Array.from(word)[0]?.toUpperCase() ?? '').join('')
}

/** The token of an invitation link's hash, or null. */
export function invitationToken(hash: string): string | null {
  return /^#\/invite\/([A-Za-z0-9_-]{16,120})$/.exec(hash)?.[1] ?? null
}
