import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'

import { build, type Plugin } from 'vite'

/**
 * Builds the service worker after the app, and tells it which files the app consists of (`__FILES__`)
 * and a name that changes when any of them does (`__BUILD__`).
 */
export function serviceWorker(entry: string): Plugin {
  let folder = 'dist'
  return {
    name: 'presente-service-worker',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir)
    },
    async closeBundle() {
      const files = filesBelow(folder).filter((file) => !file.endsWith('.map'))
      await build({
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        define: {
          __FILES__: JSON.stringify(files.map((file) => `/${file}`)),
          __BUILD__: JSON.stringify(nameOf(folder, files)),
        },
        build: {
          target: 'es2022',
          outDir: folder,
          emptyOutDir: false,
          lib: { entry, formats: ['es'], fileName: () => 'sw.js' },
        },
      })
    },
  }
}

/** The files below a folder as sorted relative paths, so that two build folders give one worker. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => file !== 'sw.js')
    .sort()
}

/** A short name for exactly these files with exactly this content. */
export function nameOf(folder: string, files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(folder, file)))
  return hash.digest('hex').slice(0, 12)
}
