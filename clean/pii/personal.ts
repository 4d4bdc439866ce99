/**
 * The words of personal data: which kinds there are, where one was found, what a policy does with each.
 * Knows no pattern (kinds/) and replaces nothing (redact.ts).
 */
import type { PersonalAction, PersonalDataConfig, PersonalKind } from '../../pipeline/contract.ts'

export type { PersonalAction, PersonalKind }

/** In the order in which they claim a place: of two that overlap, the earlier kind has it. */
export const PERSONAL_KINDS: readonly PersonalKind[] = [
  'email',
  'resident_registration',
  'driver_licence',
  'card',
  'phone',
  'passport',
  'account',
  'ip',
]

/** Half-open, in UTF-16 units of the text searched. */
export interface Range {
  readonly start: number
  readonly end: number
}

export interface FoundPersonal extends Range {
  readonly kind: PersonalKind
}

export interface PersonalDataPolicy extends Omit<PersonalDataConfig, 'key'> {
  /** Key of the pseudonyms: whoever has it can test a guess, so it belongs to one corpus. Null where there are none. */
  readonly secret: string | null
}

/** Everything masked. */
export const defaultPersonalData: PersonalDataPolicy = {
  actions: {
    email: 'mask',
    resident_registration: 'mask',
    driver_licence: 'mask',
    card: 'mask',
    phone: 'mask',
    passport: 'mask',
    account: 'mask',
    ip: 'mask',
  },
  placeholders: {
    email: '<이메일>',
    resident_registration: '<주민등록번호>',
    driver_licence: '<운전면허번호>',
    card: '<카드번호>',
    phone: '<전화번호>',
    passport: '<여권번호>',
    account: '<계좌번호>',
    ip: '<IP주소>',
  },
  secret: null,
}
