/** Student search: in English. */
export const search = {
  title: 'Find a student',
  label: 'Name or student number',
  hint: 'Write at least two letters.',
  lineTitle: 'Attendance line',
  lineSoon:
    'Calls to the attendance line will be noted here. For now, look a student up and read the record.',
  none: 'No student in your schools fits "{{query}}".',
  noneTitle: 'Nothing found',
  found_one: '{{count}} student',
  found_other: '{{count}} students',
  more: 'Only the first {{count}} are shown. Write more of the name.',
  offline: 'No connection. Students can only be looked up online.',
  number: 'No. {{number}}',
  unexcused: 'Unexcused',
  hasCase: 'Has a case',
} as const
