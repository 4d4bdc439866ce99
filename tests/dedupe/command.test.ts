/** malmoi dedupe: JSON lines in, decisions out, in the same order. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const MALMOI = fileURLToPath(new URL('../../bin/malmoi.js', import.meta.url))

type Out = Readonly<Record<string, unknown>>

function dedupe(records: readonly object[], ...options: readonly string[]): readonly Out[] {
  const input = records.map((record) => `${JSON.stringify(record)}\n`).join('')
  return execFileSync(process.execPath, [MALMOI, 'dedupe', ...options], { input, encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Out => JSON.parse(line))
}

const passage =
  '강릉의 바닷가에는 오래된 소나무 숲이 있고, 그 숲을 지나면 작은 어시장이 나온다. 새벽마다 배가 들어오면 상인들이 모여 값을 부르고, ' +
  '아침이 되면 가까운 마을 사람들이 장을 보러 온다. 겨울에는 도루묵과 양미리가, 여름에는 오징어가 가장 많이 팔린다.'

test('near-duplicates name the kept record, with the shingles they share; --exact keeps them', () => {
  const records = [
    { id: 'a', text: passage, source: '신문' },
    { id: 'b', text: `${passage} 끝.` },
    { id: 'c', text: passage.replaceAll(' ', '\n') },
    { id: 'd', text: '전혀 다른 글이다.' },
  ]
  const near = dedupe(records)
  assert.deepEqual(
    near.map(({ id, kept, owner }) => ({ id, kept, owner })),
    [
      { id: 'a', kept: true, owner: undefined },
      { id: 'b', kept: false, owner: 'a' },
      { id: 'c', kept: false, owner: 'a' },
      { id: 'd', kept: true, owner: undefined },
    ],
  )
  const letters = passage.replaceAll(' ', '').length
  assert.deepEqual(near[1], {
    ...records[1],
    kept: false,
    owner: 'a',
    similarity: (letters - 7) / (letters - 5),
    intersection: letters - 7,
    union: letters - 5,
  })
  assert.equal(near[0]?.source, '신문')
  assert.equal(near[2]?.similarity, 1)
  assert.deepEqual(
    dedupe(records, '--exact').map(({ kept }) => kept),
    [true, true, false, true],
  )
  assert.deepEqual(
    dedupe(records, '--threshold', '1').map(({ kept }) => kept),
    [true, true, false, true],
  )
})

test('--paragraphs takes out what an earlier record has, and names it', () => {
  const notice =
    '이 기사의 저작권은 신문사에 있으며 허락 없이 옮겨 싣거나 나누어 줄 수 없음을 미리 알려 드립니다. 문의는 편집국으로.'
  const other = passage.replaceAll('강릉', '속초').split('').toReversed().join('')
  const [first, second, third] = dedupe(
    [
      { id: 'a', text: `${passage}\n\n${notice}` },
      { id: 'b', text: `${other}\n\n${notice}` },
      { id: 'c', text: `짧은 글\n\n${notice}` },
    ],
    '--paragraphs',
  )
  assert.equal(first?.text, `${passage}\n\n${notice}`)
  assert.equal(second?.text, other)
  assert.deepEqual(second?.repeated, [{ paragraph: 1, owner: 'a' }])
  assert.deepEqual({ kept: third?.kept, owner: third?.owner }, { kept: false, owner: 'a' })
})

test('records without an id, of one id and with kept: false are taken as they are', () => {
  const found = dedupe([
    { text: '하나' },
    { id: 'x', text: '둘' },
    { id: 'x', text: '셋' },
    { id: 'y', text: '하나', kept: false },
  ])
  assert.deepEqual(
    found.map(({ kept }) => kept),
    [true, true, true],
  )
})

test('a threshold or a shingle that cannot be is refused with exit code 2', () => {
  for (const options of [
    ['--threshold', '80'],
    ['--threshold', '.8005'],
    ['--shingle', '0'],
    ['--shingle', '100'],
    ['--exact', '--shingle', '5'],
  ]) {
    const { status, stderr } = spawnSync(process.execPath, [MALMOI, 'dedupe', ...options], {
      input: '',
      encoding: 'utf8',
    })
    assert.equal(status, 2, options.join(' '))
    assert.match(stderr, /--(threshold|shingle)/)
  }
})
