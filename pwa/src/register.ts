/** The service worker, for `main.ts`. */
export { registerWorker } from './local/register.ts'
