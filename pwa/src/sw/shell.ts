/** The app's own files, kept so that it opens without a network. Touches GET of this origin only. */

declare const self: ServiceWorkerGlobalScope
declare const __FILES__: readonly string[]
declare const __BUILD__: string

const PREFIX = 'presente-'
const CACHE = `${PREFIX}${__BUILD__}`
const SERVER = ['/api', '/sync', '/health']

/** All files or none: a build that could not be fetched whole never takes over. */
export async function keepTheApp(): Promise<void> {
  const cache = await caches.open(CACHE)
  await cache.addAll(__FILES__.map((file) => new Request(file, { cache: 'reload' })))
}

export async function dropOlderBuilds(): Promise<void> {
  const names = await caches.keys()
  const older = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE)
  await Promise.all(older.map((name) => caches.delete(name)))
}

/** What the server answers is never kept, nor answered from here. */
export function isOurs(request: Request): boolean {
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return false
  return !SERVER.some((path) => url.pathname === path || url.pathname.startsWith(`${path}/`))
}

export async function kept(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  const wanted = request.mode === 'navigate' ? '/index.html' : request
  return (await cache.match(wanted, { ignoreVary: true })) ?? fetch(request)
}
