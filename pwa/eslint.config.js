import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import importX from 'eslint-plugin-import-x'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'

import svelteConfig from './svelte.config.js'

/** Who may not import whom: each folder sees only what is below it; `ui` and `text` see nothing. */
const folders = ['screens', 'local', 'outbox', 'wire', 'ui', 'text']
const mayImport = {
  screens: ['local', 'outbox', 'wire', 'ui', 'text'],
  local: ['outbox', 'wire'],
  outbox: ['wire'],
  wire: [],
  ui: [],
  text: [],
}
const layers = folders
  .map((folder) => ({
    target: `./src/${folder}`,
    from: folders
      .filter((other) => other !== folder && !mayImport[folder].includes(other))
      .map((other) => `./src/${other}`),
  }))
  .filter((zone) => zone.from.length > 0)

const outsideWorld = [
  'window',
  'document',
  'indexedDB',
  'fetch',
  'navigator',
  'Date',
  'localStorage',
  'sessionStorage',
  'crypto',
  'setTimeout',
  'setInterval',
]

export default defineConfig(
  { ignores: ['dist', '**/*.gen.ts'] },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  svelte.configs.recommended,
  {
    languageOptions: {
      globals: globals.browser,
      // `parser` is for the script inside a .svelte file, also where import-x reads one for a .ts file.
      parserOptions: {
        projectService: true,
        extraFileExtensions: ['.svelte'],
        parser: ts.parser,
        svelteConfig,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { 'import-x': importX },
    // Without these the rules about layers and cycles skip what they cannot find or read, and
    // pass everything in silence (tests/contract/test_fences.py).
    settings: {
      'import-x/extensions': ['.ts', '.js', '.svelte'],
      'import-x/parsers': {
        '@typescript-eslint/parser': ['.ts'],
        'svelte-eslint-parser': ['.svelte'],
      },
      'import-x/resolver-next': [createTypeScriptImportResolver()],
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: layers }],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-console': 'error',
      'no-restricted-globals': ['error', 'process', 'Buffer', 'localStorage', 'sessionStorage'],
      complexity: ['error', 8],
      'max-lines': ['error', 250],
    },
  },
  {
    files: ['src/outbox/**', 'src/wire/**'],
    rules: { 'no-restricted-globals': ['error', 'process', 'Buffer', ...outsideWorld] },
  },
  {
    files: ['**/*.test.ts', 'build/**'],
    languageOptions: { globals: globals.node },
    rules: {
      'no-restricted-globals': 'off',
      // node:test keeps hold of the promises that test() and suite() answer with.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'suite', 'describe', 'it'] },
          ],
        },
      ],
    },
  },
  { files: ['*.config.*', '**/*.svelte'], rules: { 'import-x/no-default-export': 'off' } },
  { files: ['*.js'], ...ts.configs.disableTypeChecked },
)
