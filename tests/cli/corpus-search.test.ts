/** malmoi corpus search: two nights, what is found in each version, and what is said of a wrong search. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { SearchPage as Page } from '../../store/answers.ts'
import { createWorkspace, type TestWorkspace } from '../support/command.ts'
import { prose } from '../support/prose.ts'

interface Entry {
  readonly id: string
  readonly text: string
}

const plain = Array.from({ length: 5 }, (_, id) => ({ id: `plain-${id}`, text: prose(id, 10) }))
const lighthouse = { id: 'lighthouse', text: `${prose(50, 5)} 곶 끝의 등대지기가 기록을 남겼다. ${prose(51, 5)}` }
/** The lighthouse is gone from it. */
const revised = { id: 'lighthouse', text: prose(52, 10) }
const rebuilt = { id: 'rebuilt', text: `${prose(60, 5)} 새 등대를 세우고 등대 옆에 배움터를 열었다. ${prose(61, 5)}` }

let workspace: TestWorkspace
before(async () => {
  workspace = createWorkspace()
  workspace.configure({
    sources: [{ name: 'town', kind: 'files', path: 'town.jsonl', licence: 'CC0-1.0', snapshot: true }],
  })
  const night = async (date: string, entries: readonly Entry[]) => {
    writeFileSync(join(workspace.folder, 'town.jsonl'), entries.map((each) => `${JSON.stringify(each)}\n`).join(''))
    await workspace.json('run', 'snapshot', '--night', date)
  }
  await night('2026-11-01', [...plain, lighthouse])
  await night('2026-11-02', [...plain, revised, rebuilt])
})
after(() => workspace.remove())

const search = async (...args: readonly string[]) => {
  const [page] = await workspace.json<Page & { readonly version: number }>('corpus', 'search', ...args)
  return page ?? assert.fail('no page')
}
const urls = ({ hits }: Page) => hits.map(({ url }) => url)

test('a version is searched as it was, from one syllable on, newest or best first', async () => {
  assert.deepEqual(urls(await search('등대')), ['rebuilt'])
  assert.deepEqual(urls(await search('등대', '--version', '1')), ['lighthouse'])
  assert.deepEqual(urls(await search('곶', '--version', '1')), ['lighthouse'])
  assert.deepEqual(urls(await search('"새 등대" source:town', '--order', 'rank')), ['rebuilt'])
  assert.deepEqual(urls(await search('등대 -배움터')), [])
})

test('pages follow each other by their keys', async () => {
  for (const order of ['newest', 'rank']) {
    const found: string[] = []
    for (let key: string | null = null, first = true; first || key !== null; first = false) {
      const page: Page = await search(
        '다',
        '--order',
        order,
        '--limit',
        '2',
        ...(key === null ? [] : ['--before', key]),
      )
      found.push(...urls(page))
      key = page.next
    }
    assert.deepEqual(found.toSorted(), [...plain, revised, rebuilt].map(({ id }) => id).toSorted())
  }
})

test('a person sees what was found marked where it stands', async () => {
  const { stdout } = await workspace.run('corpus', 'search', '등대')
  assert.match(stdout, /^\d{4}-\d\d-\d\d {2}town {2}rebuilt$/m)
  assert.match(stdout, /새 «등대»를 세우고 «등대» 옆에/)
  assert.match(stdout, /^1 of all@2$/m)
  assert.match((await workspace.run('corpus', 'search', '없는낱말')).stdout, /^nothing in all@2$/m)
})

test('SQL is text, and a wrong search says what is wrong', async () => {
  assert.deepEqual(urls(await search(`'; DROP TABLE text; --`)), [])
  assert.deepEqual(urls(await search('등대')), ['rebuilt'])
  for (const [args, told] of [
    [['가'.repeat(10_000)], /has 10,000 characters; it may have 1,000/],
    [['(등대'], /not closed\n {2}\(등대\n {2}\^/],
    [['등대 source:twon'], /no source twon: did you mean town\?/],
    [[], /say what to search for/],
    [['새', '등대'], /one argument: put it in quotes, '새 등대'/],
    [['등대', '--order', 'best'], /newest or rank, not best/],
    [['등대', '--before', 'x'], /x is no key of a page/],
    [['등대', '--limit', '5000'], /at most 1000/],
  ] as const) {
    const { code, stdout, stderr } = await workspace.run('corpus', 'search', ...args)
    assert.equal(code, 2, stderr)
    assert.equal(stdout, '')
    assert.match(stderr, told)
  }
})
