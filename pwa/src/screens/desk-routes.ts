/** The coordinator's desk, and the people of the programme. */

import type { Route } from './routes.ts'

const people: Route['load'] = () => import('./people/Screen.svelte')
const cases: Route['load'] = () => import('./desk/Screen.svelte')

export const deskRoutes: readonly Route[] = [
  { path: '/desk', needs: 'phone', load: cases, stays: 'desk' },
  { path: '/desk/open', needs: 'phone', load: cases, stays: 'desk' },
  { path: '/desk/left', needs: 'phone', load: cases, stays: 'desk' },
  { path: '/desk/case/:id', needs: 'phone', load: cases, stays: 'desk' },
  { path: '/desk/contacts', needs: 'phone', load: () => import('./desk/Contacts.svelte') },
  { path: '/desk/conflicts', needs: 'phone', load: () => import('./desk/Conflicts.svelte') },
  { path: '/desk/phones', needs: 'phone', load: () => import('./desk/Phones.svelte') },
  { path: '/desk/upkeep', needs: 'phone', load: () => import('./desk/Upkeep.svelte') },
  { path: '/people', needs: 'phone', load: people, stays: 'people' },
  { path: '/people/:id', needs: 'phone', load: people, stays: 'people' },
  { path: '/imports', needs: 'phone', load: () => import('./imports/Screen.svelte') },
  {
    path: '/imports/quarantine',
    needs: 'phone',
    load: () => import('./imports/Quarantine.svelte'),
  },
  { path: '/imports/codes', needs: 'phone', load: () => import('./imports/Codes.svelte') },
  { path: '/records', needs: 'phone', load: () => import('./imports/Records.svelte') },
  { path: '/search', needs: 'phone', load: () => import('./search/Screen.svelte') },
]
