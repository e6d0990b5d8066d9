/** Filled by the screens of the same name. */
export const desk = {} as const
