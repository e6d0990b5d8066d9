/** Steps of the form in the browser's own history, so that every kind of Back goes one step back. */

import type { Router } from '../shell/router.svelte.ts'
import type { Step } from './answers.ts'
import type { ContactForm } from './contact-form.svelte.ts'

interface Place {
  readonly step: Step
  /** How many entries of the history this form has taken, the first not counted. */
  readonly depth: number
}

export class Walk {
  readonly #form: ContactForm
  readonly #router: Router
  readonly #address = location.hash

  constructor(form: ContactForm, router: Router) {
    this.#form = form
    this.#router = router
  }

  start(): () => void {
    const place: Place = { step: this.#form.step, depth: depthOf(history.state) }
    history.replaceState(place, '')
    const moved = (event: PopStateEvent): void => {
      if (location.hash !== this.#address) return
      const step = stepOf(event.state)
      if (step !== null) this.#form.go(step)
    }
    window.addEventListener('popstate', moved)
    return () => {
      window.removeEventListener('popstate', moved)
    }
  }

  to(step: Step): void {
    if (step === this.#form.step) return
    const place: Place = { step, depth: depthOf(history.state) + 1 }
    history.pushState(place, '')
    this.#form.go(step)
  }

  /** Back to where the form was opened, all its steps at once. */
  leave(): void {
    const parent = `/s/${this.#form.root}`
    if (this.#router.moves > 0) history.go(-(depthOf(history.state) + 1))
    else this.#router.replace(parent)
  }
}

function depthOf(state: unknown): number {
  return isPlace(state) ? state.depth : 0
}

function stepOf(state: unknown): Step | null {
  return isPlace(state) ? state.step : null
}

function isPlace(state: unknown): state is Place {
  return typeof state === 'object' && state !== null && 'step' in state && 'depth' in state
}
