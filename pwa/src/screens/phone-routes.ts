/** The phone's screens. */

import type { Route } from './routes.ts'

export const phoneRoutes: readonly Route[] = [
  { path: '/today', needs: 'phone', load: () => import('./today/Screen.svelte') },
  { path: '/students', needs: 'phone', load: () => import('./students/Screen.svelte') },
  { path: '/s/:root', needs: 'phone', load: () => import('./student/Screen.svelte') },
  {
    path: '/s/:root/contact/:draft',
    needs: 'phone',
    load: () => import('./contact/Screen.svelte'),
  },
  { path: '/s/:root/number/:draft', needs: 'phone', load: () => import('./number/Screen.svelte') },
  { path: '/calls', needs: 'phone', load: () => import('./calls/Screen.svelte') },
  { path: '/calls/:task', needs: 'phone', load: () => import('./calls/Call.svelte') },
  { path: '/outbox', needs: 'phone', load: () => import('./outbox/Screen.svelte') },
  { path: '/conflicts/:id', needs: 'phone', load: () => import('./conflict/Screen.svelte') },
]
