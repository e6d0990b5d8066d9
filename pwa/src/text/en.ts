/** What the app says, in English. Its keys are the keys of every language. */
export const en = {
  app: {
    name: 'Presente',
    promise: 'Everything you write is kept on this phone until the office has received it.',
  },
  outbox: {
    waiting_one: '{{count}} waiting',
    waiting_other: '{{count}} waiting',
  },
} as const
