/** A database of a test file's own: made before its tests, removed after them. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { type Connection, connect } from '../../store/connect.ts'
import { removeWorkspace } from './command.ts'

/** Gives the connection, once the tests have begun. */
export function testDatabase(name: string): () => Connection {
  const folder = mkdtempSync(join(tmpdir(), `malmoi-${name}-`))
  let connection: Connection
  before(async () => {
    connection = await connect(folder, undefined)
  })
  after(async () => {
    await connection.close()
    await removeWorkspace(folder)
  })
  return () => connection
}
