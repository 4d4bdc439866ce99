/** A small Korean corpus for tests that need some text to run the plan on, and not its content. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const THINGS = ['사전', '원고', '낱말', '동네', '바다', '도서관', '장터', '기차', '들판', '학교']

/** Writes notes.jsonl: forty notes, each of its own and long enough to be kept. Gives the source that names it. */
export function writeNotes(folder: string) {
  const notes = Array.from({ length: 40 }, (_, id) => JSON.stringify({ id: String(id), text: note(id) }))
  writeFileSync(join(folder, 'notes.jsonl'), `${notes.join('\n')}\n`)
  return { name: 'notes', kind: 'files', path: 'notes.jsonl', licence: 'CC0-1.0' }
}

function note(id: number): string {
  const sentence = (n: number) =>
    `${THINGS[n % 10]}에서 모은 ${n * 7 + id}번째 이야기를 다음 사람에게 천천히 들려주었다.`
  return Array.from({ length: 12 }, (_, n) => sentence(n + id)).join(' ')
}
