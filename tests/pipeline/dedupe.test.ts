/** What one dataset knows of duplicates is no other dataset's, though both hold the same documents. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createWorkspace } from '../support/command.ts'
import { prose } from '../support/prose.ts'

test('two datasets without duplicates are equal; the night one comes, each decides by its own rule', async () => {
  const workspace = createWorkspace()
  try {
    workspace.configure({
      sources: [{ name: 'town', kind: 'files', path: 'town.jsonl', licence: 'CC0-1.0' }],
      datasets: { exact: { deduplication: { method: 'exact' } }, near: {} },
    })
    const write = (texts: readonly string[]) =>
      writeFileSync(
        join(workspace.folder, 'town.jsonl'),
        texts.map((text, id) => `${JSON.stringify({ id: String(id), text })}\n`).join(''),
      )
    const texts = [1, 2, 3].map((seed) => prose(seed, 10))
    const counts = async (night: string) => {
      await workspace.json('run', 'snapshot', '--night', night)
      const versions = await workspace.json<{ version: string; documents: number }>('corpus', 'versions')
      return Object.fromEntries(versions.map(({ version, documents }) => [version, documents]))
    }
    write(texts)
    assert.deepEqual(await counts('2026-11-01'), { 'near@1': 3, 'exact@1': 3 })
    write([...texts, `${texts[0]} 한 마디 더.`, prose(4, 10)])
    assert.deepEqual(await counts('2026-11-02'), { 'near@1': 3, 'exact@1': 3, 'near@2': 4, 'exact@2': 5 })
  } finally {
    await workspace.remove()
  }
})
