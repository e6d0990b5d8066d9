/** Filled by the screens of the same name. */
export const welcome = {} as const
