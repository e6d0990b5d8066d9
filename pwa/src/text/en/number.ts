/** A family's number: changed or added. */
export const number = {
  tab: 'Number',
  edit: 'Change a number',
  add: 'Add a number',
  whose: 'For {{name}}',
  value: 'Number',
  valueHint: 'With area code, as the family says it',
  kind: 'What kind of number?',
  status: 'Does it reach the family?',
  save: 'Save number',
  missing: 'Write the number',
  tooShort: 'This number is too short. With area code it has ten digits.',
  unchanged: 'Nothing is different from before.',
  saved: 'Number kept on this phone.',
  kindMissing: 'Choose what kind of number it is',
} as const
