/** Filled by the screens of the same name. */
export const door = {} as const
