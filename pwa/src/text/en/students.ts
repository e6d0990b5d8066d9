/** The caseload. */
export const students = {
  search: 'Find a student',
  found_one: '{{count}} student',
  found_other: '{{count}} students',
  none: 'Nobody by that name',
  noneText: 'Only families you work with are on this phone. Try fewer letters.',
  noneYet: 'No students on this phone yet',
  noneYetText: 'They come with the first connection after your coordinator gives you a case.',
} as const
