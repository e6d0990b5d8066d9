/** Hands the desk of the open phone to its screens, and keeps it reading while one is shown. */
import { onMount } from 'svelte'

import { usePhone, useSession } from '../shell/session.svelte.ts'
import { deskOf, type Desk } from './desk.svelte.ts'

export function useDesk(): Desk {
  const { services, now } = useSession()
  const desk = deskOf(usePhone(), { client: services.client, now })
  onMount(() => desk.watch())
  return desk
}
