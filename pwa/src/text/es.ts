import { app, pill, places } from './es/app.ts'
import { calls } from './es/calls.ts'
import { conflict } from './es/conflict.ts'
import { contact } from './es/contact.ts'
import { desk } from './es/desk.ts'
import { imports } from './es/imports.ts'
import { number } from './es/number.ts'
import { outbox } from './es/outbox.ts'
import { people } from './es/people.ts'
import { search } from './es/search.ts'
import { settings } from './es/settings.ts'
import { student } from './es/student.ts'
import { students } from './es/students.ts'
import { today } from './es/today.ts'
import { vocabulary } from './es/vocabulary.ts'
import { welcome } from './es/welcome.ts'
import type { Texts } from './text.ts'

/** What the app says, in Spanish: written by meaning, beside the English. */
export const es: Texts = {
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
}
