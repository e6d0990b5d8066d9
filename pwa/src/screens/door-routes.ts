/** What stands before the work: sign-in, invitation, unlock. */

import type { Route } from './routes.ts'

/** Shown in place of every screen that needs an open phone while none is open. */
export const door: Route['load'] = () => import('./welcome/Screen.svelte')

export const doorRoutes: readonly Route[] = [
  { path: '/invite/:token', needs: 'nothing', load: door },
  { path: '/sign-in', needs: 'phone', load: () => import('./welcome/Again.svelte') },
  { path: '/settings', needs: 'phone', load: () => import('./settings/Screen.svelte') },
]
