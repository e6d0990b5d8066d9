/** The frame around every screen, and the words of the status pill. */
export const app = {
  name: 'Presente',
  promise: 'Everything you write is kept on this phone until the office has received it.',
  title: '{{title}} · Presente',
  recordsUpTo: 'School records up to {{date}}.',
  recordsBetween:
    'School records up to {{first}} in the school furthest behind, {{last}} in the latest.',
  back: 'Back',
  places: 'Places',
  cancel: 'Cancel',
  undo: 'Undo',
  retry: 'Try again',
  loading: 'Opening…',
  notFound: 'There is nothing at this address.',
  notFoundText: 'Nothing is lost. Go back to where your work is.',
  notYours: 'This screen belongs to somebody else’s work.',
  notYoursText: 'Nothing is lost. Go back to where your work is.',
  goHome: 'Go to the first screen',
  noLoad: 'This screen could not be opened.',
  noLoadText: 'Everything you wrote is kept. Close the app, open it again, and it should be there.',
  updateReady: 'A new version is ready. Your work stays as it is.',
  updateNow: 'Use the new version',
  notPersisted:
    'This phone has not promised to keep your work if its storage fills up. Add Presente to the home screen, and send your work soon.',
  notPersistedSeen: 'Hide this',
  firstSync: 'Bringing your students to this phone',
  firstSyncCount: '{{done}} of {{total}} families',
  firstSyncBegin: 'Asking the office which families are yours.',
  firstSyncText:
    'If the connection ends, it goes on from here. You can already open what has arrived.',
} as const

export const places = {
  today: 'Today',
  students: 'Students',
  calls: 'Calls',
  outbox: 'Outbox',
  settings: 'Settings',
} as const

export const pill = {
  received: 'All received {{time}}',
  nothing: 'Nothing to send',
  waiting_one: '{{count}} waiting',
  waiting_other: '{{count}} waiting',
  sending: 'Sending {{done}} of {{of}}',
  needsYou_one: '{{count}} needs you',
  needsYou_other: '{{count}} need you',
  offline: 'Offline',
  offlineNothing: 'Offline, nothing waiting',
  portal: 'Wi-Fi wants a sign-in',
  signedOut: 'Sign in again',
  revoked: 'Phone no longer used',
  and: '{{first}}, {{second}}',
} as const
