/** The browser's own push subscription. Once it is gone, the push service answers 410 to the office. */

const ANSWER_MS = 3000

/** The subscription of this browser, or null; a browser that never answers has none. */
export async function currentSubscription(): Promise<PushSubscription | null> {
  if (!('serviceWorker' in navigator) || !('PushManager' in globalThis)) return null
  const late = new Promise<null>((resolve) => setTimeout(resolve, ANSWER_MS, null))
  const found = navigator.serviceWorker
    .getRegistration()
    .then((registration) => registration?.pushManager.getSubscription() ?? null)
    .catch(() => null)
  return Promise.race([found, late])
}

/** Whether alerts are off now. */
export async function turnOff(): Promise<boolean> {
  const subscription = await currentSubscription()
  if (subscription === null) return true
  return subscription.unsubscribe().catch(() => false)
}
