/** The calls owed today. */
export const calls = {
  call: 'Call {{name}}',
  emptyTitle: 'No calls owed today',
  emptyText: 'Families you promised a call appear here on their day.',
  restricted: 'Choose on the family page whom to call.',
  noNumber: 'No number that works. See the family first.',
  open: 'See {{name}}',
} as const
