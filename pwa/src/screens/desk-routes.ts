/** The coordinator's desk, and the people of the programme. */

import type { Route } from './routes.ts'

const OFFICE = ['coordinator', 'administrator']
const DESKS = [...OFFICE, 'clerk']
const FILES = ['clerk', 'administrator']

const people: Route['load'] = () => import('./people/Screen.svelte')
const cases: Route['load'] = () => import('./desk/Screen.svelte')

export const deskRoutes: readonly Route[] = [
  { path: '/desk', needs: 'phone', roles: OFFICE, load: cases, stays: 'desk' },
  { path: '/desk/open', needs: 'phone', roles: OFFICE, load: cases, stays: 'desk' },
  { path: '/desk/left', needs: 'phone', roles: OFFICE, load: cases, stays: 'desk' },
  { path: '/desk/case/:id', needs: 'phone', roles: OFFICE, load: cases, stays: 'desk' },
  {
    path: '/desk/contacts',
    needs: 'phone',
    roles: OFFICE,
    load: () => import('./desk/Contacts.svelte'),
  },
  {
    path: '/desk/conflicts',
    needs: 'phone',
    roles: OFFICE,
    load: () => import('./desk/Conflicts.svelte'),
  },
  {
    path: '/desk/phones',
    needs: 'phone',
    roles: OFFICE,
    load: () => import('./desk/Phones.svelte'),
  },
  {
    path: '/desk/upkeep',
    needs: 'phone',
    roles: OFFICE,
    load: () => import('./desk/Upkeep.svelte'),
  },
  { path: '/people', needs: 'phone', roles: OFFICE, load: people, stays: 'people' },
  { path: '/people/:id', needs: 'phone', roles: OFFICE, load: people, stays: 'people' },
  { path: '/imports', needs: 'phone', roles: FILES, load: () => import('./imports/Screen.svelte') },
  {
    path: '/imports/quarantine',
    needs: 'phone',
    roles: FILES,
    load: () => import('./imports/Quarantine.svelte'),
  },
  {
    path: '/imports/codes',
    needs: 'phone',
    roles: FILES,
    load: () => import('./imports/Codes.svelte'),
  },
  {
    path: '/records',
    needs: 'phone',
    roles: DESKS,
    load: () => import('./imports/Records.svelte'),
  },
  { path: '/search', needs: 'phone', roles: DESKS, load: () => import('./search/Screen.svelte') },
]
