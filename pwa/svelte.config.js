import { vitePreprocess } from '@sveltejs/vite-plugin-svelte'

/** Runes everywhere: one way to say what changes. */
export default {
  preprocess: vitePreprocess({ script: false }),
  compilerOptions: { runes: true },
}
