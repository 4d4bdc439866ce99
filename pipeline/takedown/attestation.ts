/**
 * What a takedown says of itself, signed with the instance's key (Ed25519, RFC 8032) over its canonical JSON. It names
 * documents, places and digests, and holds none of the text.
 */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { Purged } from '../../store/takedown/purge.ts'
import { countsOf, type Places, type Request } from '../../store/takedown/request.ts'
import { type Digest, UsageError } from '../contract.ts'
import { canonicalJson } from '../digest.ts'

export const FORMAT = 'malmoi takedown 1'

export interface Statement {
  readonly format: typeof FORMAT
  readonly takedown: number
  readonly request: Request
  /** ISO 8601, UTC. */
  readonly begunAt: string
  readonly doneAt: string
  readonly found: Readonly<Record<string, number>>
  readonly places: Places
  /** What was replaced by what. */
  readonly redactions: readonly { readonly digest: Digest; readonly replacement: Digest }[]
  readonly exports: readonly { readonly path: string; readonly outcome: string }[]
  readonly unnamedObjectsRemoved: number
  readonly database: Purged
  /** Places that were looked at again afterwards, and those where something was left. */
  readonly verification: Verification
  readonly backups: string
}

export interface Verification {
  readonly looked: Readonly<Record<string, number>>
  readonly left: readonly string[]
}

export interface Attestation extends Statement {
  /** SubjectPublicKeyInfo (RFC 8410) and signature, in base64. */
  readonly publicKey: string
  readonly signature: string
}

export function attest(statement: Statement, key: KeyObject): Attestation {
  const publicKey = publicKeyOf(key)
  const signed = { ...statement, publicKey }
  return { ...signed, signature: sign(null, Buffer.from(canonicalJson(signed)), key).toString('base64') }
}

export function publicKeyOf(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
}

/**
 * Reads an attestation and checks that it was signed by the key it names, and that its counts are those of its places.
 * @throws UsageError where it is none, or was changed
 */
export function readAttestation(text: string, name: string): Attestation {
  const attestation = parse(text, name)
  const { signature, ...signed } = attestation
  if (!isSigned(signed, attestation.publicKey, signature))
    throw new UsageError(`${name}: the signature does not match: it was changed, or not written by the key it names`)
  if (canonicalJson(countsOf(attestation.places)) !== canonicalJson(attestation.found))
    throw new UsageError(`${name}: its counts are not those of the places that it lists`)
  return attestation
}

function isSigned(signed: object, publicKey: string, signature: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
    return verify(null, Buffer.from(canonicalJson(signed)), key, Buffer.from(signature, 'base64'))
  } catch (error) {
    // What is no key has signed nothing.
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}

function parse(text: string, name: string): Attestation {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new UsageError(`${name} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
  const isAttestation = (given: unknown): given is Attestation =>
    given !== null &&
    typeof given === 'object' &&
    'format' in given &&
    given.format === FORMAT &&
    'signature' in given &&
    typeof given.signature === 'string' &&
    'publicKey' in given &&
    typeof given.publicKey === 'string' &&
    'places' in given
  if (isAttestation(value)) return value
  throw new UsageError(`${name} is no attestation of a takedown`)
}
