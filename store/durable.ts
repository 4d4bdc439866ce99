/** Names of files that outlive a crash: the file whole before its name, the name before what is built on it. */
import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Gives a synced file its name, durably; what had that name is replaced. Both lie in one file system. */
export async function place(temporary: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  await rename(temporary, target)
  await syncFolder(dirname(target))
}

/** Makes the entries of a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
