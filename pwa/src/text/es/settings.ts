/** Settings: in Spanish, written by meaning. */
import type { settings as settingsEn } from '../en/settings.ts'
import type { TextsLike } from '../text.ts'

export const settings: TextsLike<typeof settingsEn> = {
  title: 'Ajustes',
  language: 'Idioma',
  theme: 'Apariencia',
  themes: { auto: 'Como el dispositivo', light: 'Clara', dark: 'Oscura', sun: 'Pleno sol' },
  lock: {
    title: 'Bloqueo',
    hint: 'Oculta todo hasta que lo desbloquee. No se pierde nada.',
    now: 'Bloquear ahora',
  },
  alerts: {
    title: 'Avisos',
    hint: 'Un aviso corto, sin ningún nombre, cuando algo le necesita.',
    turnOn: 'Activar los avisos',
    turnOff: 'Desactivar los avisos',
    on: 'Los avisos están activados.',
    off: 'Los avisos están desactivados.',
    denied:
      'Este navegador bloquea los avisos. Permítalos para Presente en los ajustes del navegador.',
    unsupported:
      'Este navegador no puede mostrar avisos. En un iPhone, ponga primero Presente en la pantalla de inicio.',
    failed: 'No se pudieron activar los avisos. Inténtelo otra vez con conexión.',
  },
  storage: {
    title: 'Almacenamiento',
    yes: 'Este navegador prometió guardar su trabajo hasta que usted lo quite.',
    no: 'Este navegador podría borrar lo guardado si le falta espacio. Ponga Presente en la pantalla de inicio y envíe su trabajo a menudo.',
  },
  devices: {
    title: 'Mis dispositivos',
    hint: 'Revoque un dispositivo perdido o que ya no usa. Lo que no ha enviado todavía puede llegar.',
    this: 'Este dispositivo',
    seen: 'Visto por última vez {{when}}',
    never: 'Todavía no se ha visto',
    waiting_one: '{{count}} en espera ahí',
    waiting_many: '{{count}} en espera ahí',
    waiting_other: '{{count}} en espera ahí',
    revoked: 'Revocado',
    revoke: 'Revocar',
    revokeOf: 'Revocar {{label}}',
    confirm:
      '¿Revocar {{label}}? Ya no mostrará nada. Para usarlo otra vez, habrá que prepararlo de nuevo.',
    yes: 'Revocarlo',
    no: 'Conservarlo',
    offline: 'La lista de dispositivos necesita conexión.',
    none: 'Todavía no hay dispositivos.',
  },
  check: {
    title: 'Diagnóstico',
    hint: 'Compara lo que hay en este dispositivo con la oficina. Lo que usted no ha enviado no se toca.',
    now: 'Comparar ahora',
    same: 'Este dispositivo tiene lo que debe tener.',
    healed: 'Algo era distinto. Se descargó otra vez.',
    unknown: 'No se pudo preguntar a la oficina. Inténtelo otra vez con conexión.',
  },
  about: {
    title: 'Acerca de',
    build: 'Versión de la aplicación',
    server: 'Servidor',
    district: 'Distrito',
    signedInAs: 'Sesión de',
    reachable: '{{address}}, responde',
    unreachable: '{{address}}, no responde ahora',
  },
}
