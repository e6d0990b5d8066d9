/** The routes of `/api`: what each is given and what it answers. `/sync/v1` itself has its own `exchange`. */
import type {
  AcceptInvitation,
  CodeMap,
  CommitDrop,
  DeskCaseDetail,
  DeskCases,
  DeskConflicts,
  DeskContacts,
  DeskFreshness,
  DeskPhones,
  DeskReference,
  DeskUpkeep,
  Device,
  DeviceKeys,
  DismissParked,
  DismissRow,
  FileDrop,
  DropFile,
  DropMade,
  FoundStudents,
  ImportRuns,
  InvitationInfo,
  InvitationLink,
  InvitationToken,
  Me,
  MendRows,
  PasskeyAnswer,
  PasskeyOptions,
  PasskeyOptionsRequest,
  PushSubscription,
  Quarantine,
  RegisterDevice,
  SetCode,
  SetDates,
  SignIn,
  User,
  UserDraft,
  VerifyReq,
  VerifyRes,
} from './types.gen.ts'

interface Route<Body, Answer> {
  readonly body: Body
  readonly answer: Answer
}

/** `any JSON` of a browser's credential: its shape is the WebAuthn specification's, not ours. */
export type Credential<T> = Omit<T, 'credential'> & {
  readonly credential: Readonly<Record<string, unknown>>
}

export interface Routes {
  'GET /api/session': Route<undefined, Me>
  'POST /api/session': Route<SignIn, Me>
  'DELETE /api/session': Route<undefined, null>
  'POST /api/invitations/look': Route<InvitationToken, InvitationInfo>
  'POST /api/invitations/accept': Route<AcceptInvitation, Me>
  'POST /api/invitations/demo': Route<InvitationToken, Me>
  'POST /api/passkeys/register/options': Route<PasskeyOptionsRequest, PasskeyOptions>
  'POST /api/passkeys/register': Route<Credential<PasskeyAnswer>, Me>
  'POST /api/passkeys/sign-in/options': Route<undefined, PasskeyOptions>
  'POST /api/passkeys/sign-in': Route<Credential<PasskeyAnswer>, Me>
  'GET /api/devices': Route<undefined, readonly Device[]>
  'POST /api/devices': Route<RegisterDevice, DeviceKeys>
  'POST /api/devices/{id}/revoke': Route<undefined, Device>
  'GET /api/users': Route<undefined, readonly User[]>
  'POST /api/users': Route<UserDraft, InvitationLink>
  'POST /api/users/{id}/recovery': Route<undefined, InvitationLink>
  'POST /api/users/{id}/close': Route<undefined, User>
  'GET /api/users/{id}/devices': Route<undefined, readonly Device[]>
  'PUT /api/push/subscription': Route<PushSubscription, null>
  'DELETE /api/push/subscription': Route<{ readonly device: string }, null>
  'GET /api/desk/cases': Route<undefined, DeskCases>
  'GET /api/desk/cases/{id}': Route<undefined, DeskCaseDetail>
  'GET /api/desk/conflicts': Route<undefined, DeskConflicts>
  'GET /api/desk/contacts': Route<undefined, DeskContacts>
  'GET /api/desk/freshness': Route<undefined, DeskFreshness>
  'GET /api/desk/phones': Route<undefined, DeskPhones>
  'GET /api/desk/reference': Route<undefined, DeskReference>
  'GET /api/desk/upkeep': Route<undefined, DeskUpkeep>
  'POST /api/desk/parked/{id}/dismiss': Route<DismissParked, null>
  'GET /api/desk/students': Route<undefined, FoundStudents>
  'POST /sync/v1/verify': Route<VerifyReq, VerifyRes>
  'POST /api/imports/drops': Route<undefined, DropMade>
  'GET /api/imports/drops/{id}': Route<undefined, FileDrop>
  'DELETE /api/imports/drops/{id}': Route<undefined, null>
  'POST /api/imports/drops/{id}/files': Route<undefined, DropFile>
  'POST /api/imports/drops/{id}/check': Route<undefined, FileDrop>
  'POST /api/imports/drops/{id}/commit': Route<CommitDrop, FileDrop>
  'POST /api/imports/drops/{id}/dates': Route<SetDates, FileDrop>
  'GET /api/imports/runs': Route<undefined, ImportRuns>
  'POST /api/imports/runs/{id}/undo': Route<undefined, FileDrop>
  'GET /api/imports/quarantine': Route<undefined, Quarantine>
  'POST /api/imports/quarantine/{id}/dismiss': Route<DismissRow, null>
  'POST /api/imports/quarantine/mend': Route<MendRows, FileDrop>
  'GET /api/imports/codes': Route<undefined, CodeMap>
  'PUT /api/imports/codes': Route<SetCode, CodeMap>
}

export type RouteName = keyof Routes

/** Routes that take a file as it is. */
export type UploadName = 'POST /api/imports/drops/{id}/files'
