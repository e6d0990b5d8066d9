/** Registers the service worker through a Trusted Types policy that lets no other script pass. */
import { isAnyFormDirty, updates } from './updates.ts'

interface Policy {
  createScriptURL(url: string): string
}

interface TrustedTypes {
  createPolicy(name: string, rules: Policy): Policy
}

const WORKER = '/sw.js'

const onlyTheWorker: Policy = {
  createScriptURL(url) {
    if (url !== WORKER) throw new TypeError(`Not the service worker: ${url}`)
    return url
  },
}

/** Keep the app on this device, follow its new versions, and go where a notification points. */
export function registerWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  const policy = trustedTypes?.createPolicy('presente-sw', onlyTheWorker) ?? onlyTheWorker
  const { serviceWorker } = navigator
  let hasWorker = serviceWorker.controller !== null
  serviceWorker.addEventListener('message', (event) => {
    goWhereTold(event.data)
  })
  serviceWorker.addEventListener('controllerchange', () => {
    // The first one of all only begins to keep the app: what is open here is its own version.
    if (hasWorker) void loadAnew()
    hasWorker = true
  })
  void serviceWorker
    .register(policy.createScriptURL(WORKER), { updateViaCache: 'none' })
    .then((registration) => {
      updates.watch(registration)
    })
    .catch(() => undefined) // Without a worker the app still runs; it only needs a network to open.
}

/** Another tab may have let the new version in while a form is open here: then at the next opening. */
async function loadAnew(): Promise<void> {
  if (!(await isAnyFormDirty())) location.reload()
}

function goWhereTold(message: unknown): void {
  if (typeof message !== 'object' || message === null || !('navigate' in message)) return
  const url = new URL(String(message.navigate), location.origin)
  if (url.origin === location.origin) location.hash = url.hash
}
