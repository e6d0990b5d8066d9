/** The service worker: keeps the app's own files so that it opens without a network. Touches GET only. */

declare const self: ServiceWorkerGlobalScope
declare const __FILES__: readonly string[]
declare const __BUILD__: string

const CACHE = `presente-${__BUILD__}`
const SERVER = ['/api/', '/sync/']

self.addEventListener('install', (event) => {
  event.waitUntil(keepTheApp())
})

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOlderBuilds())
})

self.addEventListener('message', (event) => {
  if (event.data === 'skip-waiting') void self.skipWaiting()
})

self.addEventListener('fetch', (event) => {
  if (isOurs(event.request)) event.respondWith(kept(event.request))
})

async function keepTheApp(): Promise<void> {
  const cache = await caches.open(CACHE)
  await cache.addAll(__FILES__.map((file) => new Request(file, { cache: 'reload' })))
}

async function dropOlderBuilds(): Promise<void> {
  const names = await caches.keys()
  const older = names.filter((name) => name.startsWith('presente-') && name !== CACHE)
  await Promise.all(older.map((name) => caches.delete(name)))
  await self.clients.claim()
}

function isOurs(request: Request): boolean {
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return false
  return !SERVER.some((path) => url.pathname.startsWith(path))
}

async function kept(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  const wanted = request.mode === 'navigate' ? '/index.html' : request
  return (await cache.match(wanted, { ignoreVary: true })) ?? fetch(request)
}
