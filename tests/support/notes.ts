/** A small Korean corpus for tests that need some text to run the plan on, and not its content. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { prose } from './prose.ts'

/** Writes notes.jsonl: forty notes, each of its own and long enough to be kept. Gives the source that names it. */
export function writeNotes(folder: string) {
  const notes = Array.from({ length: 40 }, (_, id) => JSON.stringify({ id: String(id), text: prose(id, 12).join(' ') }))
  writeFileSync(join(folder, 'notes.jsonl'), `${notes.join('\n')}\n`)
  return { name: 'notes', kind: 'files', path: 'notes.jsonl', licence: 'CC0-1.0' }
}
