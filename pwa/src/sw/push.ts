/** Shows what is pushed, and leads a tap to its place in the app. Payloads carry nobody's name. */
import { noticeOf } from '../wire/notice.ts'

declare const self: ServiceWorkerGlobalScope

/** Always one notification: a browser takes the right to push from an app that shows none. */
export async function show(payload: string): Promise<void> {
  const { title, body, tag, lang, navigate } = noticeOf(payload, self.location.origin)
  const icon = '/icon-192.png'
  await self.registration.showNotification(title, { body, tag, lang, icon, data: navigate })
  for (const window of await windows()) window.postMessage('sync')
}

/** Bring the app to the front at the place the notification is about. */
export async function open(navigate: unknown): Promise<void> {
  const place = typeof navigate === 'string' ? navigate : '/'
  const [window] = await windows()
  if (!window) {
    await self.clients.openWindow(place)
    return
  }
  window.postMessage({ navigate: place })
  // Without a real tap (as some systems deliver it) a window may not take the focus: it is told all the same.
  await window.focus().catch(() => undefined)
}

/** The browser has taken the subscription away: make another, which the app tells at its next start. */
export async function renew(event: { readonly oldSubscription?: PushSubscription }): Promise<void> {
  const options = event.oldSubscription?.options
  if (options) await self.registration.pushManager.subscribe(options).catch(() => undefined)
  for (const window of await windows()) window.postMessage('sync')
}

function windows(): Promise<readonly WindowClient[]> {
  return self.clients.matchAll({ type: 'window', includeUncontrolled: true })
}
