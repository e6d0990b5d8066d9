/** Filled by the screens of the same name. */
export const people = {} as const
