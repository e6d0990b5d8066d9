/** The composition root of the phone: storage, keys and network meet the screens here. */

import { mount } from 'svelte'
import { v7 } from 'uuid'

import './ui/tokens.css'
import './ui/base.css'
import App from './App.svelte'
import { Locker } from './local/locker.ts'
import { browser } from './local/platform.ts'
import { loadPreferences, savePreferences } from './local/preferences.ts'
import { registerWorker } from './local/register.ts'
import { updates } from './local/updates.ts'
import { asPreferences } from './screens/shell/preferences.ts'
import { Router } from './screens/shell/router.svelte.ts'
import { Session } from './screens/shell/session.svelte.ts'

const BUILD = '0.1.0'

const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no #app')

const platform = browser(BUILD)
const session = new Session(
  {
    locker: new Locker(platform),
    client: platform.client,
    build: BUILD,
    newId: () => v7(),
    now: () => new Date(),
    loadPreferences: async () => asPreferences(await loadPreferences()),
    savePreferences,
    dial: (number) => {
      location.assign(`tel:${number}`)
    },
    holdBack: () => updates.holdBack(),
  },
  new Router(),
)
await session.begin(navigator.languages)
mount(App, { target, props: { session } })
registerWorker()
