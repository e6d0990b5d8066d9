export const vocabulary = {} as const
