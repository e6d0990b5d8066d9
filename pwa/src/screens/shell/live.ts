/** A phone whose readings Svelte follows: what a screen read is shown anew when the phone changes. */

import { createSubscriber } from 'svelte/reactivity'

import type { Phone } from '../../local/ports.ts'

export function live(phone: Phone): Phone {
  const follow = createSubscriber((changed) => phone.subscribe(changed))
  // Time alone ends a lease.
  const serverNow = ticking(() => phone.serverNow())
  return {
    holder: phone.holder,
    get device_id() {
      follow()
      return phone.device_id
    },
    rows(ent) {
      follow()
      return phone.rows(ent)
    },
    row(root, ent, key) {
      follow()
      return phone.row(root, ent, key)
    },
    rowsOf(root, ent) {
      follow()
      return phone.rowsOf(root, ent)
    },
    outbox() {
      follow()
      return phone.outbox()
    },
    status() {
      follow()
      return phone.status()
    },
    progress() {
      follow()
      return phone.progress()
    },
    keep: (deed, ...more) => phone.keep(deed, ...more),
    serverNow() {
      follow()
      return serverNow()
    },
    sync: () => phone.sync(),
    check: () => phone.check(),
    drafts: () => phone.drafts(),
    saveDraft: (draft) => phone.saveDraft(draft),
    discardDraft: (id) => phone.discardDraft(id),
    subscribe: (listener) => phone.subscribe(listener),
    subscribePush: () => phone.subscribePush(),
    isPersisted: () => phone.isPersisted(),
    lock: () => {
      phone.lock()
    },
    markSeen: (id) => phone.markSeen(id),
    update: () => phone.update(),
  }
}

/** The time now, read anew each half minute and when the person comes back to the app. */
export function ticking<T>(now: () => T): () => T {
  const follow = createSubscriber((changed) => {
    const timer = setInterval(changed, 30_000)
    document.addEventListener('visibilitychange', changed)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', changed)
    }
  })
  return () => {
    follow()
    return now()
  }
}
