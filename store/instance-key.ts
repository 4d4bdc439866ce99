/** The instance's key (Ed25519, RFC 8032): made when it is first needed, readable by its owner alone. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FailedError } from '../pipeline/contract.ts'
import { syncFolder } from './durable.ts'
import { codeOf } from './error-code.ts'

/** The private key of the workspace whose `.malmoi` this is. @throws FailedError where its file holds none */
export async function instanceKey(folder: string): Promise<KeyObject> {
  const path = join(folder, 'instance.key')
  if (!existsSync(path)) await makeKey(path)
  try {
    const key = createPrivateKey(await readFile(path))
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch (cause) {
    throw new FailedError(`${path} cannot be read as a key: ${cause}`, 'restore it from a backup', { cause })
  }
  throw new FailedError(`${path} holds no Ed25519 key`, 'restore it from a backup')
}

/** Of two processes that make it at once the first one's stays. */
async function makeKey(path: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const temporary = `${path}.${process.pid}`
  await writeFile(temporary, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flush: true })
  await chmod(temporary, 0o600)
  try {
    await link(temporary, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  await rm(temporary)
  await syncFolder(dirname(path))
}
