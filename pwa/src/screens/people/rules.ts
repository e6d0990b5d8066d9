/** The rules of inviting somebody. Pure, so that they are tested without a screen. */
import type { Role, User, UserDraft } from '../../wire/types.gen.ts'

export const ROLES = [
  'advisor',
  'social_worker',
  'caller',
  'coordinator',
  'clerk',
  'administrator',
] as const satisfies readonly Role[]

/** Whom somebody may invite: an administrator anybody, a coordinator those who work with her. */
export function invitableBy(role: string): readonly Role[] {
  return role === 'administrator'
    ? ROLES
    : ROLES.filter((other) => other !== 'administrator' && other !== 'coordinator')
}

export interface InviteAnswers {
  readonly name: string
  readonly login: string
  readonly role: Role | ''
  readonly schoolIds: readonly string[]
  readonly language: string
}

export type InviteField = 'name' | 'login' | 'role' | 'schools'

/** What is missing, in the order of the form. */
export function missingIn({ name, login, role, schoolIds }: InviteAnswers): InviteField[] {
  const needsSchools = role !== '' && role !== 'administrator'
  const isWrong: Readonly<Record<InviteField, boolean>> = {
    name: name.trim() === '',
    login: !/^\S+$/.test(login.trim()),
    role: role === '',
    schools: needsSchools && schoolIds.length === 0,
  }
  return (['name', 'login', 'role', 'schools'] as const).filter((field) => isWrong[field])
}

/** What is sent, or null while something is missing. An administrator works with all schools. */
export function draftOf(answers: InviteAnswers): UserDraft | null {
  const { name, login, role, schoolIds, language } = answers
  if (role === '' || missingIn(answers).length > 0) return null
  const school_ids = role === 'administrator' ? [] : [...schoolIds]
  return { name: name.trim(), login: login.trim(), role, school_ids, language }
}

/** Those who can work first, then the invited, then the closed; each by name. */
export function inOrder(users: readonly User[]): User[] {
  const rank = (user: User): number => ['active', 'invited', 'closed'].indexOf(user.state)
  return [...users].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}
