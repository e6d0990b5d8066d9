/** The composition root of the phone: storage, keys and network meet the screens here. */

import { mount } from 'svelte'
import { v7 } from 'uuid'

import './ui/tokens.css'
import './ui/base.css'
import App from './App.svelte'
import { registerWorker } from './register.ts'
import { Router } from './screens/shell/router.svelte.ts'
import { Session } from './screens/shell/session.svelte.ts'
import type { PhoneLocker } from './local/ports.ts'

const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no #app')

const session = new Session(
  {
    locker: {} as PhoneLocker,
    newId: () => v7(),
    now: () => new Date(),
    loadPreferences: () => Promise.resolve({ language: null, theme: 'auto' }),
    savePreferences: () => Promise.resolve(),
    useUpdate: () => {
      location.reload()
    },
  },
  new Router(),
)
await session.begin(navigator.languages)
mount(App, { target, props: { session } })
registerWorker()
