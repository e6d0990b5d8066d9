import { resolve } from 'node:path'

import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

import { serviceWorker } from './build/service-worker.ts'

/** No inlined assets and no polyfill scripts: the Content-Security-Policy allows neither. */
export default defineConfig({
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  plugins: [svelte(), serviceWorker(resolve(import.meta.dirname, 'src/sw/sw.ts'))],
})
