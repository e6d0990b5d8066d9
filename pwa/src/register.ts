/** Registers the service worker through a Trusted Types policy that lets no other script pass. */

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

export function registerWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  const policy = trustedTypes?.createPolicy('presente-sw', onlyTheWorker) ?? onlyTheWorker
  void navigator.serviceWorker.register(policy.createScriptURL(WORKER))
}
