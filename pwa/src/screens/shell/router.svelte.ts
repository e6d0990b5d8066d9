/** Where the person is, by the address behind the `#`. Addresses hold opaque ids, never a name. */

export class Router {
  path = $state('/')
  /** How often the person has moved since the app began: Back leaves the app only at 0. */
  moves = $state(0)
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- read once when a screen opens, never followed
  readonly #scrolls = new Map<string, number>()

  /** Follow the browser. The answer stops it. */
  start(): () => void {
    const moved = (): void => {
      this.path = read()
      this.moves += 1
    }
    const scrolled = (): void => {
      this.#scrolls.set(this.path, window.scrollY)
    }
    this.path = read()
    window.addEventListener('hashchange', moved)
    window.addEventListener('scroll', scrolled, { passive: true })
    return () => {
      window.removeEventListener('hashchange', moved)
      window.removeEventListener('scroll', scrolled)
    }
  }

  go(path: string): void {
    location.hash = path
  }

  /** Go there so that Back does not come here again: a form that was saved. */
  replace(path: string): void {
    history.replaceState(null, '', `#${path}`)
    this.path = read()
    this.moves += 1
  }

  /**
   * Note where the person is; the answer goes on from there, unless he went elsewhere meanwhile:
   * what ends late must not take him away from what he does now.
   */
  leaver(): (path: string) => void {
    const { path: here, moves } = this
    return (path) => {
      if (this.path === here && this.moves === moves) this.replace(path)
    }
  }

  /** The way the person came; to `parent` when the app was opened right here. */
  back(parent: string): void {
    if (this.moves > 0 && history.length > 1) history.back()
    else this.replace(parent)
  }

  /** How far down the page was when the person left it. */
  scrollOf(path: string): number {
    return this.#scrolls.get(path) ?? 0
  }
}

function read(): string {
  const path = location.hash.slice(1)
  return path.startsWith('/') ? path : '/'
}
