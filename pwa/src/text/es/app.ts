import type { app as appEn, pill as pillEn, places as placesEn } from '../en/app.ts'
import type { TextsLike } from '../text.ts'

export const app: TextsLike<typeof appEn> = {
  name: 'Presente',
  promise: 'Todo lo que escribe se guarda en este teléfono hasta que la oficina lo reciba.',
  title: '{{title}} · Presente',
  recordsUpTo: 'Registros de la escuela hasta el {{date}}.',
  recordsBetween:
    'Registros hasta el {{first}} en la escuela más atrasada y hasta el {{last}} en la más reciente.',
  back: 'Atrás',
  places: 'Lugares',
  cancel: 'Cancelar',
  undo: 'Deshacer',
  retry: 'Intentar otra vez',
  loading: 'Abriendo…',
  notFound: 'No hay nada en esta dirección.',
  notFoundText: 'No se perdió nada. Regrese a donde está su trabajo.',
  notYours: 'Esta pantalla es del trabajo de otra persona.',
  notYoursText: 'No se perdió nada. Regrese a donde está su trabajo.',
  goHome: 'Ir a la primera pantalla',
  noLoad: 'No se pudo abrir esta pantalla.',
  noLoadText: 'Todo lo que escribió está guardado. Cierre la aplicación y ábrala de nuevo.',
  updateReady: 'Hay una versión nueva. Su trabajo queda como está.',
  updateNow: 'Usar la versión nueva',
  notPersisted:
    'Este teléfono no ha prometido guardar su trabajo si se llena la memoria. Agregue Presente a la pantalla de inicio y envíe su trabajo pronto.',
  notPersistedSeen: 'Ocultar',
  firstSync: 'Trayendo a sus estudiantes a este teléfono',
  firstSyncCount: '{{done}} de {{total}} familias',
  firstSyncBegin: 'Preguntando a la oficina cuáles familias le tocan.',
  firstSyncText: 'Si se va la conexión, sigue desde aquí. Ya puede abrir lo que llegó.',
}

export const places: TextsLike<typeof placesEn> = {
  today: 'Hoy',
  students: 'Estudiantes',
  calls: 'Llamadas',
  outbox: 'Por enviar',
  settings: 'Ajustes',
}

export const pill: TextsLike<typeof pillEn> = {
  received: 'Todo recibido {{time}}',
  nothing: 'Nada por enviar',
  waiting_one: '{{count}} en espera',
  waiting_many: '{{count}} en espera',
  waiting_other: '{{count}} en espera',
  sending: 'Enviando {{done}} de {{of}}',
  needsYou_one: '{{count}} le necesita',
  needsYou_many: '{{count}} le necesitan',
  needsYou_other: '{{count}} le necesitan',
  offline: 'Sin conexión',
  offlineNothing: 'Sin conexión, nada en espera',
  portal: 'El Wi-Fi pide iniciar sesión',
  signedOut: 'Inicie sesión otra vez',
  revoked: 'Este teléfono ya no se usa',
  and: '{{first}}, {{second}}',
}
