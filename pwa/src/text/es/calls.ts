import type { calls as en } from '../en/calls.ts'
import type { TextsLike } from '../text.ts'

export const calls: TextsLike<typeof en> = {
  call: 'Llamar a {{name}}',
  emptyTitle: 'Hoy no debe llamadas',
  emptyText: 'Las familias a las que prometió llamar aparecen aquí en su día.',
  restricted: 'Elija en la página de la familia a quién llamar.',
  noNumber: 'No hay un número que funcione. Vea primero a la familia.',
  open: 'Ver a {{name}}',
}
