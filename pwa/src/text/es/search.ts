/** Student search: in Spanish, written by meaning. */
import type { search as searchEn } from '../en/search.ts'
import type { TextsLike } from '../text.ts'

export const search: TextsLike<typeof searchEn> = {
  title: 'Buscar estudiante',
  label: 'Nombre o número de estudiante',
  hint: 'Escriba al menos dos letras.',
  lineTitle: 'Línea de asistencia',
  lineSoon:
    'Aquí se anotarán las llamadas a la línea de asistencia. Por ahora, busque un estudiante y lea su registro.',
  none: 'Ningún estudiante de sus escuelas coincide con "{{query}}".',
  noneTitle: 'No se encontró nada',
  found_one: '{{count}} estudiante',
  found_many: '{{count}} estudiantes',
  found_other: '{{count}} estudiantes',
  more: 'Solo se muestran los primeros {{count}}. Escriba más del nombre.',
  offline: 'Sin conexión. Solo se puede buscar en línea.',
  number: 'N.º {{number}}',
  unexcused: 'Sin justificar',
  hasCase: 'Tiene un caso',
}
