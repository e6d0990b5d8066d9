/** Notifications: subscribes this browser, and tells the server where to send them. */
import { fromBase64url } from './bytes.ts'
import type { Core } from './core.ts'

/** Some browsers never answer a subscription: a person gets an answer after this long. */
const PATIENCE_MS = 10_000

export type Subscribed = 'on' | 'denied' | 'unsupported' | 'failed'

/** Ask for notifications and subscribe. Needs a tap. */
export async function subscribePush(core: Core): Promise<Subscribed> {
  if (!isSupported()) return 'unsupported'
  if ((await Notification.requestPermission()) !== 'granted') return 'denied'
  try {
    await patiently(core, subscribed(core))
    return 'on'
  } catch {
    return 'failed'
  }
}

/**
 * At each start, for a person who has asked for notifications: browsers renew endpoints silently,
 * and the server must hear of it.
 */
export async function renewPush(core: Core): Promise<void> {
  if (!isSupported() || Notification.permission !== 'granted') return
  const told = await core.store.pushEndpoint()
  if (told === null) return
  try {
    const { pushManager } = await navigator.serviceWorker.ready
    const existing = await pushManager.getSubscription()
    if (existing?.endpoint !== told) await patiently(core, subscribed(core))
  } catch {
    return // Tried again at the next start; without a push the phone still asks by itself.
  }
}

async function subscribed(core: Core): Promise<void> {
  const { pushManager } = await navigator.serviceWorker.ready
  const key = fromBase64url(core.device.push_key)
  const existing = await pushManager.getSubscription()
  if (existing && !isMadeWith(existing, key)) await existing.unsubscribe()
  const options = { userVisibleOnly: true, applicationServerKey: key }
  const made = await pushManager.subscribe(options)
  const { p256dh = '', auth = '' } = made.toJSON().keys ?? {}
  const body = { device: core.device.id, endpoint: made.endpoint, keys: { p256dh, auth } }
  await core.platform.client.call('PUT /api/push/subscription', { body })
  await core.store.savePushEndpoint(made.endpoint)
}

/** A subscription made for another server's key would be refused by the push service. */
function isMadeWith(subscription: PushSubscription, key: Uint8Array): boolean {
  const used = new Uint8Array(subscription.options.applicationServerKey ?? new ArrayBuffer(0))
  return used.length === key.length && used.every((byte, index) => byte === key[index])
}

function isSupported(): boolean {
  return 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis
}

function patiently<T>(core: Core, work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    core.platform.after(PATIENCE_MS, () => {
      reject(new Error('The push service does not answer'))
    })
  })
  return Promise.race([work, late])
}
