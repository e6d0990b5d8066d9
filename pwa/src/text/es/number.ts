import type { number as en } from '../en/number.ts'
import type { TextsLike } from '../text.ts'

export const number: TextsLike<typeof en> = {
  tab: 'Número',
  edit: 'Cambiar un número',
  add: 'Agregar un número',
  whose: 'De {{name}}',
  value: 'Número',
  valueHint: 'Con código de área, como lo dice la familia',
  kind: '¿Qué tipo de número es?',
  status: '¿Sirve para hablar con la familia?',
  save: 'Guardar número',
  missing: 'Escriba el número',
  tooShort: 'El número es muy corto. Con código de área tiene diez cifras.',
  unchanged: 'No hay nada distinto.',
  saved: 'El número quedó guardado en este teléfono.',
  kindMissing: 'Elija qué tipo de número es',
}
