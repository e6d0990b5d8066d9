/** The coordinator's desk, and the people of the programme. */

import type { Route } from './routes.ts'

export const deskRoutes: readonly Route[] = []
