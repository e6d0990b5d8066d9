import type { today as en } from '../en/today.ts'
import type { TextsLike } from '../text.ts'

export const today: TextsLike<typeof en> = {
  heading: 'Hoy',
  overdueDays_one: '{{count}} día de atraso',
  overdueDays_many: '{{count}} días de atraso',
  overdueDays_other: '{{count}} días de atraso',
  today: 'Hoy',
  noDate: 'Sin fecha',
  groups: {
    overdue: 'Con atraso',
    today: 'Hoy',
    coming: 'Esta semana',
    undated: 'Sin próximo paso',
    resting: 'Nada pendiente por ahora',
  },
  unexcused_one: '{{days}} falta sin excusa desde el {{date}}.',
  unexcused_many: '{{days}} faltas sin excusa desde el {{date}}.',
  unexcused_other: '{{days}} faltas sin excusa desde el {{date}}.',
  nobodyTried: 'Nadie lo ha intentado todavía.',
  nobodyReached_one: '{{count}} intento, aún sin hablar con nadie.',
  nobodyReached_many: '{{count}} intentos, aún sin hablar con nadie.',
  nobodyReached_other: '{{count}} intentos, aún sin hablar con nadie.',
  next: 'Sigue: {{what}}.',
  reached: 'Hablamos el {{date}}.',
  left: 'Dejó la escuela el {{date}}.',
  noLongerMet: 'Después se justificó un día: el paso ya no cuenta.',
  emptyTitle: 'Hoy nadie le espera',
  emptyText:
    'Todas las familias han sabido de nosotros y cada promesa tiene su día. Buen momento para llamar a alguien con una buena noticia.',
  noCasesTitle: 'Todavía no hay familias',
  noCasesText: 'Cuando su coordinación le dé un estudiante, aparecerá aquí con el motivo.',
  draftAbout: 'Estaba escribiendo sobre {{name}} ({{time}}).',
  draftNumber: 'Estaba escribiendo un número de la familia de {{name}} ({{time}}).',
  resume: 'Continuar',
  discard: 'Descartar',
  discarded: 'Se descartó el borrador.',
}
