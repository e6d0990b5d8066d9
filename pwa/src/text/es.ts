import type { Texts } from './text.ts'

/** What the app says, in Spanish: written by meaning, beside the English. */
export const es: Texts = {
  app: {
    name: 'Presente',
    promise: 'Todo lo que escribe se guarda en este teléfono hasta que la oficina lo reciba.',
  },
  outbox: {
    waiting_one: '{{count}} en espera',
    waiting_many: '{{count}} en espera',
    waiting_other: '{{count}} en espera',
  },
}
