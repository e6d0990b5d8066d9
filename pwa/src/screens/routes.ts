/** Every address of the app and the screen behind it, loaded when it is first opened. */

import type { Component } from 'svelte'

import { deskRoutes } from './desk-routes.ts'
import { doorRoutes } from './door-routes.ts'
import { phoneRoutes } from './phone-routes.ts'
import type { Params } from './shell/rules.ts'

/** What a screen is given; one whose address has no parts takes nothing. */
export interface ScreenProps {
  params: Params
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what Svelte's own types call a screen without props
type AnyScreen = Component<ScreenProps> | Component<any>

export interface Route {
  /** `:name` marks a part handed to the screen in `params`. Ids only: addresses are remembered. */
  readonly path: string
  /** `phone`: shown only while a store is open; until then the door stands there. */
  readonly needs: 'phone' | 'nothing'
  /** Whose work the screen belongs to; without it, everybody's. What it reads, the office guards itself. */
  readonly roles?: readonly string[]
  /** Addresses with the same word and the same `load` share one mounted screen: a list keeps its place. */
  readonly stays?: string
  readonly load: () => Promise<{ default: AnyScreen }>
}

export const routes: readonly Route[] = [...phoneRoutes, ...doorRoutes, ...deskRoutes]
