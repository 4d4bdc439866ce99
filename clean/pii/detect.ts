/**
 * Personal data in a text: every kind's findings, of two that overlap the one of the earlier kind. Decides nothing
 * about them (redact.ts).
 */
import { fold } from './fold.ts'
import { findAccounts } from './kinds/account.ts'
import { findCards } from './kinds/card.ts'
import { findDriverLicences } from './kinds/driver-licence.ts'
import { findEmails } from './kinds/email.ts'
import { findIpAddresses } from './kinds/ip.ts'
import { findPassports } from './kinds/passport.ts'
import { findPhones } from './kinds/phone.ts'
import { findResidentRegistrations } from './kinds/resident-registration.ts'
import { type FoundPersonal, PERSONAL_KINDS, type PersonalKind, type Range } from './personal.ts'

const FINDERS: Readonly<Record<PersonalKind, (text: string) => readonly Range[]>> = {
  email: findEmails,
  resident_registration: findResidentRegistrations,
  driver_licence: findDriverLicences,
  card: findCards,
  phone: findPhones,
  passport: findPassports,
  account: findAccounts,
  ip: findIpAddresses,
}
/** A text without any of these holds nothing: a digit, an at sign or its names, a spelled-out mobile prefix. */
const HINT = /[0-9０-９@＠]|골뱅이|[공영빵oO][일1l]|[([{<] ?(?:at|앳)| at /i

/** Non-overlapping findings in the order of the text, as ranges of the text as given. Linear in its length. */
export function findPersonal(text: string): readonly FoundPersonal[] {
  if (!HINT.test(text)) return []
  const folded = fold(text)
  const found: FoundPersonal[] = []
  for (const kind of PERSONAL_KINDS) {
    for (const range of FINDERS[kind](folded.text)) found.push({ kind, ...folded.origin(range) })
  }
  return found.length < 2 ? found : withoutOverlaps(found)
}

/** In one pass from the left: an overlap is decided for the earlier kind, then for the longer and the earlier place. */
function withoutOverlaps(found: readonly FoundPersonal[]): readonly FoundPersonal[] {
  const sorted = found.toSorted((a, b) => a.start - b.start || rank(a) - rank(b) || b.end - a.end)
  const kept: FoundPersonal[] = []
  for (const next of sorted) {
    const last = kept.at(-1)
    if (last === undefined || next.start >= last.end) kept.push(next)
    else if (rank(next) < rank(last)) kept[kept.length - 1] = next
  }
  return kept
}

function rank({ kind }: FoundPersonal): number {
  return PERSONAL_KINDS.indexOf(kind)
}
