import { app, pill, places } from './en/app.ts'
import { calls } from './en/calls.ts'
import { conflict } from './en/conflict.ts'
import { contact } from './en/contact.ts'
import { desk } from './en/desk.ts'
import { imports } from './en/imports.ts'
import { number } from './en/number.ts'
import { outbox } from './en/outbox.ts'
import { people } from './en/people.ts'
import { search } from './en/search.ts'
import { settings } from './en/settings.ts'
import { student } from './en/student.ts'
import { students } from './en/students.ts'
import { today } from './en/today.ts'
import { vocabulary } from './en/vocabulary.ts'
import { welcome } from './en/welcome.ts'

/** What the app says, in English. Its keys are the keys of every language. */
export const en = {
  app,
  pill,
  places,
  calls,
  conflict,
  contact,
  desk,
  imports,
  number,
  outbox,
  people,
  search,
  settings,
  student,
  students,
  today,
  vocabulary,
  welcome,
} as const
