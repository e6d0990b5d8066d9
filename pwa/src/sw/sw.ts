/** The service worker: opens the app without a network, and shows what the server pushes. */
import { dropOlderBuilds, isOurs, keepTheApp, kept } from './shell.ts'
import { open, renew, show } from './push.ts'

declare const self: ServiceWorkerGlobalScope

/** Held by a tab whose form has unsaved words (`local/updates.ts`). */
const DIRTY = 'presente/dirty'

self.addEventListener('install', (event) => {
  event.waitUntil(keepTheApp())
})

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOlderBuilds().then(() => self.clients.claim()))
})

self.addEventListener('message', (event) => {
  if (event.data === 'skip-waiting') event.waitUntil(takeOver())
})

self.addEventListener('fetch', (event) => {
  if (isOurs(event.request)) event.respondWith(kept(event.request))
})

self.addEventListener('push', (event) => {
  event.waitUntil(show(event.data?.text() ?? ''))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data))
})

self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(renew(event as Event & { readonly oldSubscription?: PushSubscription }))
})

/** A new version waits while anybody, in any tab, is in the middle of a form. */
async function takeOver(): Promise<void> {
  const { held = [] } = await self.navigator.locks.query()
  if (!held.some((lock) => lock.name === DIRTY)) await self.skipWaiting()
}
