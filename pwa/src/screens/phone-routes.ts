/** The phone's screens. */

import type { Route } from './routes.ts'

export const phoneRoutes: readonly Route[] = [
  { path: '/today', needs: 'phone', load: () => import('./today/Screen.svelte') },
]
