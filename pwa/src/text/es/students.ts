import type { students as en } from '../en/students.ts'
import type { TextsLike } from '../text.ts'

export const students: TextsLike<typeof en> = {
  search: 'Buscar a un estudiante',
  found_one: '{{count}} estudiante',
  found_many: '{{count}} estudiantes',
  found_other: '{{count}} estudiantes',
  none: 'Nadie con ese nombre',
  noneText:
    'En este teléfono solo están las familias con las que trabaja. Pruebe con menos letras.',
  noneYet: 'Todavía no hay estudiantes en este teléfono',
  noneYetText: 'Llegan con la primera conexión después de que su coordinación le dé un caso.',
}
