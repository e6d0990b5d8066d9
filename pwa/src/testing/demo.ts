/** The screens over a phone in memory, at a fixed moment. Built by `vite.demo.config.ts` only. */

import { mount } from 'svelte'
import { v7 } from 'uuid'

import '../ui/tokens.css'
import '../ui/base.css'
import App from '../App.svelte'
import type { PhoneLocker } from '../local/ports.ts'
import type { Client } from '../wire/client.ts'
import { create } from '../outbox/deed.ts'
import { Router } from '../screens/shell/router.svelte.ts'
import { asPreferences } from '../screens/shell/preferences.ts'
import { Session } from '../screens/shell/session.svelte.ts'
import { sampleConflict } from './families.ts'
import { MemoryPhone } from './memory-phone.ts'
import { aContact } from './sample.ts'

const asked = new URLSearchParams(location.search)
const began = Date.now()
const now = (): Date => new Date(Date.parse('2026-11-20T14:05:00-07:00') + Date.now() - began)

const target = document.getElementById('app')
if (target === null) throw new Error('demo.html has no #app')

const phone = new MemoryPhone(now, asked.has('empty') ? [] : undefined)
if (asked.has('busy')) {
  const refused = { ...aContact(8, 2), outcome: 'no_answer' }
  await phone.keep(create('contact.create', 'contact', refused.id, 's000000002', { ...refused }))
  phone.settle('refused', 'The day of the next step lies before the contact.')
  const done = { ...aContact(7, 2), method: 'home_visit', outcome: 'no_one_home_note_left' }
  await phone.keep(create('contact.create', 'contact', done.id, 's000000002', { ...done }))
  phone.settle('received')
  const waits = { ...aContact(9, 1), occurred_at: now().toISOString() }
  await phone.keep(create('contact.create', 'contact', waits.id, 's000000001', { ...waits }))
  phone.bring(sampleConflict())
  phone.line = { connection: 'offline', next_try_at: '2026-11-20T21:10:00Z' }
  phone.isKept = false
}
if (asked.has('first')) {
  phone.arriving = { roots_done: 2, roots_total: 6, rows: 20, is_done: false }
}

const session = new Session(
  {
    locker: {} as PhoneLocker,
    client: {} as Client,
    build: 'test',
    newId: () => v7(),
    now,
    loadPreferences: () =>
      Promise.resolve(
        asPreferences({ language: asked.get('language') ?? 'en', theme: asked.get('theme') }),
      ),
    savePreferences: () => Promise.resolve(),
    dial: (number) => {
      document.documentElement.dataset['dialled'] = number
    },
    holdBack: () => () => undefined,
  },
  new Router(),
)
await session.begin(['en'])
await session.open(phone)
Object.assign(globalThis, { demo: { phone, session } })
mount(App, { target, props: { session } })
