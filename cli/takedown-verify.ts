/** Checks an attestation of a takedown: its signature, and that nothing is at the places that it names. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { FailedError, UsageError } from '../pipeline/contract.ts'
import { publicKeyOf, readAttestation } from '../pipeline/takedown/attestation.ts'
import { lookAgain } from '../pipeline/takedown/look-again.ts'
import { instanceKey } from '../store/instance-key.ts'
import { documentsOf } from '../store/takedown/record.ts'
import { takedownDeps } from './takedown-deps.ts'
import type { Call } from './verb.ts'

/** @throws UsageError where it was changed, FailedError where something is there again */
export async function verifyAttestation(call: Call, file: string): Promise<void> {
  const text = await readFile(resolve(call.folder, file), 'utf8').catch((cause: unknown) => {
    throw new UsageError(`--verify ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  })
  const attestation = readAttestation(text, file)
  const workspace = await call.open()
  if (publicKeyOf(await instanceKey(workspace.folder)) !== attestation.publicKey)
    throw new FailedError(
      `${file} is whole, and signed by the key ${attestation.publicKey}, which is not this workspace's`,
      'check it in the workspace that wrote it, or compare the key with the one you were given',
    )
  const { takedown, places } = attestation
  const documents = await documentsOf(workspace.connection.db, takedown)
  const { left, looked } = await lookAgain(takedownDeps(workspace, call.note), places, documents)
  if (left.length > 0)
    throw new FailedError(
      `takedown ${takedown}: something is there again: ${left.join(', ')}`,
      'was a backup restored?',
    )
  if (call.json) call.emit({ takedown, signature: 'valid', looked, left })
  else
    call.print(
      `takedown ${takedown} of ${attestation.doneAt}: the signature is valid, and nothing is left of ${places.documents.length} documents`,
    )
}
